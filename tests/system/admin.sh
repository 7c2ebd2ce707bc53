#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# An operator at the admin socket of a real daemon: status, a held deletion approved, runs, undo,
# suspend, sync, release. usage: admin.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" admin "$@"

# expect EXIT-CODE WORD…: runs authzd with the words; its output is in the files out and err.
expect() {
  local expected=$1 code=0
  shift
  authzd "$@" >out 2>err </dev/null || code=$?
  [[ $code -eq $expected ]] || fail "authzd $*: exit code $code, expected $expected"
}

manifest storage messagehub kms
manifest backup cloud-object-storage kms

start_sandbox
configure
export_config=(--config authzd.yaml)

# No daemon is running yet.
expect 1 status "${export_config[@]}"
says err "none listens on $work/admin.sock"

start() {
  authzd run "${export_config[@]}" --log-json >>daemon.log 2>&1 &
  pids[daemon]=$!
  until_true "the daemon to listen" test -S admin.sock
}
start
[[ $(stat -c %a admin.sock) == 660 ]] || fail "the socket has mode $(stat -c %a admin.sock)"

# is WORD: whether the account's state in `status` is that.
is() {
  authzd status "${export_config[@]}" >out 2>err </dev/null || true
  awk -v word="$1" '$1 == "demo" && $3 == word { found = 1 } END { exit !found }' out
}
until_true "the first cycle" is Ready
expect 0 status "${export_config[@]}" --output json
says out '"state": "Ready"'
expect 0 list "${export_config[@]}"
says out "cloud-object-storage"

# A manifest is removed, and the first deletion of an account is held until someone approves it.
rm manifests/backup.yaml
expect 3 sync demo --wait "${export_config[@]}"
says out "Held by firstDeletes"
is Held || fail "status does not say that it is held"
expect 3 status "${export_config[@]}"
hash=$(grep -oE 'authzd approve [0-9a-f]{64}' out | head -1 | cut -d' ' -f3)
[[ -n $hash ]] || fail "status names no hash"
expect 1 approve 00000000000000 "${export_config[@]}"
says err "$hash"
expect 1 approve "${hash:0:31}" --yes "${export_config[@]}"
says err "is too short"
expect 64 approve "$hash" "${export_config[@]}"
says err "no terminal"
expect 0 approve "${hash:0:32}" --yes "${export_config[@]}"
says out "cloud-object-storage → kms : Reader"
says out "(uid $(id -u))"
until_true "the approved deletion" is Ready

# The history shows what was done, and by whom.
expect 0 runs "${export_config[@]}"
says out "cycle  authzd"
run=$(awk '$6 == "+0" && $8 == "-1" { print $1; exit }' out)
[[ -n $run ]] || fail "no run shows the deletion"
expect 0 show "${run:0:8}" "${export_config[@]}"
says out "- cloud-object-storage → kms : Reader"

# The deletion is undone: the policy is restored and left alone, although no manifest wants it.
expect 0 undo "${run:0:8}" --yes "${export_config[@]}"
says out "1 created"
expect 0 sync demo "${export_config[@]}"
until_true "the account to rest" is Ready
expect 0 plan "${export_config[@]}"
says out "is pinned by an undo"
expect 0 list "${export_config[@]}"
says out "cloud-object-storage"

# And the undo is undone: the policy is deleted again, and nothing is pinned any more.
expect 0 runs "${export_config[@]}"
undo=$(awk '/undo/ { print $1; exit }' out)
[[ -n $undo ]] || fail "no run is an undo"
expect 0 undo "$undo" --yes "${export_config[@]}"
says out "1 deleted"
expect 0 unpin "${export_config[@]}"
says out "Nothing is pinned."
expect 0 plan --detailed-exitcode "${export_config[@]}"

# A saved list replaces IAM, without a key: our marker is trusted, another account is not.
expect 0 list --output json "${export_config[@]}"
cp out saved.json
offline=(plan --against saved.json --manifests manifests --owner demo --detailed-exitcode)
expect 0 "${offline[@]}" --account "$account"
says out "Plan: 0 to create, 0 to update, 0 to delete; 0 held, 0 conflicts"
expect 4 "${offline[@]}" --account b7654321b7654321b7654321b7654321
says err "the saved list is of account $account"

# Suspended: nothing is written for anyone. It survives a restart.
expect 0 suspend demo "${export_config[@]}"
manifest backup cloud-object-storage kms
expect 1 apply --yes "${export_config[@]}"
says err "authzd resume demo"
# --local bypasses a daemon, but not a suspension.
expect 1 apply --local --yes "${export_config[@]}"
says err "authzd resume demo"
stop daemon
start
until_true "the suspension to be there again" is Suspended
expect 0 resume demo "${export_config[@]}"
until_true "the account to go on" is Ready
expect 0 plan --detailed-exitcode "${export_config[@]}"
expect 0 apply --local --yes "${export_config[@]}"
says err "pins, approvals and the rails' window are in a daemon's state"

# A second daemon is refused; a killed one leaves nothing that blocks the next.
authzd run "${export_config[@]}" >second.log 2>&1 && fail "a second daemon runs"
stop daemon KILL
start
until_true "the daemon after a crash" is Ready

# Release: the policies remain.
expect 64 release --all "${export_config[@]}"
says err "no terminal"
expect 0 suspend "${export_config[@]}"
expect 0 release --all --yes "${export_config[@]}"
says out "2 updated"
expect 0 list "${export_config[@]}"
says out "cloud-object-storage"

stop daemon
[[ ! -e admin.sock ]] || fail "the socket is left behind"

# Without a daemon, the state's file still has the history.
expect 0 runs --state state.db "${export_config[@]}"
says out "release"
expect 0 runs "${export_config[@]}"
says out "release"
says err "works on its state, $work/state.db"
# What is in the state remains in force.
expect 0 suspend "${export_config[@]}"
expect 1 apply --yes --mode sync "${export_config[@]}"
says err "is suspended"
expect 0 resume "${export_config[@]}"
mv state.db state.gone
expect 1 runs "${export_config[@]}"
says err "there is none at $work/state.db yet"
echo "admin: all of it held"
