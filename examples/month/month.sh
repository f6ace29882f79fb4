#!/usr/bin/env bash
# A month with segments, from end to end, against an emulator: the steps of docs/guide/a-month-with-segments.md, in the
# same order. Every command is shown with its output, and has to end with the expected exit code.
# Needs bash, sed and a built cargo-segments, whose path is in CARGO_SEGMENTS.
set -euo pipefail

binary=${CARGO_SEGMENTS:?name the binary of cargo-segments}
work=$(mktemp -d)
trap 'kill "$emulator" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cargo() { "$binary" "$@"; }
# Not a function, because the process to kill at the end has to be the emulator itself.
"$binary" segments emulate --port 0 --json >ready &
emulator=$!
for _ in $(seq 100); do [ -s ready ] && break; sleep 0.1; done
field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" ready; }
LAUNCHDARKLY_BASE_URI=$(field base_uri)
LAUNCHDARKLY_ACCESS_TOKEN=$(field access_token)
export LAUNCHDARKLY_BASE_URI LAUNCHDARKLY_ACCESS_TOKEN
unset LAUNCHDARKLY_PROJECT LAUNCHDARKLY_ENVIRONMENT

# Runs a command that has to end with the given exit code.
expect() {
    local wanted=$1 code=0
    shift
    echo "\$ $*"
    "$@" 2>&1 || code=$?
    [ "$code" = "$wanted" ] || { echo "exit code $code instead of $wanted" >&2; exit 1; }
}

# A manual change in LaunchDarkly: one semantic instruction for a segment of production.
by_hand() {
    local address=${LAUNCHDARKLY_BASE_URI#http://} answer
    local body="{\"environmentKey\":\"production\",\"instructions\":[$2]}"
    exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
    printf 'PATCH /api/v2/segments/default/production/%s HTTP/1.1\r\nHost: %s\r\nAuthorization: %s\r\n' \
        "$1" "$address" "$LAUNCHDARKLY_ACCESS_TOKEN" >&3
    printf 'Content-Type: application/json; domain-model=launchdarkly.semanticpatch\r\n' >&3
    printf 'Content-Length: %s\r\nConnection: close\r\n\r\n%s' "${#body}" "$body" >&3
    read -r answer <&3
    exec 3>&-
    case $answer in *" 200 "*) ;; *) echo "by hand: $answer" >&2; exit 1 ;; esac
}

echo "== the first week: two audiences"
cat >segments.toml <<'TOML'
owner = "growth"

[contexts.user.attributes]
email = "string"
country = "string"

[segments.staff]
description = "Those who work here"

[[segments.staff.rules]]
clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }]

[segments.new-checkout]
description = "Who sees the new checkout"
environments.test.percent = 90 # enough to be seen

[[segments.new-checkout.rules]]
percent = 10
clauses = [{ attribute = "country", op = "in", values = ["de", "fr"] }]
TOML
expect 0 cargo segments check
expect 0 cargo segments apply -e test --yes
expect 0 cargo segments apply --yes
cp segments.toml first-week.toml

echo "== somebody asks for more, and somebody else reviews it"
sed -i.bak 's/^percent = 10$/percent = 50/' segments.toml
expect 0 cargo segments plan --out plan.json
expect 0 cargo segments show plan.json --format markdown
expect 0 cargo segments apply plan.json --yes --comment "pull request 12"
cp segments.toml reviewed.toml

echo "== the second week: a list with two wrong users is rolled back"
sed -i.bak 's/^description = "Those who work here"$/&\
included = { user = ["u-1", "u-2"] }/' segments.toml
expect 0 cargo segments apply --yes
cp reviewed.toml segments.toml
expect 0 cargo segments apply --yes
expect 1 cargo segments verify
sed -i.bak 's/^description = "Those who work here"$/&\
included = {}/' segments.toml
expect 0 cargo segments apply --yes
expect 0 cargo segments verify

echo "== the third week: somebody edits while a plan waits"
sed -i.bak 's/^percent = 50$/percent = 75/' segments.toml
expect 0 cargo segments plan --out plan.json
by_hand new-checkout '{"kind":"addIncludedTargets","contextKind":"user","values":["u-7"]}'
expect 5 cargo segments apply plan.json --yes
expect 0 cargo segments apply --yes
by_hand staff '{"kind":"updateName","value":"Colleagues"}'
expect 1 cargo segments verify
expect 0 cargo segments accept staff
expect 0 cargo segments verify

echo "== the fourth week: an audience goes, and another must not"
sed -i.bak 's/^\[segments.staff\]$/&\
protect = true/' segments.toml
expect 0 cargo segments apply --yes --only staff
sed '/^\[segments.new-checkout\]/,$d' segments.toml >without.toml
expect 0 cargo segments plan --file without.toml
expect 0 cargo segments apply --file without.toml --prune --yes --save-deleted deleted
ls deleted/default/production/new-checkout.*.json >/dev/null
cat >nobody.toml <<'TOML'
owner = "growth"

[segments.other]
nobody = true
TOML
expect 0 cargo segments plan --file nobody.toml --prune

echo "== and back: what was deleted is declared again"
expect 0 cargo segments apply --yes
expect 0 cargo segments verify
echo "== the month is over"
