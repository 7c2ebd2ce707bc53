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
check_zsh() {
  expect zsh authzd "$commands" "$(in_zsh '')"
  for command in $commands; do
    expect zsh "authzd $command" "$(options_of "$command")" "$(in_zsh "$command" -)"
  done
}
in_zsh() {
  zsh -f -c '_arguments() { print -rl -- "$@" }
    _describe() { print -rl -- "${(P@)2}" }
    file=$1; shift; words=("$@"); CURRENT=$#
    source "$file"' zsh "$pages/authzd.zsh" authzd "$@" | sed -E 's/^[*]//; s/^([a-z-]+)(\[|:).*$/\1/'
}
if command -v zsh >/dev/null; then check_zsh; else echo "no zsh here: its completion was not loaded"; fi

# ── fish: its own `complete -C` ─────────────────────────────────────────────────────────────────
in_fish() {
  fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' "$pages/authzd.fish" "authzd $*" | cut -f1
}
check_fish() {
  expect fish authzd "$commands" "$(in_fish '')"
  for command in $commands; do
    expect fish "authzd $command" "$(options_of "$command")" "$(in_fish "$command" -)
$(in_fish "$command" --)"
  done
  expect fish "authzd plan --mode" $'observe\ncreate-only\nupsert-only\nsync' "$(in_fish plan --mode '')"
}
if command -v fish >/dev/null; then check_fish; else echo "no fish here: its completion was not loaded"; fi

# ── the words that only a program knows ─────────────────────────────────────────────────────────
stand_in=$(mktemp -d)
trap 'rm -rf "$stand_in"' EXIT
printf '#!/bin/sh\necho "$2-of-$4"\n' >"$stand_in/authzd"
chmod +x "$stand_in/authzd"
in_bash_of() {
  PATH=$stand_in:$PATH bash --norc -c 'source "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _authzd; printf "%s\n" "${COMPREPLY[@]}"' bash "$pages/authzd.bash" authzd "$@"
}
[[ $(in_bash_of plan --config c.yaml --account '') == accounts-of-c.yaml ]] || complain "no accounts"
[[ $(in_bash_of plan --config c.yaml --name '') == names-of-c.yaml ]] || complain "no names"
expect bash "authzd show" runs-of-c.yaml "$(in_bash_of show --config c.yaml '')"
expect bash "authzd approve" hashes-of-c.yaml "$(in_bash_of approve --config c.yaml '')"
expect bash "authzd unpin" pins-of-c.yaml "$(in_bash_of unpin --config c.yaml '')"
expect bash "authzd approvals --revoke" approvals-of-c.yaml "$(in_bash_of approvals --config c.yaml --revoke '')"
expect bash "authzd reach" services-of-c.yaml "$(in_bash_of reach --config c.yaml '')"
expect bash "authzd list --target" services-of-c.yaml "$(in_bash_of list --config c.yaml --target '')"
expect bash "authzd help" "$commands" "$(in_bash help '')"
expect bash "authzd audit" verify "$(in_bash audit '')"
exit "$failed"
