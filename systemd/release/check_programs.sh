#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The programs of a release do their work: manifests are validated, planned and applied against their own
# sandbox, and a daemon converges an account, keeps its state and answers on its socket.
# usage: check_programs.sh FOLDER [EMULATOR…]
#   FOLDER: with bin and share/authzd, as in the tarball; EMULATOR: the command line that runs its programs
set -euo pipefail
folder=$(realpath "${1:?usage: check_programs.sh FOLDER [EMULATOR…]}")
emulator=("${@:2}")
account=a1234567a1234567a1234567a1234567 # of the sandbox's seed
work=$(mktemp -d)
cd "$work"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

fail() {
  echo "check_programs: $*" >&2
  tail -n 40 "$work"/*.log "$work/said" >&2 2>/dev/null || true
  exit 1
}
authzd=("${emulator[@]}" "$folder/bin/authzd") sandbox=("${emulator[@]}" "$folder/bin/iam-sandbox")
# expect EXIT-CODE TEXT ARGUMENT…: authzd ends so, and says so.
expect() {
  local expected=$1 text=$2 code=0
  "${authzd[@]}" "${@:3}" >"$work/said" 2>&1 || code=$?
  ((code == expected)) || fail "authzd ${*:3} ends with $code, expected $expected"
  grep -qF -- "$text" "$work/said" || fail "authzd ${*:3} does not say: $text"
}
# until_true WHAT COMMAND…: waits for a condition, at most 60 s: an emulator is slow.
until_true() {
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "waited in vain for $what"
    sleep 0.1
  done
}
# manifest NAME SERVICE: lets the service read keys.
manifest() {
  cat >"manifests/$1.yaml" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: $1}
spec:
  source: {service: $2}
  target: {service: kms}
  roles: [Reader]
TEXT
}

"${authzd[@]}" --version
expect 0 "" validate "$folder/share/authzd/manifests"
mkdir manifests
echo 'kind: Nothing' >wrong.yaml
expect 4 "wrong.yaml:1" validate wrong.yaml

"${sandbox[@]}" --seed "$folder/share/authzd/demo.json" --listen 127.0.0.1:0 --quiet >sandbox.log 2>&1 &
pids+=($!)
sandbox_listens() { iam=$(grep -soEm1 'http://127\.0\.0\.1:[0-9]+' sandbox.log); }
until_true "the sandbox to listen" sandbox_listens
export IBMCLOUD_API_KEY=demo-api-key IBMCLOUD_IAM_API_ENDPOINT=$iam
once=(--manifests manifests --account "$account" --owner release --mode sync)
manifest one server-protect
expect 2 "1 to create" plan "${once[@]}" --detailed-exitcode
expect 0 "" apply "${once[@]}" --yes
expect 0 "0 to create" plan "${once[@]}" --detailed-exitcode

# A daemon, from its start to its end.
manifest two is
(umask 077 && printf demo-api-key >key)
cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: release
mode: sync
source: {directory: {path: $work/manifests}}
iam: {endpoint: $iam}
state: $work/state.db
admin: {socket: $work/admin.sock}
accounts:
  - {name: production, id: $account, auth: {apiKeyFile: $work/key}}
TEXT
"${authzd[@]}" run --config authzd.yaml --log-json >daemon.log 2>&1 &
daemon=$!
pids+=("$daemon")
until_true "the first cycle" grep -qs '"run"' daemon.log
expect 0 "production" status --config authzd.yaml
expect 0 "two" list --config authzd.yaml
kill -TERM "$daemon"
code=0
wait "$daemon" || code=$?
((code == 0)) || fail "the daemon ends with $code"
[[ -s state.db ]] || fail "the daemon keeps no state"
expect 0 "0 to create" plan --config authzd.yaml --local --detailed-exitcode
echo "programs: validate, plan and apply, and a daemon converges an account${emulator[0]:+ (by $(basename "${emulator[0]}"))}"
