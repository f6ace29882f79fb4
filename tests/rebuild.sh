#!/usr/bin/env bash
# That a crate is built again when its `segments.toml` changes, and not when it does not; that a file
# that disappears, is replaced by a folder or is back is noticed; and that two crates of one program
# may include one file.
#
#     tests/rebuild.sh
#
# Works in target/rebuild and says what it did not find.
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
work=$repository/target/rebuild
export CARGO_TARGET_DIR=$work/target CARGO_TERM_COLOR=never
unset RUSTFLAGS RUSTC_WRAPPER CARGO_INCREMENTAL
rm -rf "$work/packages"
mkdir -p "$work/packages"
cd "$work/packages"

package() {
    mkdir -p "$1/src"
    cat >"$1/Cargo.toml" <<TOML
[package]
name = "$1"
edition = "2024"
publish = false

[dependencies]
segments-runtime = { path = "$repository/segments-runtime", default-features = false, features = ["toml"] }
TOML
}
package one
package two
package both
printf '[workspace]\nresolver = "3"\nmembers = ["one", "two", "both"]\n' >Cargo.toml
cp "$repository/Cargo.lock" "$repository/rust-toolchain.toml" .
for name in one two; do
    echo 'segments_runtime::include_segments!("../shared.toml");' >$name/src/lib.rs
    echo "$name = { path = \"../$name\" }" >>both/Cargo.toml
done
cat >both/src/main.rs <<'RUST'
fn main() {
    let made = [one::SEGMENTS[0](), two::SEGMENTS[0]()];
    let registered = segments_runtime::registry::definitions().unwrap();
    assert_eq!(made[0], made[1]);
    assert_eq!(registered, [made[0].clone()]);
    println!("{}", registered[0].name);
}
RUST

file() { printf '[segments.staff]\nname = "%s"\ndescription = "d"\nnobody = true\n' "$1" >shared.toml; }

# check WANTED WHAT: whether `cargo check` says what it should.
check() {
    local said
    said=$(cargo check --workspace 2>&1 || true)
    if ! grep -qF -- "$1" <<<"$said"; then
        printf 'after %s, `%s` was expected:\n%s\n' "$2" "$1" "$said" >&2
        exit 1
    fi
    if [ "${3-}" ] && grep -qF -- "$3" <<<"$said"; then
        printf 'after %s, `%s` was not expected:\n%s\n' "$2" "$3" "$said" >&2
        exit 1
    fi
    echo "ok: $2"
}

check 'there is no file `../shared.toml`' 'no file'
file First
check 'Checking one' 'the file appeared' 'error'
check 'Finished' 'no change' 'Checking'
sleep 1 # cargo compares times
file Second
check 'Checking two' 'the file changed' 'error'
check 'Finished' 'no change again' 'Checking'
rm shared.toml
check 'there is no file `../shared.toml`' 'the file disappeared'
mkdir shared.toml
check '`../shared.toml` is a folder' 'a folder took its place'
rmdir shared.toml
sleep 1
file Third
check 'Finished' 'the file is back' 'error'
[ "$(cargo run -q -p both)" = Third ] || { echo 'the program does not say what the file says' >&2; exit 1; }
echo 'ok: two crates of one program include one file'
