#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The API at the admin socket of a real daemon, by curl, as daemon/docs/api.md shows it.
# usage: api.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" api "$@"

manifest storage messagehub kms
manifest backup cloud-object-storage kms

start_sandbox
configure
authzd run --config authzd.yaml --log-json >>daemon.log 2>&1 &
pids[daemon]=$!
until_true "the daemon to listen" test -S admin.sock

# api PATH [CURL-OPTION…]: the answer is in the file out; prints the status.
api() {
  curl -sN --max-time 60 -o out -w '%{http_code}' --unix-socket admin.sock "http://authzd$1" "${@:2}"
}
# ask PATH JSON STATUS: a command.
ask() {
  local status
  status=$(api "/api/v1/$1" -d "$2")
  [[ $status == "$3" ]] || fail "POST $1 $2: status $status, expected $3: $(cat out)"
}
# event NAME: the values of that event, in order.
event() { python3 -c '
import json, sys
for line in open("out"):
    event = json.loads(line)
    if sys.argv[1] in event: print(event[sys.argv[1]])' "$1"; }
exits() { [[ $(event exit) == "$1" ]] || fail "exit $(event exit), expected $1: $(cat out)"; }

# Reading, without a token.
[[ $(api /healthz) == 200 ]] || fail "no sign of life"
is_ready() { [[ $(api /api/v1/status) == 200 ]] && grep -q '"state": "Ready"' out; }
until_true "the first cycle" is_ready
[[ $(api '/api/v1/plan?account=demo') == 200 ]] || fail "no plan"
[[ $(api /metrics) == 200 ]] || fail "no metrics"
says out authzd_reconcile_total

# Commands, with options as JSON.
ask list '{"names": true}' 200
exits 0
event out >text
says text storage
ask plan '{"account": "demo", "output": "json", "out": "json=plan.json"}' 200
exits 0
[[ $(event file) == plan.json && ! -e plan.json ]] || fail "the file is for the client to write"

# What is wrong is refused before anything is done.
ask sync '{"acount": "demo"}' 400
says out 'did you mean \"account\"'
ask sync 'wait=true' 400
says out "is not a JSON object"
ask nonsense '{}' 404
[[ $(api /api/v1/status -X DELETE) == 405 ]] || fail "a page can be deleted"

# A delete is held; a person reads, says yes to exactly that, and only then it is approved.
rm manifests/backup.yaml
ask sync '{"account": ["demo"], "wait": true}' 200
exits 3
hash=$(event out | grep -oE 'authzd approve [0-9a-f]{64}' | head -1 | cut -d' ' -f3)
ask approve "{\"what\": \"$hash\"}" 200
exits 64
ask approve "{\"what\": \"$hash\", \"client\": {\"canAsk\": true}}" 200
[[ -z $(event exit) ]] || fail "an answer that asks has an exit code"
confirm=$(event confirm)
[[ -n $confirm ]] || fail "nothing to confirm: $(cat out)"
ask approve "{\"what\": \"$hash\", \"confirmed\": \"0$confirm\"}" 200
[[ $(event confirm) == "$confirm" ]] || fail "a yes to something else counts"
ask approve "{\"what\": \"$hash\", \"confirmed\": \"$confirm\"}" 200
exits 0
event out >text
says text "Approved by"
until_true "the approved deletion" is_ready

# What a shell completes.
[[ $(authzd complete accounts --config authzd.yaml) == demo ]] || fail "no accounts to complete"
[[ $(authzd complete names --config authzd.yaml) == storage ]] || fail "no names to complete"
authzd complete runs --config authzd.yaml | grep -qE '^[0-9a-f]{12}$' || fail "no runs to complete"

ask suspend '{}' 200
exits 0
is_suspended() { [[ $(api /api/v1/status) == 200 ]] && grep -q '"suspended": true' out; }
until_true "the suspension" is_suspended

# Other users have no way in.
if [[ $(id -u) == 0 ]]; then
  chmod 755 .
  code=$(setpriv --reuid 65534 --regid 65534 --clear-groups curl -s -o /dev/null -w '%{http_code}' \
    --unix-socket admin.sock http://authzd/healthz) || true
  [[ $code == 000 ]] || fail "nobody gets the answer $code"
fi

# A client that leaves ends its command, and nothing else.
timeout 1 curl -sN -o /dev/null --unix-socket admin.sock http://authzd/api/v1/wait \
  -d '{"name": "no-such", "timeout": "1h"}' || true
[[ $(api /healthz) == 200 ]] || fail "the daemon went with its client"
stop daemon
echo "api: all of it held"
