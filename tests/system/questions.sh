#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Questions about access: `why` with the manifest that it proposes, and the reports.
# usage: questions.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" questions "$@"

# expect EXIT-CODE WORD…: runs authzd with the words; its output is in the files out and err.
expect() {
  local expected=$1 code=0
  shift
  authzd "$@" >out 2>err </dev/null || code=$?
  [[ $code -eq $expected ]] || fail "authzd $*: exit code $code, expected $expected"
}
# answers FILTER VALUE: of the JSON in the file out.
answers() {
  local found
  found=$(python3 -c "import json; d = json.load(open('out')); print($1)")
  [[ $found == "$2" ]] || fail "$1 is $found, expected $2"
}

mkdir manifests state
cat >manifests/messages.yaml <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: messages}
spec:
  source: {service: messagehub}
  target: {service: kms}
  roles: [Reader]
TEXT
cat >manifests/ending.yaml <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: ending}
spec:
  source: {service: cloud-object-storage}
  targets:
    - service: kms
      instance: 51042d7f-f0df-4915-bd39-6a49957c9175
    - service: kms
  roles: [Reader]
  expiresAt: "$(date -u -d '+20 days' +%Y-%m-%dT00:00:00Z)"
TEXT
start_sandbox
(umask 077 && printf demo-api-key >key)
cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: demo
mode: sync
source: {directory: {path: $work/manifests}}
iam: {endpoint: $iam, allowEmptyAccount: true}
rails: {removalGrace: {for: 0s}}
state: $work/state/state.db
audit: {file: $work/audit.log}
admin: {socket: $work/admin.sock}
accounts:
  - {name: demo, id: $account, auth: {apiKeyFile: $work/key}}
TEXT
config=(--config authzd.yaml)
expect 0 apply --yes "${config[@]}"

# Ours, with its place in the manifests.
expect 0 why --source messagehub --target kms --role reader "${config[@]}" --detailed-exitcode
says out "demo: yes: messagehub → kms : Reader"
says out "ours, authorization messages at $work/manifests/messages.yaml:6:11"

# What is missing, as a manifest that makes it a yes.
question=(--source logs --target kms --role Reader "${config[@]}")
expect 2 why "${question[@]}" --detailed-exitcode -o json
answers 'd["answers"][0]["answer"]' no
expect 0 why "${question[@]}" -o manifest
cp out manifests/new.yaml
expect 0 validate manifests
expect 0 apply --yes "${config[@]}"
expect 0 why "${question[@]}" --detailed-exitcode
says out "authorization logs-to-kms at $work/manifests/new.yaml:"

# It depends on the instance, which is not named; and from a saved list it is the same.
cat >manifests/one.yaml <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: one}
spec:
  source: {service: event-notifications}
  target: {service: kms, instance: 51042d7f-f0df-4915-bd39-6a49957c9175}
  roles: [Reader]
TEXT
expect 0 apply --yes "${config[@]}"
expect 0 why --source event-notifications --target kms "${config[@]}" -o json
answers 'd["answers"][0]["answer"]' "cannot tell"
answers 'd["answers"][0]["policies"][0]["conditions"][0]["is"]' \
  "serviceInstance = 51042d7f-f0df-4915-bd39-6a49957c9175"
cp out live
expect 0 list -o json "${config[@]}"
mv out saved.json
expect 0 why --source event-notifications --target kms "${config[@]}" --saved saved.json -o json
cmp -s out live || fail "the saved list answers something else"
expect 0 why --source event-notifications --target kms:51042d7f-f0df-4915-bd39-6a49957c9175 \
  "${config[@]}" -o yaml
says out 'answer: "yes"'
expect 64 why --source logs --target kms --with region=eu "${config[@]}"
says err "is not of the form source.ATTRIBUTE=VALUE"

# Broad: the narrow one is within the wide one, and a patch takes it out.
expect 0 report broad "${config[@]}" -o json
answers '[r["finding"] for r in d["rows"] if r["authorization"] == "ending"]' \
  "['has narrower twins', 'for all instances, of which there is one', 'covered']"
python3 - <<'PYTHON'
import json
texts = [p["text"] for p in json.load(open("out"))["proposals"] if p["text"].startswith("--- a/")]
assert len(texts) == 1, texts
open("patch", "w").write(texts[0])
PYTHON
git -C / apply "$work/patch" || fail "the patch does not apply"
expect 0 validate manifests
expect 0 plan "${config[@]}"
says out "0 to create, 0 to update, 0 to delete; 1 held, 0 conflicts"

# Unused: what IAM, or the state, has no use of.
expect 0 report unused "${config[@]}"
says out "never since we watch (0 days)"
# Expiring, changes and drift, in every form.
expect 0 report expiring --days 30 "${config[@]}" -o csv
says out "cloud-object-storage,kms,Reader"
expect 0 report expiring --days 10 "${config[@]}" -o json
answers 'd["rows"]' "[]"
expect 0 report changes --since 1h "${config[@]}" -o json
answers 'sorted(r["authorization"] for r in d["rows"])' \
  "['ending', 'ending', 'logs-to-kms', 'messages', 'one']"
expect 0 report changes --since 2099-01-01 "${config[@]}" -o json
answers 'd["rows"]' "[]"
expect 0 report changes "${config[@]}" -o html
says out "<!DOCTYPE html>"
says out "<td>messages</td>"
! grep -q "<script" out || fail "a report has a script"
expect 0 report drift "${config[@]}"
says out "What others changed in policies of ours since"
expect 64 report drift --since yesterday "${config[@]}"
says err "is no date"
expect 1 report changes --account "$account" --owner demo
says err "there is no configuration"

# A daemon answers with what it knows.
authzd run "${config[@]}" >daemon.log 2>&1 &
pids[daemon]=$!
listens() { [[ -S admin.sock ]]; }
until_true "the daemon" listens
expect 3 sync --wait "${config[@]}" # the delete of the patch is held
expect 0 why --source messagehub --target kms "${config[@]}"
says out "ours, authorization messages at $work/manifests/messages.yaml:6:11"
[[ ! -s err ]] || fail "no daemon answered"
expect 0 report changes --since 1d "${config[@]}" -o csv
says out "logs-to-kms"
expect 0 report broad "${config[@]}"
stop daemon
