#!/usr/bin/env bash
# What CI does with segments, in one place: GitHub's action (../../action.yml) runs this, other systems can, and so can a desk.
#
#   pipeline.sh check    on every pull request: findings, and what a merge would change
#   pipeline.sh apply    after the merge: exactly the plan that was made, then a look at the result
#   pipeline.sh verify   every night: has somebody changed something by hand?
#
# The connection comes from LAUNCHDARKLY_ACCESS_TOKEN, LAUNCHDARKLY_PROJECT and LAUNCHDARKLY_ENVIRONMENT. `check` and `verify` read
# only, and want a token that can only read; `check` without a token only looks at the definitions. The rest is optional:
#
#   CARGO_SEGMENTS          what to run instead of `cargo-segments`
#   SEGMENTS_FILES          files of definitions, with spaces between them
#   SEGMENTS_OWNER          whose the segments are
#   SEGMENTS_PRUNE          `true` deletes what is declared no more
#   SEGMENTS_REVISION       the number of this revision of the definitions
#   SEGMENTS_WHY            why this is applied, for LaunchDarkly's audit log: a commit, a pull request
#   SEGMENTS_DENY_WARNINGS  `false` lets warnings pass
#   SEGMENTS_FORMAT         of what is found: human, github, sarif or json
#   SEGMENTS_CONTEXTS       a file of recorded contexts: `check` shows which of them would move
#   SEGMENTS_MAX_MOVES      how many of them may, such as 5%
#   SEGMENTS_PLAN           the file that keeps the plan
#   SEGMENTS_COMMENT        a file to write the plan to in Markdown
set -euf -o pipefail

segments() { ${CARGO_SEGMENTS:-cargo-segments} "$@"; }
plan=${SEGMENTS_PLAN:-plan.json}

files=
for file in ${SEGMENTS_FILES:-}; do files="$files --file $file"; done
managed=$files
if [ -n "${SEGMENTS_OWNER:-}" ]; then managed="$managed --owner $SEGMENTS_OWNER"; fi
if [ "${SEGMENTS_PRUNE:-}" = true ]; then managed="$managed --prune"; fi
if [ -n "${SEGMENTS_REVISION:-}" ]; then managed="$managed --revision $SEGMENTS_REVISION"; fi
impact=
if [ -n "${SEGMENTS_CONTEXTS:-}" ]; then impact="--contexts $SEGMENTS_CONTEXTS ${SEGMENTS_MAX_MOVES:+--max-moves $SEGMENTS_MAX_MOVES}"; fi
deny='--deny warnings'
if [ "${SEGMENTS_DENY_WARNINGS:-}" = false ]; then deny=; fi

# The words of $files, $managed and $deny are arguments of their own.
# shellcheck disable=SC2086
check() { segments check $files $deny --format "${SEGMENTS_FORMAT:-human}"; }

# Shows the plan, with what else is asked of it, and keeps it, also if a segment is in the way (exit code 1). What LaunchDarkly runs by
# itself is left alone and told in the plan; it holds nothing else up (exit code 9).
# shellcheck disable=SC2086
plan() {
    local code=0 shown
    shown=$(segments plan $managed "$@" --color never --out "$plan") || code=$?
    if [ -n "$shown" ]; then
        printf '%s\n' "$shown"
        if [ -n "${SEGMENTS_COMMENT:-}" ]; then comment >"$SEGMENTS_COMMENT"; fi
    fi
    unless_busy "$code"
}

unless_busy() { if [ "$1" -ne 9 ]; then return "$1"; fi; }

# A plan in Markdown. GitHub takes comments of 65,536 characters.
comment() {
    local longest=60000 text
    text=$(segments show "$plan" --format markdown)
    printf '%s\n' "${text:0:longest}"
    if [ "${#text}" -gt "$longest" ]; then printf '\nThe rest is in the log of the job.\n'; fi
}

case ${1:-} in
check)
    check
    if [ -n "${LAUNCHDARKLY_ACCESS_TOKEN:-}${LAUNCHDARKLY_API_TOKEN:-}" ]; then
        # shellcheck disable=SC2086
        plan $impact
    else
        echo "no access token, so what a merge would change is not shown" >&2
    fi
    ;;
apply)
    check
    plan
    # shellcheck disable=SC2086
    segments apply "$plan" $managed --yes ${SEGMENTS_WHY:+--comment "$SEGMENTS_WHY"} || unless_busy $?
    # shellcheck disable=SC2086
    segments verify $managed || unless_busy $?
    ;;
verify)
    # shellcheck disable=SC2086
    segments verify $managed || unless_busy $?
    ;;
*)
    echo "usage: pipeline.sh check|apply|verify" >&2
    exit 2
    ;;
esac
