#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# A monitor, a person and a Git server at the TCP listener of a real daemon.
# usage: listener.sh BUILD-DIRECTORY
set -euo pipefail
# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/stage.sh" listener "$@"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
start_sandbox

manifest storage messagehub kms
(umask 077 && printf the-first-token-of-all >token && printf a-secret-for-the-hooks >hook)
configure "listen: \"127.0.0.1:$port\"" "tokenFile: $work/token" "hookSecretFile: $work/hook"
authzd run --config authzd.yaml --log-json >daemon.log 2>&1 &
pids[daemon]=$!

# ask PATH [CURL-OPTION…]: the reply is in the file out; prints its status.
ask() {
  local path=$1
  shift
  curl -s -o out -w '%{http_code}' "$@" "$url$path" || true
}
# answers STATUS PATH [CURL-OPTION…]
answers() {
  local expected=$1 got
  shift
  got=$(ask "$@")
  [[ $got == "$expected" ]] || fail "$1 answers $got, expected $expected"
}
bearer() { printf 'Authorization: Bearer %s' "$(<token)"; }
cycles() { ask /metrics >/dev/null; awk '/^authzd_reconcile_total\{account="demo",result="success"\}/ {print $2}' out; }

# The monitor.
until_true "the first cycle" eval '[[ $(ask /readyz) == 200 ]]'
answers 200 /healthz
answers 200 /metrics
promtool check metrics <out >promtool.log 2>&1 || fail "promtool minds the metrics"
says out 'authzd_condition{account="demo",type="Ready"} 1'
says out 'authzd_outbound_api_requests_total{account="demo",op="create_policy",code="201"} 1'

# The person: only with the token, and with a new one at once.
answers 401 /api/v1/status
answers 200 /api/v1/status -H "$(bearer)"
says out '"state": "Ready"'
answers 200 / -H "$(bearer)"
says out 'href="/accounts/demo"'
answers 200 "/api/v1/plan?account=demo" -H "$(bearer)"
says out '"nothingToDo"'
answers 200 "/api/v1/runs?account=demo" -H "$(bearer)"
says out '"kind": "cycle"'
answers 200 /accounts/demo -H "$(bearer)"
says out 'In sync'
answers 200 '/reach?account=demo' -H "$(bearer)"
says out 'messagehub'

# A browser: a session by the form, from this site only, until the token is another one.
answers 401 / -H 'Accept: text/html'
says out 'name="token"'
answers 403 /sign-in -H 'Origin: https://evil.example' -d 'token=the-first-token-of-all'
answers 401 /sign-in -H "Origin: $url" -d 'token=a-wrong-token-of-some-length'
answers 303 /sign-in -H "Origin: $url" -d 'token=the-first-token-of-all' -c cookies
answers 200 / -b cookies
old=$(bearer)
printf the-second-token-of-all >token
answers 401 /api/v1/status -H "$old"
answers 401 / -b cookies
answers 200 /api/v1/status -H "$(bearer)"

# The Git server: a forged hook does nothing, a signed one starts a cycle.
body='{"ref":"refs/heads/main"}'
sign() { printf %s "$body" | openssl dgst -sha256 -hmac "$1" | sed 's/.*= */X-Hub-Signature-256: sha256=/'; }
before=$(cycles)
answers 403 /hook/github -H "$(sign another-secret-altogether)" -d "$body"
answers 202 /hook/github -H "$(sign "$(<hook)")" -d "$body"
answers 409 /hook/github -H "$(sign "$(<hook)")" -d "$body"
until_true "the cycle of the hook" eval '(($(cycles) == before + 1))'

# The operator: a reload reports what it cannot apply, and the listener is unchanged.
sed -i "s|^state: .*|state: $work/another.db|; s|listen: \"[^\"]*\"|listen: \"127.0.0.1:1\"|" authzd.yaml
kill -HUP "${pids[daemon]}"
until_true "the reload" grep -qF '"keys":"state, admin.listen"' daemon.log
says daemon.log 'needs a restart'
answers 200 /healthz

# An invalid one is refused: the log, the status and the metrics say so until one is applied.
cp authzd.yaml authzd.yaml.good
echo 'intervall: 1h' >>authzd.yaml
kill -HUP "${pids[daemon]}"
until_true "the refusal" grep -qF 'the configuration is refused' daemon.log
! grep -vn '^{' daemon.log || fail "a log of JSON has other lines"
code=0
authzd status --config authzd.yaml >out 2>err || code=$?
[[ $code == 1 ]] || fail "status exits $code"
says out 'the last reload was refused'
says out ':1: error: unknown key "intervall"'
answers 200 /metrics
says out 'authzd_config_last_reload_successful 0'
mv authzd.yaml.good authzd.yaml
kill -HUP "${pids[daemon]}"
until_true "the reload" eval '[[ $(ask /metrics) == 200 ]] && grep -qF "authzd_config_last_reload_successful 1" out'

kill "${pids[daemon]}"
wait "${pids[daemon]}" || fail "the daemon did not end well"
unset "pids[daemon]"
for secret in demo-api-key the-first-token-of-all the-second-token-of-all a-secret-for-the-hooks; do
  ! grep -qF "$secret" daemon.log || fail "the log shows a secret"
done
echo "listener: all of it held"
