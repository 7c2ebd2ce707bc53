#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Each shell offers what authzd accepts: every command, and every option of each.
# usage: check_completion.sh PAGE-DIRECTORY AUTHZD
set -euo pipefail
pages=$(realpath "$1") authzd=$2

failed=0
complain() { echo "$*"; failed=1; }
# expect SHELL PLACE WANTED OFFERED: each wanted word, one a line, is among those offered.
expect() {
  local missing
  missing=$(comm -23 <(sort -u <<<"$3") <(sort -u <<<"$4") | tr '\n' ' ')
  [[ -z ${missing// /} ]] || complain "$1 does not offer after '$2': $missing"
}
options_of() { "$authzd" "$1" --help | sed -n '/^Options:/,/^$/p' | grep -oE '^  -[a-z-]+(,--[a-z-]+)?|^  --[a-z-]+' | tr ', ' '\n\n' | grep .; }
commands=$("$authzd" --help | sed -n '/^Subcommands:/,/^$/p' | awk '/^  [a-z]/ {print $1}')
[[ -n $commands ]] || { echo "authzd names no command"; exit 1; }

# ── bash: its own function, called as bash calls it ─────────────────────────────────────────────
in_bash() {
  bash --norc -c 'source "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _authzd; printf "%s\n" "${COMPREPLY[@]}"' bash "$pages/authzd.bash" authzd "$@"
}
expect bash authzd "$commands" "$(in_bash '')"
for command in $commands; do
  expect bash "authzd $command" "$(options_of "$command")" "$(in_bash "$command" -)"
done
expect bash "authzd plan --mode" $'observe\ncreate-only\nupsert-only\nsync' "$(in_bash plan --mode '')"
expect bash "authzd plan --output=" $'json\nmarkdown' "$(in_bash plan --output = '')"
expect bash "authzd plan --out" $'json=\ntext=' "$(in_bash plan --out '')"
[[ $(in_bash plan --mode up) == upsert-only ]] || complain "bash does not look at what is typed already"
[[ -z $(in_bash plan --owner '') ]] || complain "bash offers something for a free value"
expect bash "authzd validate --config" "$pages/authzd.bash" "$(in_bash validate --config "$pages/authzd.ba")"

# ── zsh: its own function; what it hands to _arguments and _describe is printed ─────────────────
if ! command -v zsh >/dev/null; then
  echo "no zsh here: its completion was not loaded"
  exit "$failed"
fi
in_zsh() {
  zsh -f -c '_arguments() { print -rl -- "$@" }
    _describe() { print -rl -- "${(P@)2}" }
    file=$1; shift; words=("$@"); CURRENT=$#
    source "$file"' zsh "$pages/authzd.zsh" authzd "$@" | sed -E 's/^[*]//; s/^([a-z-]+)(\[|:).*$/\1/'
}
expect zsh authzd "$commands" "$(in_zsh '')"
for command in $commands; do
  expect zsh "authzd $command" "$(options_of "$command")" "$(in_zsh "$command" -)"
done
exit "$failed"
