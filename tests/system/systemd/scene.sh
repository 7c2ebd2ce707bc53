# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Shared by the scenes inside of a booted systemd. To be sourced.

iam=http://127.0.0.1:8080
see() { printf 'ok    %s\n' "$1"; }
fail() {
  printf 'FAIL  %s\n' "$1"
  systemctl status --no-pager authzd || true
  journalctl --no-pager -n 40 -u authzd -u authzd-once -u iam
  exit 1
}
# until_true WHAT COMMAND…: waits for a condition, at most 60 s.
until_true() {
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "waited in vain for $what"
    sleep 0.1
  done
}
property() { systemctl show --value -p "$2" "$1"; }
is() { [[ $(property "${3:-authzd}" "$1") == "$2" ]]; }
sandbox() { curl -sS --fail -X "$1" "$iam/sandbox/v1/$2" "${@:3}"; }
