#!/usr/bin/env bash
# What CI does with segments.toml, in one place, so that it can be tried at a desk.
#
#   pipeline.sh check    on every pull request: findings, and what a merge would change
#   pipeline.sh apply    after the merge: exactly the plan that was made, then a look at the result
#   pipeline.sh verify   every night: has somebody changed something by hand?
#
# The connection comes from LAUNCHDARKLY_ACCESS_TOKEN, LAUNCHDARKLY_PROJECT and
# LAUNCHDARKLY_ENVIRONMENT. `check` and `verify` read only, and want a token that can only read.
set -euo pipefail
cd "$(dirname "$0")"

segments() { ${CARGO_SEGMENTS:-cargo segments} "$@"; }
plan=${PLAN:-plan.json}

case ${1:-} in
check)
    segments check --deny warnings --format "${FORMAT:-human}"
    segments plan --out "$plan"
    ;;
apply)
    segments check --deny warnings
    segments plan --out "$plan"
    segments apply "$plan" --yes
    segments verify
    ;;
verify)
    segments verify
    ;;
*)
    echo "usage: pipeline.sh check|apply|verify" >&2
    exit 2
    ;;
esac
