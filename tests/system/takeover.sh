#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The migration of an account of Terraform and of people to a daemon that owns what it should; and a
# reviewer with only Viewer. usage: takeover.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" takeover "$@"

# expect EXIT-CODE WORD…: runs authzd with the words; its output is in the files out and err.
expect() {
  local expected=$1 code=0
  shift
  authzd "$@" >out 2>err </dev/null || code=$?
  [[ $code -eq $expected ]] || fail "authzd $*: exit code $code, expected $expected"
}
# The ids of the active policies for which a Python expression is true: `each` is the policy.
ids() {
  curl -sS "$iam/sandbox/v1/policies" | python3 -c "import json, sys
for each in json.load(sys.stdin)['policies']:
    if each['state'] == 'active' and ($1): print(each['id'])"
}
marked="'(authzd: demo/' in each.get('description', '')"
ours() { [[ $(ids "$marked" | wc -l) -eq $1 ]] || fail "$(ids "$marked" | wc -l) of ours, expected $1"; }
# tells TEXT: the output has it, regardless of line breaks.
tells() { tr -s '\n ' '  ' <out | grep -qF -e "$1" || fail "not in out: $1"; }
# A copied command: the line of the file out that begins with these words.
copied() { grep -m1 -oE "^ *$1 .*" out | sed 's/^ *//'; }

# 30 policies that Terraform made, a manifest for each, and a reviewer's key.
mkdir manifests
python3 - "$seed" >seed.json <<'PYTHON'
import json, pathlib, sys
seed = json.load(open(sys.argv[1]))
account = seed["accounts"][0]["id"]
seed["api_keys"].append({"key": "reviewer-key", "account": account, "iam_id": "iam-ServiceId-reviewer",
                         "name": "reviewer", "access": "viewer"})
seed["policies"] = []
for n in range(30):
    guid = f"51042d7f-f0df-4915-bd39-{n:012d}"
    attributes = [{"key": "accountId", "operator": "stringEquals", "value": account},
                  {"key": "serviceName", "operator": "stringEquals", "value": "kms"},
                  {"key": "serviceInstance", "operator": "stringEquals", "value": guid}]
    seed["policies"].append({
        "id": f"aaaaaaaa-0000-4000-8000-{n:012d}", "created_by_id": "iam-ServiceId-terraform",
        "created_at": "2026-01-01T00:00:00.000Z",
        "policy": {"type": "authorization", "description": f"Volumes {n}.",
                   "subject": {"attributes": [
                       {"key": "accountId", "operator": "stringEquals", "value": account},
                       {"key": "serviceName", "operator": "stringEquals", "value": "server-protect"}]},
                   "resource": {"attributes": attributes},
                   "control": {"grant": {"roles": [
                       {"role_id": "crn:v1:bluemix:public:iam::::serviceRole:Reader"}]}}}})
    pathlib.Path(f"manifests/volumes-{n}.yaml").write_text(f"""apiVersion: authzd/v1
kind: Authorization
metadata: {{name: volumes-{n}}}
spec:
  description: Volumes {n}.
  source: {{service: server-protect}}
  target: {{service: kms, instance: {guid}}}
  roles: [Reader]
""")
print(json.dumps(seed))
PYTHON
seed=$work/seed.json
start_sandbox
export IBMCLOUD_API_KEY=demo-api-key IBMCLOUD_IAM_API_ENDPOINT=$iam
alone=(--manifests manifests --account "$account" --owner demo)

# The first plan: nothing is managed, and how to change that.
expect 0 plan "${alone[@]}" --detailed-exitcode
says out "Kept: 30 grants"
says out "30 policies"
says out "--adopt identical"
expect 0 plan "${alone[@]}" --show-unmanaged
tells "created by iam-ServiceId-terraform at 2026-01-01T00:00:00"
expect 0 plan "${alone[@]}" --output json
[[ $(python3 -c 'import json; c = json.load(open("out"))["counts"]; print(c["kept"], c["adoptableIdentical"])') == "30 30" ]] ||
  fail "the counts do not say what is kept"

# Adopted: 30 are more than maxUpdate, but none of them changes access.
expect 0 apply "${alone[@]}" --mode upsert-only --adopt identical --yes
says out "0 held"
ours 30
expect 0 plan "${alone[@]}" --detailed-exitcode
says out "30 policies in sync"
expect 0 list --account "$account" --owner demo --names
[[ $(grep -c "^demo " out) -eq 30 ]] || fail "list does not name what is ours"

# The second pull request, reviewed with a Viewer's key, and applied as reviewed by its hash.
sed -i 's/\[Reader\]/[Reader, Authorization Delegator]/' manifests/volumes-1.yaml
rm manifests/volumes-2.yaml
IBMCLOUD_API_KEY=reviewer-key expect 2 plan "${alone[@]}" --mode upsert-only --detailed-exitcode \
  --out json=plan.json --out markdown=plan.md
