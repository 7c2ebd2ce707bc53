#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# A revision on its way through two waves: it stops at a canary that holds it, goes on by approval and
# by promotion, and what narrows goes ahead where it is urgent. usage: rollout.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" rollout "$@"

second=b7654321b7654321b7654321b7654321
mkdir manifests

# want TARGET…: one authorization each, and no others.
want() {
  local target
  rm -f manifests/*.yaml
  for target in "$@"; do
    cat >"manifests/$target.yaml" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: to-$target}
spec:
  source: {service: server-protect}
  target: {service: $target}
  roles: [Reader]
TEXT
  done
}

want kms
start_sandbox
(umask 077 && printf demo-api-key >one.key && printf second-api-key >two.key)
cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: demo
mode: sync
interval: 5s
rails: {removalGrace: 0s, maxDeletePercent: 100, holdUsedWithin: 0s, maxCreate: 2}
source: {directory: {path: $work/manifests}, quiet: 100ms}
iam: {endpoint: $iam}
state: $work/state.db
audit: {file: $work/audit.log}
admin: {socket: $work/admin.sock}
rollout:
  waves:
    - {name: canary, match: {ring: canary}}
    - {name: production, match: {env: prod}}
accounts:
  - {name: one, id: $account, labels: {ring: canary}, auth: {apiKeyFile: $work/one.key}}
  - {name: two, id: $second, labels: {env: prod}, auth: {apiKeyFile: $work/two.key}}
TEXT

# targets ACCOUNT: of what authzd made there, sorted.
targets() {
  curl -sS "$iam/sandbox/v1/policies" | python3 -c '
import json, sys
found = [each for each in json.load(sys.stdin)["policies"]
         if each["state"] == "active" and "(authzd: demo/" in each.get("description", "")
         and sys.argv[1] in json.dumps(each["resource"])]
print(*sorted(value["value"] for each in found for value in each["resource"]["attributes"]
              if value["key"] == "serviceName"))' "$1"
}
has() { [[ $(targets "$1") == "$2" ]]; }
ask() { authzd "$@" --config authzd.yaml >out 2>err; }
must() { ask "$@" || fail "authzd $*: exit code $?"; }
asked_says() { # TEXT COMMAND…
  local text=$1
  shift
  ask "$@" || true
  grep -qF -e "$text" out err
}

authzd run --config authzd.yaml >authzd.log 2>&1 &
pids[authzd]=$!
until_true "the socket" test -S admin.sock
until_true "the first revision everywhere" has "$second" kms
until_true "the end of the rollout" asked_says "2 of 2 accounts have it; complete" rollout

# More creates than the rail allows: the canary holds them, and the other account keeps what it has.
want kms hs-crypto messagehub cloud-object-storage
ask sync one || true
until_true "the stop" asked_says "stopped: account one is held with it" rollout
has "$second" kms || fail "the revision went on"
must plan --account two
says err "waits, and this is the plan for then"
says out "to-hs-crypto"
must accounts
says out "wave 2 (production)"
ask status || true
says out "stopped: account one is held with it"

# A person lets it go on.
must rollout promote dir:
says out "Promoted: each account takes dir:"
until_true "what the rail lets through" asked_says "Held" status two
grep -q '"event":"rollout".*"what":"promote"' audit.log || fail "the audit log has no promotion"

# Urgent: the removal goes ahead in both, and the new grant waits for its wave.
must rollout pause
want messagehub
ask sync || true
until_true "the pause" asked_says "the rollout is paused" rollout
[[ $(targets "$account") == *kms* ]] || fail "a paused revision was taken"
must rollout promote --urgent
until_true "the approval of first deletes" asked_says "firstDeletes" status two
must approve "$(authzd status two -o json --config authzd.yaml |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["accounts"][0]["approveAll"])')" --yes
until_true "the removal in the later account" has "$second" ""
ask status two || true
says out "carried out as far as it narrows"
stop authzd
echo "rollout: well"
