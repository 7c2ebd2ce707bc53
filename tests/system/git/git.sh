#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The daemon follows a real repository over git daemon: what is pushed and signed is applied; what is
# not signed, or reset, is refused while the last good revision remains in force. Then the one-shot
# commands on the same configuration, a reload to a directory, and `run --once`.
# usage: git.sh BUILD-DIRECTORY
set -euo pipefail

for tool in git ssh-keygen curl; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: $tool is not installed"; exit 77; }
done

# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../stage.sh" git "$@"

# expect EXIT-CODE WORD…: runs authzd with the words; its output is in the files out and err.
expect() {
  local expected=$1 code=0
  shift
  authzd "$@" --config authzd.yaml >out 2>err </dev/null || code=$?
  [[ $code -eq $expected ]] || fail "authzd $*: exit code $code, expected $expected"
}

start_sandbox

# The repository, its author, and what serves it. A free port is found by trying.
export HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.com
export GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com
git init -q --bare -b main repositories/manifests.git
git init -q -b main author
git -C author remote add origin ../repositories/manifests.git
ssh-keygen -q -t ed25519 -N '' -C ann@example.com -f ann
git -C author config gpg.format ssh
git -C author config user.signingKey "$work/ann.pub"
answers() { answers_on "$port"; }
serve_on() {
  git daemon --reuseaddr --listen=127.0.0.1 --port="$1" --base-path="$work/repositories" \
    --export-all >>server.log 2>&1 &
  pids[server]=$!
}
serving() { answers || ! kill -0 "${pids[server]}" 2>/dev/null; }
for ((try = 0; try < 20; try++)); do
  port=$((20000 + RANDOM % 20000))
  if answers; then continue; fi
  serve_on "$port"
  until_true "git daemon to listen" serving
  if kill -0 "${pids[server]}" 2>/dev/null; then break; fi
done

# manifest FILE SOURCE
manifest() {
  mkdir -p "$(dirname "$1")"
  cat >"$1" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: $2}
spec:
  source: {service: $2}
  target: {service: kms}
  roles: [Reader]
TEXT
}
# commit OPTION…: commits all there is, and pushes it.
commit() {
  git -C author add -A
  git -C author commit -qm change "$@"
  git -C author push -q origin HEAD:main
  head=$(git -C author rev-parse HEAD)
}

(umask 077 && printf demo-api-key >key)
configuration() {
  cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: demo
mode: sync
interval: $1
settle: 1s
source: $2
iam: {endpoint: $iam}
state: $work/state/state.db
admin: {socket: $work/admin.sock}
rails: {removalGrace: {for: 0s}}
accounts:
  - {name: demo, id: a1234567a1234567a1234567a1234567, auth: {apiKeyFile: $work/key}}
TEXT
}
git_source="{git: {url: \"git://127.0.0.1:$port/manifests.git\", path: production, verify: {keyFiles: [$work/ann.pub]}}}"
configuration 1h "$git_source"
mkdir state tmp
export TMPDIR=$work/tmp

# Before there is a daemon: the commands use their own copy, and leave nothing behind.
manifest author/production/disks.yaml server-protect
commit -S
first=$head
expect 0 validate
says out "Valid: 1 file, 1 authorization, 1 policy."
expect 0 plan --local
says out "Plan: 1 to create, 0 to update, 0 to delete"
[[ -z $(ls -A state) && -z $(ls -A tmp) ]] || fail "a one-shot command left something: $(ls state tmp)"

start() {
  authzd run --config authzd.yaml --log-json >>daemon.log 2>&1 &
  pids[daemon]=$!
}
status() { authzd status --config authzd.yaml --output json >out 2>err </dev/null || true; }
status_says() { status; grep -qF -e "$1" out; }
# ours: the sources of the policies that authzd made, on one line.
token() {
  curl -sS "$iam/identity/token" -d grant_type=urn:ibm:params:oauth:grant-type:apikey \
    -d apikey=demo-api-key | grep -oP '"access_token": ?"\K[^"]+'
}
ours() {
  curl -sS -H "Authorization: Bearer $(token)" \
    "$iam/v2/policies?account_id=a1234567a1234567a1234567a1234567&type=authorization" |
    grep -oP '\(authzd: demo/\K[^#"]+' | sort | tr '\n' ' '
}
are_ours() { [[ $(ours) == "$1" ]]; }

start
until_true "the first revision to be applied" are_ours "server-protect "
until_true "its name in the status" status_says "${first:0:12}"

# A push, and a notification of the daemon.
manifest author/production/mail.yaml messagehub
commit -S
second=$head
expect 0 sync
until_true "the second revision to be applied" are_ours "messagehub server-protect "

