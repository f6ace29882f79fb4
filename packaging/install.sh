#!/bin/sh
# Installs the binary of `cargo segments` that a release has for this machine.
#
#   curl -fsSL https://github.com/segments-as-code/segments/releases/latest/download/install.sh | sh
#
# SEGMENTS_VERSION      the release, such as 0.1.0; that of this script if it is not set
# SEGMENTS_INSTALL_DIR  where the binary goes; the folder of cargo's programs, else ~/.local/bin
# SEGMENTS_TARGET       the build, such as x86_64-unknown-linux-gnu; the one that fits if it is not set
# SEGMENTS_REPOSITORY   where the releases are; https, or this machine for tests
#
# Ends with 0 if it is installed, 3 if there is no binary to be had, 1 if something is wrong with it.
set -eu

version=${SEGMENTS_VERSION:-0.1.0}
repository=${SEGMENTS_REPOSITORY:-https://github.com/segments-as-code/segments}

say() { printf '%s\n' "$*" >&2; }
stop() {
    code=$1
    shift
    say "error: $*"
    exit "$code"
}
none() { stop 3 "$*; compile it: cargo install --locked cargo-segments"; }

# Linux gets the static build, which runs with any C library.
target() {
    case "$(uname -s) $(uname -m)" in
        'Linux x86_64') echo x86_64-unknown-linux-musl ;;
        'Linux aarch64' | 'Linux arm64') echo aarch64-unknown-linux-musl ;;
        'Darwin x86_64') echo x86_64-apple-darwin ;;
        'Darwin arm64') echo aarch64-apple-darwin ;;
        MINGW*' x86_64' | MSYS*' x86_64') echo x86_64-pc-windows-msvc ;;
        *) none "there is no binary for $(uname -s) on $(uname -m)" ;;
    esac
}

# Fetches an address to a file. Redirects may not leave https.
fetch() {
    case $1 in
        https://*) ;;
        http://127.0.0.1[:/]* | http://localhost[:/]*) ;;
        *) stop 1 "$1 is not https" ;;
    esac
    if command -v curl >/dev/null; then
        curl -fsSL --proto-redir =https --retry 2 -o "$2" "$1" 2>/dev/null
    elif command -v wget >/dev/null; then
        wget -q -O "$2" "$1"
    else
        none "downloading needs curl or wget"
    fi
}

# The SHA-256 of a file.
checksum() {
    if command -v sha256sum >/dev/null; then
        sum=$(sha256sum <"$1")
    elif command -v shasum >/dev/null; then
        sum=$(shasum -a 256 <"$1")
    else
        none "verifying needs sha256sum or shasum"
    fi
    echo "${sum%% *}"
}

directory() {
    if [ -n "${SEGMENTS_INSTALL_DIR:-}" ]; then
        echo "$SEGMENTS_INSTALL_DIR"
    elif [ -d "${CARGO_HOME:-$HOME/.cargo}/bin" ]; then
        echo "${CARGO_HOME:-$HOME/.cargo}/bin"
    else
        echo "$HOME/.local/bin"
    fi
}

# All of it is a function, so that a script that is cut off does nothing.
main() {
    target=${SEGMENTS_TARGET:-$(target)}
    name=cargo-segments-v$version-$target
    address=$repository/releases/download/v$version/$name.tar.gz
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT

    fetch "$address" "$work/archive" || none "cannot download $address"
    fetch "$address.sha256" "$work/expected" || none "cannot download $address.sha256"
    expected=$(cut -d ' ' -f 1 <"$work/expected")
    found=$(checksum "$work/archive")
    [ "$found" = "$expected" ] || stop 1 "$address has the checksum $found instead of $expected; nothing was installed"

    tar -xzf "$work/archive" -C "$work"
    binary=cargo-segments
    [ -f "$work/$name/$binary" ] || binary=cargo-segments.exe
    directory=$(directory)
    mkdir -p "$directory"
    # Moved into place, so that a program that runs is not written over.
    cp "$work/$name/$binary" "$directory/.$binary.new"
    mv "$directory/.$binary.new" "$directory/$binary"
    say "installed cargo-segments $version in $directory"
    case ":$PATH:" in
        *":$directory:"*) ;;
        *) say "add $directory to PATH, so that \`cargo segments\` is found" ;;
    esac
}

main
