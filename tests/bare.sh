#!/usr/bin/env bash
# Runs the README's two commands, or another one, as on a machine that has Rust (profile minimal), a C compiler for
# linking, git and the usual small programs, and nothing else. Says what it hides.
#
# A fresh clone is built with a HOME, a CARGO_HOME and a PATH of its own. The toolchain is the one that
# rustup has installed: RUSTUP_HOME is read, and nothing is installed into it. Of CARGO_HOME only the
# registry is shared, so that nothing is downloaded twice; with `--cold`, not even that.
#
#   tests/bare.sh [--cold] [COMMAND...]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cold=''
if [ "${1:-}" = --cold ]; then cold=yes && shift; fi

# What a bare machine has. Everything else on the PATH is hidden.
rust=(cargo rustc rustdoc rustup rustfmt cargo-fmt cargo-clippy clippy-driver)
others=(
    cc gcc as ld ar git
    sh bash env id uname nproc date sleep nice kill true false test expr seq printf echo time
    ls cat cp mv rm ln mkdir rmdir mkfifo mktemp touch chmod dirname basename readlink realpath pwd
    sed grep awk mawk gawk cut tr sort uniq head tail wc tee cmp diff find xargs od
    tar gzip sha256sum unshare mount ldd
)
# Programs that tests use where they find them; the first word of what the skipped tests say.
used=(rust-analyzer taplo tmux python3 node just curl docker mdbook chromium cargo-deny cargo-fuzz musl-gcc)

mkdir "$work/bin" "$work/home" "$work/cargo"
for name in "${rust[@]}" "${others[@]}"; do
    if path=$(type -P "$name"); then ln -s "$path" "$work/bin/$name"; fi
done
for name in cargo rustc cc git bash; do
    [ -e "$work/bin/$name" ] || { echo "a bare machine has $name, and this one has not" >&2; exit 1; }
done
hidden=()
for name in "${used[@]}"; do
    if type -P "$name" >/dev/null; then hidden+=("$name"); fi
done
echo "hidden on the PATH: ${hidden[*]:-nothing that a test would use}"
echo "hidden variables: all but those of proxies and registries"
if [ "$cold" ]; then
    echo "hidden: the registry of ${CARGO_HOME:-$HOME/.cargo}"
else
    registry=${CARGO_HOME:-$HOME/.cargo}/registry
    mkdir -p "$registry"
    ln -s "$registry" "$work/cargo/registry"
    echo "shared: $registry"
fi

git clone --quiet "$root" "$work/clone"
cd "$work/clone"
echo "cloned: $(git log --oneline -1)"

kept=()
while IFS= read -r name; do kept+=("$name=${!name}"); done < <(
    compgen -e | grep -iE '^(https?_proxy|no_proxy|all_proxy|CARGO_(HTTP|NET|SOURCE|REGISTR)[A-Z_]*|SSL_CERT[A-Z_]*)$'
)
bare() {
    env -i "${kept[@]}" PATH="$work/bin" HOME="$work/home" CARGO_HOME="$work/cargo" LANG=C.UTF-8 TERM=dumb \
        RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" RUSTUP_AUTO_INSTALL=0 "$@"
}

failed=0
TIMEFORMAT='took %0R s, and %0U s + %0S s of the processors'
measured() {
    printf '\n== %s\n' "$*"
    time bare .ci/without-rust-src "$@" </dev/null || failed=1
}
if (($#)); then
    measured "$@"
    exit "$failed"
fi
# The commands of the README's section "Two commands".
commands=$(awk '/^## /{here = /Two commands/} /^```/{code = here && /sh$/; next} code' README.md)
[ "$(wc -l <<<"$commands")" = 2 ] || { echo "the README has no two commands: $commands" >&2; exit 1; }
while IFS= read -r command; do
    # shellcheck disable=SC2086 # words of a command
    measured $command
done <<<"$commands"
exit "$failed"
