#!/usr/bin/env bash
# What `include_segments!` of many segments adds to `cargo check`, with the macro built in cargo's
# default dev profile.
#
#     tests/include-cost.sh [ROUNDS] [COUNT]
#
# Makes two crates with the same dependency in target/include-cost: one that includes a file with one
# segment, and one that includes a file with COUNT (1000) segments of two rules with two clauses each.
# Checks them in turn, ROUNDS (5) times, and prints the medians of the time that passed and of the
# processor's time, which other work on the machine shifts little.
#
#   touched   after the file was changed, as when somebody edits it
#   scratch   the same without anything kept from the last time (CARGO_INCREMENTAL=0)
#
# The goal is on `touched`, which is what `cargo check` does by default: less than 2 s for 1000 segments.
# The script fails if it is missed.
set -euo pipefail

rounds=${1:-5}
count=${2:-1000}
repository=$(cd "$(dirname "$0")/.." && pwd)
work=$repository/target/include-cost
export CARGO_TARGET_DIR=$work/target CARGO_TERM_QUIET=true CARGO_TERM_COLOR=never
unset RUSTFLAGS RUSTC_WRAPPER CARGO_INCREMENTAL

# package NAME COUNT
package() {
    mkdir -p "$work/$1/src"
    cat >"$work/$1/Cargo.toml" <<TOML
[package]
name = "$1"
edition = "2024"
publish = false

[dependencies]
segments-runtime = { path = "$repository/segments-runtime", default-features = false, features = ["toml"] }

[workspace]
TOML
    cp "$repository/Cargo.lock" "$repository/rust-toolchain.toml" "$work/$1/"
    echo 'segments_runtime::include_segments!("segments.toml");' >"$work/$1/src/lib.rs"
    {
        printf '[contexts.user.attributes]\nemail = "string"\ncountry = "string"\nage = "number"\nbeta = "bool"\n'
        for n in $(seq "$2"); do
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
    } >"$work/$1/segments.toml"
}

# check NAME: milliseconds of one check, as they pass and of the processor.
check() {
    echo "# changed" >>"$work/$1/segments.toml"
    local TIMEFORMAT='%3R %3U %3S' spent
    spent=$( { time cargo check --manifest-path "$work/$1/Cargo.toml" >&2; } 2>&1 ) || {
        echo "$spent" >&2
        exit 1
    }
    tail -n 1 <<<"$spent" | awk '{ print int($1 * 1000 + 0.5), int(($2 + $3) * 1000 + 0.5) }'
}

# median FILE COLUMN
median() { cut -d ' ' -f "$2" "$1" | sort -n | awk '{ at[NR] = $1 } END { print NR % 2 ? at[(NR + 1) / 2] : (at[NR / 2] + at[NR / 2 + 1]) / 2 }'; }

package include-one 1
package include-many "$count"

printf '%s, %s segments, median of %s rounds\n' "$(rustc -V)" "$count" "$rounds"
printf '%-8s %16s %18s\n' '' 'added, passed' 'added, processor'
for way in touched scratch; do
    if [ $way = scratch ]; then export CARGO_INCREMENTAL=0; fi
    # The first time builds what the crates depend on.
    for name in include-one include-many; do check $name >/dev/null; done
    for name in include-one include-many; do : >"$work/$name/$way"; done
    for _ in $(seq "$rounds"); do
        for name in include-one include-many; do check $name >>"$work/$name/$way"; done
    done
    printf '%-8s' "$way"
    for column in 1 2; do
        one=$(median "$work/include-one/$way" $column)
        many=$(median "$work/include-many/$way" $column)
        awk -v one="$one" -v many="$many" 'BEGIN { printf " %13.2f s  ", (many - one) / 1000 }'
    done
    echo
    # What the last column says.
    if [ $way = touched ] && [ "$(awk -v one="$one" -v many="$many" -v count="$count" \
        'BEGIN { print (many - one) / count < 2 }')" = 0 ]; then
        echo "goal missed: less than 2 s for 1000 segments"
        exit 1
    fi
done