tells "taken as ours by the marker alone"
says out "1 to update"
grep -q "drift" out && fail "it blames the installation"
grep -q "iam-ServiceId-reviewer" out && fail "the reviewer is none of the plan"
expect 0 apply "${alone[@]}" --mode upsert-only \
  --plan-hash "$(python3 -c 'import json; print(json.load(open("plan.json"))["hash"])')"
says out "1 updated"
cp manifests/volumes-3.yaml manifests/new.yaml
sed -i 's/volumes-3/new/; s/service: kms.*}/service: hs-crypto}/' manifests/new.yaml

# One authorization, and a wait for it.
expect 4 plan "${alone[@]}" --name nev
says err 'did you mean "new"?'
expect 1 wait "${alone[@]}" new --timeout 0s
says err "missing: server-protect → hs-crypto : Reader"
expect 0 apply "${alone[@]}" --mode sync --name new --yes
says out "Plan: 1 to create, 0 to update, 0 to delete; 0 held"
expect 0 wait "${alone[@]}" new
says out "new: granted (1 grant)"

# Commands that are printed for copying work: the delete is held without a state.
expect 0 plan "${alone[@]}"
says out "Held by"
command=$(copied "authzd apply --plan-hash")
eval "$command" >out 2>err </dev/null || fail "a copied command failed: $command: $(cat err)"
says out "1 deleted"
ours 30

# Terraform rewrites one without the marker: without a state nothing is certain, but the author is shown.
rewritten=$(ids "'demo/volumes-5#' in each.get('description', '')")
curl -sS -X POST "$iam/sandbox/v1/policies/$rewritten" -d '{"as": "iam-ServiceId-other", "description": "Volumes 5."}' >/dev/null
expect 0 plan "${alone[@]}"
says out "Marker missing: 1 policy"
tells "looks like ours without its marker"
says out "iam-ServiceId-other"

# With a configuration and a state: copied commands name it, and approve creates the state.
(umask 077 && printf demo-api-key >key)
cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: demo
mode: sync
adopt: identical
source: {directory: {path: $work/manifests}}
iam: {endpoint: $iam}
rails: {maxCreate: 0, removalGrace: {for: 0s}}
state: $work/state.db
admin: {socket: $work/admin.sock}
accounts:
  - {name: demo, id: $account, auth: {apiKeyFile: $work/key}}
TEXT
sed 's/volumes-3/another/; s/service: kms.*}/service: secrets-manager}/' manifests/volumes-3.yaml >manifests/another.yaml
expect 0 plan --config authzd.yaml
command=$(copied "authzd approve")
[[ $command == *"--config authzd.yaml" ]] || fail "the copied command names no configuration: $command"
[[ ! -e state.db ]] || fail "a plan made a state"
eval "$command --yes" >out 2>err </dev/null || fail "a copied command failed: $command: $(cat err)"
expect 0 apply --config authzd.yaml --yes
ours 31

# The state shows what lost its marker, and who deleted what.
curl -sS -X POST "$iam/sandbox/v1/policies/$rewritten" -d '{"as": "iam-ServiceId-other", "description": "Mine."}' >/dev/null
lost=$(ids "'demo/another#' in each.get('description', '')")
curl -sS -X POST "$iam/sandbox/v1/policies/$lost" -d '{"as": "IBMid-mallory", "state": "deleted"}' >/dev/null
expect 0 plan --config authzd.yaml
tells "someone took the ownership marker off"
tells "changed by iam-ServiceId-other at "
tells "someone deleted the policy that granted this"
tells "policy $lost was deleted by IBMid-mallory at "
expect 0 run --once --config authzd.yaml
says err "someone else deleted one of our policies"
says err "others deleted our policies"
ours 31

# A daemon waits for others, too, and its listener shows the state of an authorization.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(umask 077 && printf a-token-of-some-length >token)
cat >>authzd.yaml <<TEXT
settle: 1s
TEXT
sed -i "s|^admin: .*|admin: {socket: $work/admin.sock, listen: \"127.0.0.1:$port\", tokenFile: $work/token}|" authzd.yaml
authzd run --config authzd.yaml >daemon.log 2>&1 &
pids[daemon]=$!
until_true "the daemon's cycle" grep -q "cycle done" daemon.log
expect 0 wait another --config authzd.yaml
says out "another: granted (1 grant)"
expect 0 wait another volumes-5 --for settled --config authzd.yaml
says out "another, volumes-5: settled (2 grants)"
expect 4 wait anothr --config authzd.yaml
says err 'did you mean "another"?'
# maxCreate is 0: what is new waits for a person.
sed 's/volumes-3/later/; s/service: kms.*}/service: cloud-object-storage}/' manifests/volumes-3.yaml >manifests/later.yaml
expect 3 wait later --config authzd.yaml
says err "held by maxCreate"
grants() { curl -sS -H "Authorization: Bearer a-token-of-some-length" "http://127.0.0.1:$port/api/v1/grants/$1" >out; }
grants another
says out '"granted": true'
is_known() { grants later && grep -q '"state": "missing"' out; }
until_true "a cycle with the new manifest" is_known
says out '"granted": false'
grants nobody
says out "no manifest of the last cycle has an authorization"
stop daemon
echo "takeover: all of it held"
