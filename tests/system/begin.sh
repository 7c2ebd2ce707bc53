#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The first steps of an operator: init, validate --online, and output that does not fit on the disk.
# usage: begin.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" begin "$@"

# expect EXIT-CODE WORD…: runs authzd with the words; its output is in the files out and err.
expect() {
  local expected=$1 code=0
  shift
  authzd "$@" >out 2>err </dev/null || code=$?
  [[ $code -eq $expected ]] || fail "authzd $*: exit code $code, expected $expected"
}

start_sandbox

# Without a person to ask, what is missing is named; nothing is written.
expect 64 init
says err '--account is needed'
expect 64 init --account prod
says err '32 hex digits'
[[ ! -e authzd.yaml ]] || fail "init wrote a configuration that it refused"

# What it writes is valid, and no file is replaced.
expect 0 init --account "$account" --name demo --to first
says out 'authzd validate --online --config first/authzd.yaml'
expect 0 validate first/authzd.yaml
expect 0 validate first/manifests
before=$(cksum first/authzd.yaml)
expect 4 init --account "$account" --name other --to first
[[ $(cksum first/authzd.yaml) == "$before" ]] || fail "init replaced a file"

# Each thing that a daemon needs, in the order in which it is needed.
printf 'iam: {endpoint: "%s"}\n' "$iam" >>first/authzd.yaml
expect 1 validate --online --config first/authzd.yaml
says out '✗ key          getting a token: the API key in ./first/api-key cannot be read'
(umask 077 && printf no-such-key >first/api-key)
expect 1 validate --online --config first/authzd.yaml
says out '✗ key'
printf demo-api-key >first/api-key
expect 0 validate --online --config first/authzd.yaml
for thing in state socket key rights clock manifests plan; do says out "✓ $thing"; done
printf 'kind: [' >first/manifests/broken.yaml
expect 1 validate --online --config first/authzd.yaml
says out '✗ manifests'
says err 'broken.yaml:1'
rm first/manifests/broken.yaml

# Half of a list is worse than none: where the output cannot be written, the exit code says so.
code=0
authzd list --config first/authzd.yaml >/dev/full 2>err || code=$?
[[ $code -eq 1 ]] || fail "list into a full disk: exit code $code, expected 1"
says err 'standard output could not be written'
# Who reads a pipe may have enough.
authzd list --config first/authzd.yaml | head -n 1 >out || fail "a reader that has enough is an error"
