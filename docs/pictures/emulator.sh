#!/usr/bin/env bash
# Makes docs/pictures/emulator.png: the page of an emulator filled with emulator.json. Needs chromium.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v chromium >/dev/null || {
    echo "not made: there is no chromium here" >&2
    exit 1
}
cargo build --quiet -p cargo-segments
profile=$(mktemp -d)
# One line, when it is ready; it stops when this script does.
exec 3< <(exec target/debug/cargo-segments segments emulate --fill docs/pictures/emulator.json --json)
emulator=$!
trap 'kill "$emulator"; rm -rf "$profile"' EXIT
read -r line <&3
base=$(sed 's/.*"base_uri":"\([^"]*\)".*/\1/' <<<"$line")
token=$(sed 's/.*"access_token":"\([^"]*\)".*/\1/' <<<"$line")

# Something to show among the last requests.
curl --silent --output /dev/null --header "Authorization: $token" \
    "$base/api/v2/segments/default/production"
curl --silent --output /dev/null --header "Authorization: $token" --request PATCH \
    --header 'Content-Type: application/json' --data '{"tags":["staff","internal"]}' \
    "$base/api/v2/segments/default/production/internal"

context='%7B%22kind%22%3A%22user%22%2C%22key%22%3A%22user-123%22%2C%22email%22%3A%22ann%40example.com%22%7D'
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$profile" \
    --window-size=1000,1360 --screenshot=docs/pictures/emulator.png \
    "$base/?at=default/production&context=$context" 2>/dev/null
