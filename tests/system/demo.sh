#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The tour of ./dev demo: real manifests converge an account of the sandbox. A test runs it as well.
# usage: demo.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" demo "$@"
catalogue=$source_tree/manifests
bold='' dim='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\033[1m' dim=$'\033[2m' plain=$'\033[0m'; fi

scene=0
title() { scene=$((scene + 1)); printf '\n%s%d. %s%s\n' "$bold" "$scene" "$1" "$plain"; }
see() { printf '%s→ %s%s\n' "$dim" "$1" "$plain"; }

# show EXIT-CODE COMMAND: prints the command as typed, runs it, and checks its exit code.
show() {
  local expected=$1 code=0
  printf '\n%s$ %s%s\n' "$bold" "$2" "$plain"
  eval "$2" || code=$?
  [[ $code -eq $expected ]] || { echo "demo: exit code $code, expected $expected" >&2; exit 1; }
}

mkdir manifests

start_sandbox
export IBMCLOUD_API_KEY=demo-api-key IBMCLOUD_IAM_API_ENDPOINT=$iam

title "What the account has"
show 0 "authzd list --account $account"
see "Made in the console, by services, by an enterprise template: nothing of this is authzd's."

title "Manifests, and one with a mistake"
sed 's/^    - service: kms$/&\n      instance: 51042d7f-f0df-4915-bd39-6a49957c9175/' \
  "$catalogue/encryption/block-storage-encryption.yaml" >manifests/block-storage-encryption.yaml
cp "$catalogue/encryption/file-storage-encryption.yaml" manifests/
sed 's/^  roles:/  rolls:/' manifests/block-storage-encryption.yaml >bad.yaml
show 0 "authzd validate manifests"
show 4 "authzd validate bad.yaml"
see "Every problem is reported at once, at its place, with what was probably meant."

once="--manifests manifests --account $account --owner demo --mode sync --adopt identical"
title "The difference"
show 0 "authzd plan $once"
see "Two policies are as wanted and would be taken over; what is missing would be created. Nothing was written."

title "Apply it"
show 0 "authzd apply $once --yes"
show 0 "authzd plan $once"
see "The second plan has nothing to do."

title "Someone changes IAM by hand, and the running daemon repairs it"
cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: demo
mode: sync
interval: 1h
source: {directory: {path: $work/manifests}}
iam: {endpoint: $IBMCLOUD_IAM_API_ENDPOINT}
state: $work/state.db
admin: {socket: $work/admin.sock}
accounts:
  - {name: demo, id: $account, auth: {apiKeyFile: $work/key}}
TEXT
(umask 077 && printf demo-api-key >key)
authzd run --config authzd.yaml --log-json >daemon.log 2>&1 &
pids[daemon]=$!
printf '\n%s$ authzd run --config authzd.yaml &%s\n' "$bold" "$plain"
until_true "the first cycle" grep -q '"run"' daemon.log
token=$(curl -sS "$IBMCLOUD_IAM_API_ENDPOINT/identity/token" \
  -d grant_type=urn:ibm:params:oauth:grant-type:apikey -d apikey=demo-user-key |
  grep -oP '"access_token": ?"\K[^"]+')
drifted=3f1c2b54-7a80-4a6e-8f57-2d6f0a9b1c02
state() { curl -sS -H "Authorization: Bearer $token" "$IBMCLOUD_IAM_API_ENDPOINT/v2/policies/$1" | grep -oP '"state": ?"\K\w+'; }
show 0 "curl -sS -X DELETE -H \"Authorization: Bearer \$token\" \$IBMCLOUD_IAM_API_ENDPOINT/v1/policies/$drifted"
gone() { [[ $(state "$drifted") != active ]]; }
until_true "the policy to be gone" gone
show 0 "kill -HUP ${pids[daemon]}   # a cycle now, rather than in an hour"
in_sync() { authzd plan $once --detailed-exitcode >/dev/null; }
until_true "the repair" in_sync
see "The policy that was deleted by hand is there again."

title "A bad commit empties the folder"
mkdir away
config="--config authzd.yaml"
show 0 "mv manifests/*.yaml away/"
show 0 "authzd sync $config"
status_says() { [[ $(authzd status $config) == *"$1"* ]]; }
until_true "the refusal" status_says "was tried last"
show 1 "authzd status $config"
see "Nothing was deleted: the last good revision remains in force."

title "A deletion that is meant, and approved"
cp away/block-storage-encryption.yaml manifests/
show 0 "authzd sync $config"
until_true "the hold" status_says "authzd approve"
show 0 "authzd plan $config"
see "Several rails hold the deletes. One hash approves exactly these, after a look."
hash=$(authzd plan $config | grep -oPm 1 "authzd approve \\K[0-9a-f]+")
show 0 "authzd approve $config --yes $hash | tail -n 1"
gone_too() { [[ $(authzd list --account "$account") != *"share"* ]]; }
until_true "the deletes" gone_too
show 0 "authzd runs $config"

title "…and taken back"
run=$(authzd runs $config | awk 'NR == 2 {print $1}')
show 0 "authzd undo $config $run --yes"
show 0 "authzd plan $config"
see "They are back with their old ids, and pinned until their manifest changes."

title "What was left alone, and why"
show 0 "authzd plan $once --show-unmanaged"
see "Nothing that authzd does not own was touched."

printf '\n%sThat was all of it: the sandbox is gone, and nothing is left behind.%s\n' "$bold" "$plain"