# A branch under review, which nobody has signed: it is planned, by the daemon and without it, and
# changes nothing. What it differs in needs neither.
git -C author checkout -qb side
manifest author/production/side.yaml schematics
git -C author add -A
git -C author commit -qm side --no-gpg-sign
git -C author push -q origin side
side=$(git -C author rev-parse HEAD)
git -C author checkout -q main
for alone in "" --local; do
  expect 0 plan --ref side $alone
  says err "this is the plan of side, commit $side"
  says out "production/side.yaml"
done
says out "Revision $side"
[[ -z $(ls -A tmp) ]] || fail "a plan of a branch left something: $(ls tmp)"
expect 1 plan --ref nobody
says err "no branch and no tag nobody"
expect 64 plan --ref=--upload-pack=x
expect 2 diff main side --detailed-exitcode
says out "Diff: 1 added, 0 changed, 0 removed; 2 unchanged."
code=0
authzd diff main side --repo author/production --path production -o json >out 2>err || code=$?
[[ $code -eq 0 ]] || fail "diff of a local repository: exit code $code"
says out '"kind": "added"'
are_ours "messagehub server-protect " || fail "planning a branch changed something: $(ours)"
status_says "\"attemptedRevision\": \"$second\"" || fail "the state took a branch for the newest revision"

# An unsigned commit empties the folder: nothing happens, and the status says why.
git -C author rm -q production/mail.yaml
commit --no-gpg-sign
unsigned=$head
expect 0 sync
until_true "the unsigned commit to be refused" status_says "\"attemptedRevision\": \"$unsigned\""
says out "it is not signed"
are_ours "messagehub server-protect " || fail "an unsigned commit was applied: $(ours)"
expect 4 validate
says err "commit $unsigned is refused: it is not signed"

# The last good revision remains in force: drift is repaired meanwhile.
id=$(curl -sS -H "Authorization: Bearer $(token)" \
  "$iam/v2/policies?account_id=a1234567a1234567a1234567a1234567&type=authorization" |
  python3 -c 'import json, sys
for policy in json.load(sys.stdin)["policies"]:
    if "(authzd: demo/messagehub#" in policy.get("description", ""): print(policy["id"])')
curl -sS -X DELETE -H "Authorization: Bearer $(token)" "$iam/v1/policies/$id"
are_ours "server-protect " || fail "the policy is still there"
expect 0 sync
until_true "the repair" are_ours "messagehub server-protect "

# The branch is reset by force, to a signed commit that was applied before: it never prunes.
git -C author reset -q --hard "$first"
git -C author push -qf origin HEAD:main
expect 0 sync
until_true "the set-back branch to be refused" status_says "the branch was set back"
says out "authzd approve $first"
are_ours "messagehub server-protect " || fail "a forced push pruned: $(ours)"

# A server that is down is a condition, not an end; a restarted daemon continues with its copy.
git -C author reset -q --hard "$second"
git -C author push -qf origin HEAD:main
expect 0 sync
until_true "the second revision to be the newest again" status_says "Ready"
stop server
expect 0 sync
until_true "the server's end to be seen" status_says "cannot be reached"
are_ours "messagehub server-protect " || fail "without a server something changed: $(ours)"
stop daemon
start
until_true "the restarted daemon to say so" status_says "cannot be reached"
serve_on "$port"
until_true "git daemon to listen again" answers

# Without a notification, the daemon checks by itself, at the interval that a reload gave it; the cycle
# that the reload starts is over by the second push.
configuration 5s "$git_source"
kill -HUP "${pids[daemon]}"
manifest author/production/backup.yaml cloud-object-storage
commit -S
until_true "a push to be found" are_ours "cloud-object-storage messagehub server-protect "
manifest author/production/plans.yaml schematics
commit -S
until_true "another push to be found" \
  are_ours "cloud-object-storage messagehub schematics server-protect "

# A reload to a directory: it is watched, and a manifest that is written there starts a cycle.
mkdir directory
cp author/production/* directory/
configuration 1h "{directory: {path: $work/directory}}"
kill -HUP "${pids[daemon]}"
until_true "the directory's revision" status_says "dir:"
manifest directory/queue.yaml messages-for-rabbitmq
until_true "the change to be seen" \
  are_ours "cloud-object-storage messagehub messages-for-rabbitmq schematics server-protect "
if grep -q "reload failed" daemon.log; then fail "a reload failed"; fi

stop daemon

# The same by a timer, with the state that the daemon left: one cycle of the newest commit.
configuration 1h "$git_source"
manifest author/production/queue.yaml messages-for-rabbitmq
manifest author/production/logs.yaml databases-for-redis
commit -S
expect 0 run --once
everything="cloud-object-storage databases-for-redis messagehub messages-for-rabbitmq schematics server-protect "
are_ours "$everything" || fail "run --once did not apply the newest commit: $(ours)"
git -C author rm -q production/logs.yaml
commit --no-gpg-sign
expect 4 run --once
says err "it is not signed"
are_ours "$everything" || fail "run --once applied an unsigned commit: $(ours)"
echo "git: all of it held"
