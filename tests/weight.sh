#!/usr/bin/env bash
# What a program pays for segments: crates, and the time of the processor that they take to build; and how
# long the README's tests and the command line take.
#
#     tests/weight.sh [--row ROW]... [COMMIT]
#
# The rows, all of which are measured unless some are named:
#
#   quickstart    the README's quickstart, built from nothing and run
#   applications  programs that depend on `segments-runtime` with different features, built from nothing
#   tests         the README's tests, built from nothing and run
#   binary        the command line, installed by `packaging/install.sh` from a release on this machine; needs
#                 Python. The binary is the one in target/release, or else a debug build, which is larger.
#
# The crates of an application are counted by `cargo tree`, itself and ours included; those of the quickstart
# as cargo names them while it builds, because the features of a whole workspace come together in it.
# Processor time (user and system) is that of the shell's own `time`, so that other work on the machine shifts
# it little. With a COMMIT, crates and builds are measured there too, each beside its counterpart, and the ratio
# is shown: times of different machines or hours do not compare, these do.
#
# Fails if a goal is missed: 120 crates and 180 seconds for the quickstart, 85 crates for an application that
# syncs, 900 seconds for the tests, which two cores do in 8 minutes, and 10 seconds that pass for the binary.
set -euo pipefail

before='' rows=()
while (($#)); do
    case $1 in
        --row) rows+=("$2") && shift ;;
        -*) echo "usage: $0 [--row quickstart|applications|tests|binary]... [COMMIT]" >&2 && exit 2 ;;
        *) before=$1 ;;
    esac
    shift
done
if ((${#rows[@]} == 0)); then rows=(quickstart applications tests binary); fi
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

measure_applications() {
    measure_application 'an application that syncs' \
        'features = ["sync"]' 'features = ["sync"]' 85
    measure_application 'the same without `tls`: tests, the emulator' \
        'default-features = false, features = ["sync"]' 'default-features = false, features = ["sync"]' 85
    measure_application 'an application that only tests membership' \
        'default-features = false' 'default-features = false' 45
}

# A row without a counterpart.
single() {
    if [[ $before ]]; then printf '| %s | %s | %s | | | |\n' "$1" "$2" "$3"; else printf '| %s | %s | %s |\n' "$1" "$2" "$3"; fi
}

measure_tests() {
    local spent
    spent=$(seconds "$repository" cargo test --workspace --tests --no-fail-fast)
    single "the README's tests" "$(built)" "$spent s"
    goal "seconds of the README's tests" "$spent" 900
}

measure_binary() {
    local binary=$repository/target/release/cargo-segments sort='release build' target served=$work/served
    local TIMEFORMAT=%R spent server port
    if [ ! -e "$binary" ]; then
        sort='debug build'
        (cd "$repository" && CARGO_TARGET_DIR=$repository/target cargo build --quiet -p cargo-segments)
        binary=$repository/target/debug/cargo-segments
    fi
    target=$(rustc -vV | sed -n 's/^host: //p')
    rm -rf "$served" "$work/bin"
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$repository/Cargo.toml" | head -n 1)
    "$repository/packaging/archive" "$target" "$binary" "$served/releases/download/v$version" >/dev/null
    # Says on which port it listens.
    python3 -u -m http.server --bind 127.0.0.1 --directory "$served" 0 >"$work/server" 2>/dev/null &
    server=$!
    until port=$(grep -o 'port [0-9]*' "$work/server"); do
        kill -0 "$server" 2>/dev/null || { echo 'the row `binary` needs Python' >&2; exit 1; }
        sleep 0.1
    done
    spent=$({ time SEGMENTS_REPOSITORY=http://127.0.0.1:${port#port } SEGMENTS_TARGET=$target \
        SEGMENTS_INSTALL_DIR=$work/bin sh "$repository/packaging/install.sh" >"$work/output" 2>&1; } 2>&1) ||
        { kill "$server"; cat "$work/output" >&2; exit 1; }
    kill "$server"
    "$work/bin/cargo-segments" segments --version >/dev/null
    single "the command line from a binary ($sort)" '' "$spent s pass"
    goal 'seconds of the binary' "${spent%.*}" 9
}

for row in "${rows[@]}"; do
    declare -F "measure_$row" >/dev/null || { echo "there is no row \`$row\`" >&2; exit 2; }
done

echo "$(rustc --version), $(nproc 2>/dev/null || sysctl -n hw.ncpu) cores"
echo
if [[ $before ]]; then
    echo '| | crates | processor | crates before | processor before | ratio |'
    echo '|---|---|---|---|---|---|'
else
    echo '| | crates | processor |'
    echo '|---|---|---|'
fi
for row in "${rows[@]}"; do "measure_$row"; done
exit "$missed"
