#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# `authzd run --once`, as started by a timer: it converges and ends; SIGTERM ends it between two
# writes, and the next one continues where it stopped. usage: once.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" once "$@"

mkdir manifests
for source in cloud-object-storage messagehub server-protect; do
  cat >"manifests/$source.yaml" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: $source}
spec:
  source: {service: $source}
  target: {service: kms}
  roles: [Reader]
TEXT
done
start_sandbox
(umask 077 && printf demo-api-key >key)
cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: demo
mode: sync
rails: {removalGrace: 0s, maxDelete: 1, maxDeletePercent: 100}
source: {directory: {path: $work/manifests}}
iam: {endpoint: $iam, concurrency: 1}
state: $work/state.db
accounts:
  - {name: demo, id: $account, auth: {apiKeyFile: $work/key}}
TEXT

# made N: whether IAM has that many policies with our marker.
made() {
  local count
  count=$(curl -sS "$iam/sandbox/v1/policies" | python3 -c 'import json, sys
print(sum(each["state"] == "active" and "(authzd: demo/" in each.get("description", "")
          for each in json.load(sys.stdin)["policies"]))')
  [[ $count -eq $1 ]]
}
# expect EXIT-CODE OPTION…
expect() {
  local expected=$1 code=0
  shift
  authzd run --once --config authzd.yaml "$@" >out 2>err </dev/null || code=$?
  [[ $code -eq $expected ]] || fail "run --once $*: exit code $code, expected $expected"
}

expect 0 --dry-run
made 0 || fail "a dry run wrote"

# The first write is done, and its reply is delayed: the signal arrives in between.
curl -sS -X POST "$iam/sandbox/v1/faults" \
  -d '{"method": "POST", "path": "/v2/policies", "perform": true, "delay_ms": 1500}' >fault.log
IBMCLOUD_API_KEY=a-key-for-another-tool authzd run --once --config authzd.yaml >out 2>err </dev/null &
pids[once]=$!
until_true "the first policy" made 1
# A key in the environment is removed from what the kernel shows of it.
! grep -q a-key-for-another-tool "/proc/${pids[once]}/environ" || fail "the key is in the process's environment"
[[ -w /run/systemd/journal/socket ]] || grep -q 'there is no audit log' err || fail "nobody is told that nothing is audited"
kill -TERM "${pids[once]}"
code=0
wait "${pids[once]}" || code=$?
unset "pids[once]"
[[ $code -eq 5 ]] || fail "stopped between two writes: exit code $code, expected 5"
made 1 || fail "it went on writing after SIGTERM"

expect 0
made 3 || fail "the second run did not do the rest"
writes() { curl -sS "$iam/sandbox/v1/counters" | grep -oE '"writes": ?[0-9]+'; }
before=$(writes)
expect 0
[[ $(writes) == "$before" ]] || fail "there was nothing to do, and it wrote"

# A run can be undone without a daemon, too, and the next run leaves the result alone.
authzd runs --config authzd.yaml >out 2>err
run=$(awk '/\+2 / { print $1; exit }' out)
[[ -n $run ]] || fail "no run is known that made two: $(cat out)"
code=0
# Two deletes are more than rails.maxDelete: a "yes" approves no rail.
authzd undo "$run" --yes --config authzd.yaml >out 2>err </dev/null || code=$?
[[ $code -eq 3 ]] || fail "an undo that a rail holds ended with $code: $(cat err)"
hash=$(grep -oP 'undo \w+ --plan-hash \K\w+' out) || fail "it does not say what lets it through"
code=0
authzd undo "$run" --plan-hash "$hash" --config authzd.yaml >out 2>err </dev/null || code=$?
[[ $code -eq 0 ]] || fail "an undo without a daemon ended with $code: $(cat err)"
made 1 || fail "the undo did not take back what the run made"
expect 0
made 1 || fail "the next run took the undo back"

# Nothing is applied in part if it cannot even begin.
stop sandbox
expect 1
grep -q "127.0.0.1" err || fail "it does not say what it cannot reach"
echo "once: all of it held"
