#!/usr/bin/env bash
# Makes docs/pictures/results.png: the emulator's page of results, after the example `ai-service`. Needs chromium.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v chromium >/dev/null || {
    echo "not made: there is no chromium here" >&2
    exit 1
}
cargo build --quiet -p ai-service
profile=$(mktemp -d)
# It goes on until its input ends.
coproc example { exec target/debug/ai-service --keep; }
input=${example[1]}
trap 'exec {input}>&-; rm -rf "$profile"' EXIT
until [[ ${page:-} == http* ]]; do read -r page <&"${example[0]}"; done

chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$profile" \
    --window-size=1000,1060 --screenshot=docs/pictures/results.png "$page" 2>/dev/null
