#!/usr/bin/env bash
# What a program pays for segments: crates, and the time of the processor that they take to build.
#
#     tests/weight.sh [COMMIT]
#
# Builds from nothing, one after the other, in target/weight: the README's quickstart, and applications
# that depend on `segments-runtime` with different features. The crates of an application are counted by
# `cargo tree`, itself and ours included; those of the quickstart as cargo names them while it builds,
# because the features of a whole workspace come together in it. Processor time (user and system) is that
# of the shell's own `time`, so that other work on the machine shifts it little. With a COMMIT, the same is measured there, each beside its
# counterpart, and the ratio is shown: times of different machines or hours do not compare, these do.
#
# Fails if a goal is missed: 120 crates and 180 seconds for the quickstart, 85 crates for an application
# that syncs. Seconds are those of a quiet machine with two cores; the script says how many it saw.
set -euo pipefail

before=${1:-}
repository=$(cd "$(dirname "$0")/.." && pwd)
work=$repository/target/weight
export CARGO_TERM_COLOR=never
unset RUSTFLAGS RUSTC_WRAPPER CARGO_INCREMENTAL CARGO_TERM_QUIET
unset LAUNCHDARKLY_ACCESS_TOKEN LAUNCHDARKLY_API_TOKEN
mkdir -p "$work"

if [[ $before ]]; then
    git -C "$repository" worktree remove --force "$work/before" 2>/dev/null || true
    git -C "$repository" worktree add --quiet --detach "$work/before" "$before"
    trap 'git -C "$repository" worktree remove --force "$work/before"' EXIT
fi

# application SOURCES FEATURES: a program that depends on the runtime, with these features of it.
application() {
    local folder=$work/application
    rm -rf "$folder"
    mkdir -p "$folder/src"
    echo 'fn main() {}' >"$folder/src/main.rs"
    cat >"$folder/Cargo.toml" <<TOML
[package]
name = "application"
edition = "2024"
[dependencies]
segments-runtime = { path = "$1/segments-runtime", $2 }
[workspace]
TOML
    # The versions that are tested, as far as they are the same crates.
    cp "$1/Cargo.lock" "$folder/Cargo.lock"
    echo "$folder"
}

# crates FOLDER: how many crates the program there has, build scripts included.
crates() {
    (cd "$1" && cargo tree --quiet --prefix none --no-dedupe --edges normal,build) |
        sed 's/ (.*//' | grep -E '^[^ ]+ v[0-9]' | sort -u | wc -l | tr -d ' '
}

# seconds FOLDER COMMAND...: of the processor, from nothing.
seconds() {
    local folder=$1 TIMEFORMAT='%U %S'
    shift
    rm -rf "$work/target"
    # What is timed writes its errors elsewhere than `time` its figures.
    { time (cd "$folder" && CARGO_TARGET_DIR=$work/target "$@" >"$work/output" 2>&1) ||
        { cat "$work/output" >&9; exit 1; }; } 9>&2 2>&1 | awk '{ printf "%.0f\n", $1 + $2 }'
}

missed=0
# goal NAME FOUND MOST
goal() {
    if (($2 > $3)); then
        echo "missed: $1 $2, at most $3" >&2
        missed=1
    fi
}

# row NAME CRATES SECONDS CRATES_BEFORE SECONDS_BEFORE
row() {
    if [[ $before ]]; then
        printf '| %s | %s | %s s | %s | %s s | %s |\n' "$1" "$2" "$3" "$4" "$5" \
            "$(awk -v new="$3" -v old="$5" 'BEGIN { printf "%.2f", new / old }')"
    else
        printf '| %s | %s | %s s |\n' "$1" "$2" "$3"
    fi
}

# How many crates the last build built.
built() {
    grep -E '^ *Compiling ' "$work/output" | sort -u | wc -l | tr -d ' '
}

measure_quickstart() {
    local old_crates='' old_seconds='' new_crates new_seconds
    new_seconds=$(seconds "$repository" cargo run --example quickstart)
    new_crates=$(built)
    if [[ $before ]]; then
        old_seconds=$(seconds "$work/before" cargo run --example quickstart)
        old_crates=$(built)
    fi
    row 'the quickstart, first run' "$new_crates" "$new_seconds" "$old_crates" "$old_seconds"
    goal 'crates of the quickstart' "$new_crates" 120
    goal 'seconds of the quickstart' "$new_seconds" 180
}

# measure_application NAME FEATURES FEATURES_BEFORE MOST_CRATES
measure_application() {
    local old_crates='' old_seconds='' new_crates new_seconds folder
    folder=$(application "$repository" "$2")
    new_crates=$(crates "$folder")
    new_seconds=$(seconds "$folder" cargo build)
    if [[ $before ]]; then
        folder=$(application "$work/before" "$3")
        old_crates=$(crates "$folder")
        old_seconds=$(seconds "$folder" cargo build)
    fi
    row "$1" "$new_crates" "$new_seconds" "$old_crates" "$old_seconds"
    goal "crates of: $1" "$new_crates" "$4"
}

echo "$(rustc --version), $(nproc 2>/dev/null || sysctl -n hw.ncpu) cores"
echo
if [[ $before ]]; then
    echo '| | crates | processor | crates before | processor before | ratio |'
    echo '|---|---|---|---|---|---|'
else
    echo '| | crates | processor |'
    echo '|---|---|---|'
fi
measure_quickstart
measure_application 'an application that syncs' \
    'features = ["sync"]' 'features = ["sync"]' 85
measure_application 'the same without `tls`: tests, the emulator' \
    'default-features = false, features = ["sync"]' 'default-features = false, features = ["sync"]' 85
measure_application 'an application that only asks' \
    'default-features = false' 'default-features = false' 45
exit "$missed"
