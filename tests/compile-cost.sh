#!/usr/bin/env bash
# What segments cost the compiler: `#[segment]` in units of `#[derive(serde::Deserialize)]`, and
# `include_segments!` in seconds.
#
#     tests/compile-cost.sh segment|include [ROUNDS] [COUNT]
#
# Makes crates with the same dependencies in target/compile-cost and checks them in turn, ROUNDS (5) times,
# in cargo's default dev profile, macro expansion included:
#
#   segment   an empty crate, one with COUNT (1000) segments of two rules with two clauses each, and one with
#             COUNT structs of eight fields that derive Deserialize. What the empty crate costs is taken off
#             before dividing.
#   include   a crate that includes a file with one segment, and one that includes a file with COUNT (1000)
#             segments of two rules with two clauses each. Their difference is shown.
#
# Each in two ways:
#
#   touched   `cargo check` after a touch, as an editor does at every save
#   scratch   the same without anything kept from the last time (CARGO_INCREMENTAL=0)
#
# Shows medians of the processor's time (user and system), so that other work on the machine shifts them
# little. The script fails if a goal is missed: for 1000 segments of a file 0.8 s touched and 1.5 s from
# scratch; for `#[segment]` 0.25 of the derive touched and 0.2 from scratch.
set -euo pipefail

what=${1:-}
rounds=${2:-5}
count=${3:-1000}
[[ $what == segment || $what == include ]] || { echo "usage: $0 segment|include [ROUNDS] [COUNT]" >&2; exit 2; }
repository=$(cd "$(dirname "$0")/.." && pwd)
work=$repository/target/compile-cost
export CARGO_TARGET_DIR=$work/target CARGO_TERM_QUIET=true CARGO_TERM_COLOR=never
unset RUSTFLAGS RUSTC_WRAPPER CARGO_INCREMENTAL

# package NAME: reads src/lib.rs from standard input.
package() {
    mkdir -p "$work/$1/src"
    cat >"$work/$1/Cargo.toml" <<TOML
[package]
name = "$1"
edition = "2024"
publish = false

[dependencies]
segments-runtime = { path = "$repository/segments-runtime", default-features = false, features = ["toml"] }
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

# file COUNT: a file with so many segments.
file() {
    printf '[contexts.user.attributes]\nemail = "string"\ncountry = "string"\nage = "number"\nbeta = "bool"\n'
    for n in $(seq "$1"); do
        cat <<TOML

[segments.audience-$n]
description = "Audience $n of the product"
tags = ["beta", "product"]
rules = [
  { clauses = [{ attribute = "email", op = "endsWith", values = ["@company-$n.com"] }, { attribute = "age", op = "greaterThan", values = [$n] }] },
  { clauses = [{ attribute = "country", op = "in", values = ["de", "fr"] }, { attribute = "beta", op = "in", values = [true], negate = true }] },
]
TOML
    done
}

# check NAME: milliseconds of the processor that one check takes after a change.
check() {
    touch "$work/$1/src/lib.rs"
    if [ -e "$work/$1/segments.toml" ]; then echo "# changed" >>"$work/$1/segments.toml"; fi
    local TIMEFORMAT='%3U %3S' spent
    spent=$( { time cargo check --manifest-path "$work/$1/Cargo.toml" >&2; } 2>&1 ) || {
        echo "$spent" >&2
        exit 1
    }
    tail -n 1 <<<"$spent" | awk '{ print int(($1 + $2) * 1000 + 0.5) }'
}

# median NAME WAY
median() { sort -n "$work/$1/$2" | awk '{ at[NR] = $1 } END { print NR % 2 ? at[(NR + 1) / 2] : (at[NR / 2] + at[NR / 2 + 1]) / 2 }'; }

# compare WAY GOAL NAME...
compare() {
    local way=$1 goal=$2 name
    shift 2
    # The first time builds what the crates depend on.
    for name; do check "$name" >/dev/null; done
    for name; do : >"$work/$name/$way"; done
    for _ in $(seq "$rounds"); do
        for name; do check "$name" >>"$work/$name/$way"; done
    done
    local found
    if [ "$what" = segment ]; then
        found=$(awk -v empty="$(median cost-empty "$way")" -v ours="$(median cost-segments "$way")" \
            -v derive="$(median cost-structs "$way")" 'BEGIN { printf "%.2f", (ours - empty) / (derive - empty) }')
        printf '%-8s %s of the derive, at most %s\n' "$way" "$found" "$goal"
    else
        found=$(awk -v one="$(median include-one "$way")" -v many="$(median include-many "$way")" \
            -v count="$count" 'BEGIN { printf "%.2f", (many - one) / count }')
        printf '%-8s %s s for 1000 segments, at most %s s\n' "$way" "$found" "$goal"
    fi
    if awk -v found="$found" -v goal="$goal" 'BEGIN { exit found <= goal }'; then
        echo "missed: $what $way"
        missed=1
    fi
}

missed=0
printf '%s, %s x %s, median of %s rounds\n' "$(rustc -V)" "$count" "$what" "$rounds"
if [ "$what" = segment ]; then
    package cost-empty </dev/null
    segments | package cost-segments
    structs | package cost-structs
    compare touched 0.25 cost-empty cost-segments cost-structs
    CARGO_INCREMENTAL=0 compare scratch 0.20 cost-empty cost-segments cost-structs
else
    for name in include-one include-many; do
        echo 'segments_runtime::include_segments!("segments.toml");' | package $name
    done
    file 1 >"$work/include-one/segments.toml"
    file "$count" >"$work/include-many/segments.toml"
    compare touched 0.8 include-one include-many
    CARGO_INCREMENTAL=0 compare scratch 1.5 include-one include-many
fi
exit "$missed"
