#!/usr/bin/env bash
# What a `#[segment]` costs the compiler, in units of `#[derive(serde::Deserialize)]`.
#
#     tests/compile-cost.sh [ROUNDS] [COUNT]
#
# Makes three crates with the same dependencies in target/compile-cost: an empty one, one with COUNT
# (1000) segments of two rules with two clauses each, and one with COUNT structs of eight fields that derive
# Deserialize. Checks them in turn, ROUNDS (5) times, in cargo's default dev profile, macro
# expansion included, and prints the medians:
#
#   touched   `cargo check` after a touch, as an editor does at every save
#   scratch   the same without anything kept from the last time (CARGO_INCREMENTAL=0)
#
# The goal is on `scratch`: at most a quarter. The script fails if it is missed. In `touched` the compiler
# keeps what it found, which a segment gains less from: the derive's types and borrows, most of its cost,
# are not checked anew.
#
# Times are processor time (user and system) of the check, so that other work on the machine shifts
# them little. What the empty crate costs is taken off before dividing.
set -euo pipefail

rounds=${1:-5}
count=${2:-1000}
repository=$(cd "$(dirname "$0")/.." && pwd)
work=$repository/target/compile-cost
export CARGO_TARGET_DIR=$work/target CARGO_TERM_QUIET=true CARGO_TERM_COLOR=never
unset RUSTFLAGS RUSTC_WRAPPER CARGO_INCREMENTAL

# crate NAME: reads src/lib.rs from standard input.
crate() {
    mkdir -p "$work/$1/src"
    cat >"$work/$1/Cargo.toml" <<TOML
[package]
name = "$1"
edition = "2024"
publish = false

[dependencies]
segments-runtime = { path = "$repository/segments-runtime", default-features = false }
serde = { version = "1", features = ["derive"] }

[workspace]
TOML
    cp "$repository/Cargo.lock" "$repository/rust-toolchain.toml" "$work/$1/"
    cat >"$work/$1/src/lib.rs"
}

segments() {
    cat <<'RUST'
use segments_runtime::{Context, segment};

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
    pub email: Option<String>,
    pub country: String,
    pub age: u32,
    pub beta: bool,
}
RUST
    for n in $(seq "$count"); do
        cat <<RUST

/// Audience $n of the product.
#[segment(
    key = "audience-$n",
    name = "Audience $n",
    tags = ["beta", "product"],
    rule(User::EMAIL.ends_with("@company-$n.com"), User::AGE.gt($n)),
    rule(User::COUNTRY.is_any_of(["de", "fr"]), !User::BETA.is(true)),
)]
pub struct Audience$n;
RUST
    done
}

structs() {
    for n in $(seq "$count"); do
        cat <<RUST
/// Record $n of the product.
#[derive(serde::Deserialize)]
pub struct Record$n {
    pub id: String,
    pub email: Option<String>,
    pub country: String,
    pub age: u32,
    pub beta: bool,
    pub tags: Vec<String>,
    pub score: f64,
    pub parent: Option<u64>,
}

RUST
    done
}

# check NAME: processor milliseconds of one check.
check() {
    touch "$work/$1/src/lib.rs"
    local TIMEFORMAT='%3U %3S' spent
    spent=$( { time cargo check --manifest-path "$work/$1/Cargo.toml" >&2; } 2>&1 ) || {
        echo "$spent" >&2
        exit 1
    }
    tail -n 1 <<<"$spent" | awk '{ print int(($1 + $2) * 1000 + 0.5) }'
}

median() { sort -n | awk '{ at[NR] = $1 } END { print NR % 2 ? at[(NR + 1) / 2] : (at[NR / 2] + at[NR / 2 + 1]) / 2 }'; }

crate cost-empty </dev/null
segments | crate cost-segments
structs | crate cost-structs

printf '%s, %s items, median of %s rounds\n' "$(rustc -V)" "$count" "$rounds"
printf '%-8s %12s %12s %7s\n' '' '#[segment]' 'Deserialize' 'ratio'
for way in touched scratch; do
    if [ $way = scratch ]; then export CARGO_INCREMENTAL=0; fi
    # The first time builds what the crates depend on.
    for name in cost-empty cost-segments cost-structs; do check $name >/dev/null; done
    for name in cost-empty cost-segments cost-structs; do : >"$work/$name/$way"; done
    for _ in $(seq "$rounds"); do
        for name in cost-empty cost-segments cost-structs; do check $name >>"$work/$name/$way"; done
    done
    awk -v way=$way -v count="$count" -v empty="$(median <"$work/cost-empty/$way")" \
        -v segment="$(median <"$work/cost-segments/$way")" -v derive="$(median <"$work/cost-structs/$way")" 'BEGIN {
        printf "%-8s %9.2f ms %9.2f ms %7.2f\n", way, (segment - empty) / count, (derive - empty) / count, (segment - empty) / (derive - empty)
        if (way == "scratch" && (segment - empty) / (derive - empty) > 0.25) { print "goal missed: at most 0.25 from scratch"; exit 1 }
    }'
done
