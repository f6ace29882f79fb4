#!/usr/bin/env bash
# The CI steps for segments, in one place: GitHub's action (../../action.yml) runs this script, and so can other systems and people.
#
#   pipeline.sh check    on every pull request: findings, and the changes of a merge
#   pipeline.sh apply    after the merge: applies exactly the plan, then verifies the result
#   pipeline.sh verify   every night: finds manual changes
#
# The connection comes from LAUNCHDARKLY_ACCESS_TOKEN, LAUNCHDARKLY_PROJECT and LAUNCHDARKLY_ENVIRONMENT. `check` and `verify` read
# only, and need only a read-only token; `check` without a token only checks the definitions. The rest is optional:
#
#   CARGO_SEGMENTS          the command to run instead of `cargo-segments`
#   SEGMENTS_FILES          the files with definitions, separated by spaces
#   SEGMENTS_OWNER          the owner of the segments
#   SEGMENTS_PRUNE          `true` deletes segments that are no longer declared
#   SEGMENTS_REVISION       the number of this revision of the definitions
#   SEGMENTS_WHY            the reason for the changes, for LaunchDarkly's audit log: a commit, a pull request
#   SEGMENTS_DENY_WARNINGS  `false` allows warnings
#   SEGMENTS_FORMAT         the format of findings: human, github, sarif or json
#   SEGMENTS_CONTEXTS       a file of recorded contexts: `check` shows which of them would move
#   SEGMENTS_MAX_MOVES      the number of them that may move, such as 5%
#   SEGMENTS_PLAN           the file for the plan
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

# Each word of $files, $managed and $deny is a separate argument.
# shellcheck disable=SC2086
check() { segments check $files $deny --format "${SEGMENTS_FORMAT:-human}"; }

# Shows the plan, with the given options, and saves it, even if a segment conflicts (exit code 1). Experiments and rollouts that
# LaunchDarkly runs are left alone and listed in the plan; they stop nothing else (exit code 9).
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

# A plan in Markdown. GitHub accepts comments of up to 65,536 characters.
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
