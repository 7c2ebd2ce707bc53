#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Calls without a daemon: a missing state is created or the call fails, and no answer to a prompt
# approves a rail. usage: alone.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" alone "$@"

# expect EXIT-CODE WORD…: runs authzd with the words; its output is in the files out and err.
expect() {
  local expected=$1 code=0
  shift
  authzd "$@" >out 2>err </dev/null || code=$?
  [[ $code -eq $expected ]] || fail "authzd $*: exit code $code, expected $expected"
}
# ours N: whether IAM has that many policies with our marker.
ours() {
  local count
  count=$(curl -sS "$iam/sandbox/v1/policies" | python3 -c 'import json, sys
print(sum(each["state"] == "active" and "(authzd: demo/" in each.get("description", "")
          for each in json.load(sys.stdin)["policies"]))')
  [[ $count -eq $1 ]] || fail "$count policies of ours, expected $1"
}
# hash LABEL: the digits after it in the output.
hash() { grep -oE "$1 [0-9a-f]{64}" out | head -1 | grep -oE '[0-9a-f]{64}'; }

mkdir manifests state
for name in cloud-object-storage messagehub server-protect; do
  cat >"manifests/$name.yaml" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: $name}
spec:
  source: {service: $name}
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

# The first call that writes creates the state, and none that reads.
expect 0 plan "${config[@]}"
[[ ! -e state/state.db ]] || fail "a plan made a state"
expect 0 apply --yes "${config[@]}"
ours 3
[[ -e state/state.db ]] || fail "apply kept no state"

# Who may reach what, live and from a list: the same, and nothing is asked of IAM for the second.
expect 0 reach kms "${config[@]}" -o json
python3 - <<'PYTHON' || fail "reach shows something else"
import json
pairs = json.load(open("out"))["pairs"]
owners = {policy["owner"] for pair in pairs for policy in pair["policies"]}
ours = sorted(pair["source"]["service"] for pair in pairs if pair["policies"][0]["owner"] == "ours")
assert ours == ["cloud-object-storage", "messagehub", "server-protect"], ours
assert owners == {"ours", "unmanaged", "foreign"}, owners
assert all(pair["target"]["service"] == "kms" for pair in pairs)
PYTHON
expect 0 reach kms --managed "${config[@]}"
says out "3 pairs of source and target, 3 policies: 3 ours"
cp out live
expect 0 list -o json "${config[@]}"
mv out saved.json
expect 0 reach kms --managed --saved saved.json "${config[@]}"
cmp -s out live || fail "the saved list shows something else"
expect 0 reach kms:unheard-of --from messagehub "${config[@]}"
says err 'no policy names the instance "unheard-of"'
expect 0 reach -o svg "${config[@]}"
says out '<svg xmlns="http://www.w3.org/2000/svg"'

# Moved away, as after damage: the next call has a new state, which holds first deletes.
mv state/state.db state/gone.db
rm manifests/messagehub.yaml
expect 3 apply --yes "${config[@]}"
says out "Held by firstDeletes"
ours 3
[[ -e state/state.db ]] || fail "apply went on without the state"

# A state that cannot be created ends the call.
mv state elsewhere
expect 4 apply --yes "${config[@]}"
says err "does not exist"
ours 3
mv elsewhere state

# Without any state, only the hash of a plan that someone read approves a delete.
expect 3 apply --local --yes "${config[@]}"
says out "or name a state with --state"
ours 3
grep -q "authzd approve" out && fail "it advises an approval that no state can keep"
expect 1 apply --local --plan-hash "$(printf '0%.0s' {1..64})" "${config[@]}"
expect 0 apply --local --plan-hash "$(hash 'Plan hash')" "${config[@]}"
ours 2

# With the state, an approval does, and the call asks for it.
rm manifests/server-protect.yaml
expect 0 plan "${config[@]}"
hold=$(hash 'authzd approve')
expect 64 approve "$hold" "${config[@]}"
says err "no terminal"
expect 3 apply --yes "${config[@]}"
ours 2
expect 0 approve --yes "$hold" "${config[@]}"
expect 0 approvals "${config[@]}"
says out "$hold"
says out "(uid $(id -u))"
expect 0 approvals --revoke "${hold:0:32}" "${config[@]}"
expect 3 apply --yes "${config[@]}"
ours 2
expect 0 approve --yes "${hold:0:32}" "${config[@]}"
expect 0 apply --yes "${config[@]}"
ours 1

# The audit log is complete across a rotation; a change, a truncation and a gap are detected.
expect 0 audit verify "${config[@]}"
says out "The audit log is whole"
cp audit.log whole.log
sed -i '3s/"kms"/"kns"/' audit.log
expect 1 audit verify "${config[@]}"
says err "audit.log:4: the line before it is not the one that was written"
head -n -1 whole.log >audit.log
expect 1 audit verify "${config[@]}"
says err "missing"
cp whole.log audit.log
mv audit.log audit.log.1
printf '{"event":"outc' >audit.log
cat >"manifests/late.yaml" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: late}
spec: {source: {service: messagehub}, target: {service: kms}, roles: [Reader]}
TEXT
expect 1 audit verify "${config[@]}"
says err "it ends inside a line"
expect 0 apply --yes "${config[@]}"
expect 0 audit verify "${config[@]}"
grep -q '"cut":' audit.log || fail "the part of a line was not kept"
ours 2

# manifest SOURCE TARGET: of one more grant.
manifest() {
  cat >"manifests/$1.yaml" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: $1}
spec: {source: {service: $1}, target: {service: $2}, roles: [Reader]}
TEXT
}
# A suspension in the configuration's state also applies to a call with its own state.
manifest messagehub hs-crypto
expect 0 suspend "${config[@]}"
expect 1 apply --local --yes "${config[@]}"
says err "is suspended"
expect 1 apply --state own.db --yes "${config[@]}"
says err "is suspended"
ours 2
expect 0 resume "${config[@]}"

# Suspending does not wait for a process that holds the state, such as an apply at its prompt.
flock -o state/state.db.lock sleep 20 >/dev/null 2>&1 &
pids[holder]=$!
is_held() { ! flock -n state/state.db.lock true; }
until_true "the state to be held" is_held
expect 1 apply --yes "${config[@]}"
says err "is in use by"
expect 0 suspend "${config[@]}"
says out "Suspended: every account"
says err "beside the state"
stop holder
expect 1 apply --yes "${config[@]}"
says err "is suspended"
ours 2
expect 0 resume "${config[@]}"
expect 0 apply --yes "${config[@]}"
ours 3

# A suspended account is skipped, and blocks no other.
manifest server-protect kms
(umask 077 && printf second-api-key >second-key)
{
  cat authzd.yaml
  echo "  - {name: second, id: b7654321b7654321b7654321b7654321, auth: {apiKeyFile: $work/second-key}}"
} >two.yaml
expect 0 suspend second --config two.yaml
expect 1 apply --yes --config two.yaml
says err "account second is suspended"
ours 4
echo "alone: all of it held"
