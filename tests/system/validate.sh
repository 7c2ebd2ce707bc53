#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# `authzd validate` as people and their CI call it. usage: validate.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" validate "$@"

# expect EXIT-CODE WORD…: runs authzd with the words; its output is in the files out and err.
expect() {
  local expected=$1 code=0
  shift
  authzd "$@" >out 2>err || code=$?
  [[ $code -eq $expected ]] || fail "authzd $*: exit code $code, expected $expected"
}
# manifest NAME SERVICE
manifest() {
  cat <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: $1}
spec: {source: {service: $2}, target: {service: kms}, roles: [Reader]}
TEXT
}
# json EXPRESSION: of the object that is in out, true or not.
json() {
  python3 -c "import json, sys
j = json.load(open('out'))
sys.exit(0 if $1 else str(j))" || fail "not so in the JSON: $1"
}

# Nothing to check is usually a mistake.
mkdir -p empty production/chart
expect 4 validate empty </dev/null
says err "there is no *.yaml or *.yml to check"
expect 0 validate empty --allow-empty </dev/null
echo "# nothing yet" >empty/a.yaml
expect 4 validate empty </dev/null
says err "there is no authorization in 1 file"
expect 0 validate --allow-empty empty </dev/null
says out "Valid: 1 file, 0 authorizations, 0 policies."

# Files of other programs: named, with a remedy; then ignored, and counted.
manifest disks server-protect >production/disks.yaml
printf 'resources: [disks.yaml]\n' >production/kustomization.yaml
printf '{{- range .Values.keys }}\n' >production/chart/keys.yaml
expect 4 validate production </dev/null
says err 'production/kustomization.yaml:1:1: error: missing key "kind"'
[[ $(grep -c "list its file in .authzdignore" err) -eq 2 ]] || fail "the hint does not stand once a file"
printf '# not ours\nkustomization.yaml\n/chart/\n' >production/.authzdignore
expect 0 validate production </dev/null
says out "Valid: 1 file, 1 authorization, 1 policy, 2 files ignored by .authzdignore."
expect 4 validate production/kustomization.yaml </dev/null

# All that is installed, in one folder: ready-made manifests for other accounts are not for this one.
expect 0 validate "$source_tree/manifests" </dev/null
says out "Valid: "

# Standard input, alone and beside a folder.
manifest mail messagehub | expect 0 validate -
says out "Valid: 1 file, 1 authorization, 1 policy."
manifest disks messagehub | expect 4 validate production -
says err "production/disks.yaml:3:18: error: name \"disks\" is taken: <stdin>:3:18 has it too"
expect 4 validate - < <(head -c 9000000 /dev/zero)
says err "standard input has more than 8388608 bytes"

# For programs: the same exit codes, and all of it on standard output.
printf 'apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: a}\nspec: {}\n' >bad.yaml
for form in text json sarif github; do
  expect 4 validate bad.yaml -o "$form" </dev/null
  expect 0 validate production --output "$form" </dev/null
  expect 4 validate nowhere -o "$form" </dev/null
done
expect 4 validate bad.yaml -o json </dev/null
[[ ! -s err ]] || fail "JSON for standard output, and something else beside it"
json "j['version'] == 1 and not j['valid'] and j['manifests'][0]['valid'] is False"
json "j['problems'][0] == {'severity': 'error', 'file': 'bad.yaml', 'line': 4, 'column': 7,
  'message': 'missing key \"roles\" in spec', 'hint': 'write roles: [Reader]', 'accounts': []}"
expect 0 validate production -o json </dev/null
json "j['valid'] and j['manifests'] == [{'account': None, 'valid': True, 'files': 1, 'ignored': 2,
  'authorizations': 1, 'policies': 1, 'instanceNames': 0, 'assertions': []}]"
expect 4 validate nowhere -o json </dev/null
json "not j['valid'] and j['problems'][0]['file'] is None"
expect 4 validate bad.yaml -o sarif </dev/null
json "j['version'] == '2.1.0' and j['runs'][0]['results'][0]['level'] == 'error'"
cat >rules.yaml <<TEXT
apiVersion: authzd/v1
kind: Assertion
metadata: {name: no-mail}
spec:
  never: [{source: {service: messagehub}}]
TEXT
manifest mail messagehub | expect 4 validate - rules.yaml -o sarif
json "[(r['locations'][0]['physicalLocation']['artifactLocation']['uri'],
  r['relatedLocations'][0]['id'],
  r['relatedLocations'][0]['physicalLocation']['artifactLocation']['uri'],
  r['relatedLocations'][0]['physicalLocation']['region']['startLine'])
  for r in j['runs'][0]['results']] == [('%3Cstdin%3E', 1, 'rules.yaml', 5)]"
expect 4 validate bad.yaml -o github </dev/null
says out '::error file=bad.yaml,line=4,col=7::missing key "roles" in spec%0Awrite roles: [Reader]'
expect 64 validate bad.yaml -o xml </dev/null

# A configuration of several accounts: each is named, one that is wrong and one that is not.
printf 'key' >key && chmod 600 key
mkdir -p test
{ manifest good messagehub && echo --- && manifest worse KMS; } >test/mail.yaml
cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: demo
mode: sync
source: {directory: {path: $work}}
state: $work/state.db
accounts:
  - {name: prod, id: $account, paths: [production], auth: {apiKeyFile: $work/key}}
  - {name: test, id: b1234567b1234567b1234567b1234567, paths: [test], auth: {apiKeyFile: $work/key}}
TEXT
printf 'kustomization.yaml\nchart/\n' >.authzdignore
expect 4 validate --config authzd.yaml </dev/null
says out "Valid: account prod: 1 file, 1 authorization, 1 policy, 2 files ignored by .authzdignore."
says err "test/mail.yaml:9:26: error: account test: no service is called \"KMS\""
says err "Invalid: account test: 1 error."
expect 4 validate --config authzd.yaml -o json </dev/null
json "[(one['account'], one['valid']) for one in j['manifests']] == [('prod', True), ('test', False)]"
json "[one['accounts'] for one in j['problems']] == [['test']]"
expect 0 validate authzd.yaml </dev/null
says out "configures 2 accounts: prod, test."
sed -i 's/KMS/kms/' test/mail.yaml
expect 0 validate --config authzd.yaml </dev/null
says out "Valid: account test: 1 file, 2 authorizations, 2 policies."

# The plan also says what was left out.
start_sandbox
export IBMCLOUD_API_KEY=demo-api-key IBMCLOUD_IAM_API_ENDPOINT=$iam
expect 0 plan --manifests production --account "$account" --owner demo </dev/null
says err "2 files ignored by .authzdignore"
says out "Plan: 1 to create"
