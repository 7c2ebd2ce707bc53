#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# authzd through a real proxy, tinyproxy, which alone can resolve "iam.test", to an HTTPS sandbox.
# usage: proxy.sh BUILD-DIRECTORY
set -euo pipefail

library=$(find /usr/lib -name libnss_wrapper.so -print -quit)
if ! command -v tinyproxy >/dev/null || [[ -z $library ]]; then
  echo "SKIPPED: tinyproxy or libnss-wrapper is not installed"
  exit 77
fi

# shellcheck source=tests/system/stage.sh
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../stage.sh" proxy "$@"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem \
  -subj /CN=iam.test -addext subjectAltName=DNS:iam.test -days 2 2>/dev/null
start_sandbox --tls-cert cert.pem --tls-key key.pem
port=${iam##*:}

# A free port is found by trying: another process may take one at any time.
export NSS_WRAPPER_HOSTS=$work/hosts
echo "127.0.0.1 iam.test" >hosts
proxy_answers() { answers_on "$proxy_port"; }
proxy_is_up() { ! kill -0 "$proxy" 2>/dev/null || proxy_answers; }
for ((try = 0; try < 20; try++)); do
  proxy_port=$((20000 + RANDOM % 20000))
  printf '%s\n' "Port $proxy_port" "Listen 127.0.0.1" "Allow 127.0.0.1" "ConnectPort $port" \
    "BasicAuth user s3cret-word" "LogLevel Connect" "Timeout 30" "MaxClients 10" >proxy.conf
  LD_PRELOAD=$library tinyproxy -d -c proxy.conf >proxy.log 2>&1 &
  proxy=$!
  until_true "the proxy to listen" proxy_is_up
  if kill -0 "$proxy" 2>/dev/null; then break; fi
done
pids[proxy]=$proxy

mkdir manifests
cat >manifests/disks.yaml <<'YAML'
apiVersion: authzd/v1
kind: Authorization
metadata: {name: disks}
spec:
  source: {service: server-protect}
  target: {service: hs-crypto}
  roles: [Reader]
YAML
printf 'demo-api-key\n' >api.key
cat >authzd.yaml <<YAML
apiVersion: authzd/v1
kind: Configuration
owner: proxied
mode: observe
source: {directory: {path: $work/manifests}}
iam: {endpoint: "https://iam.test:$port", caFile: $work/cert.pem}
accounts:
  - name: demo
    id: a1234567a1234567a1234567a1234567
    auth: {apiKeyFile: $work/api.key}
YAML

# plan EXIT-CODE TEXT [VARIABLE=VALUE…]: a plan with that environment ends so, and says so.
plan() {
  local expected=$1 text=$2 code=0
  shift 2
  env -u NO_PROXY -u no_proxy -u HTTPS_PROXY -u https_proxy "$@" \
    authzd plan --config authzd.yaml --local --log-level debug >plan.log 2>&1 || code=$?
  [[ $code -eq $expected ]] || fail "exit code $code, expected $expected, with $*"
  grep -qF "$text" plan.log || fail "\"$text\" was not said, with $*"
  if grep -qE 's3cret-word|dXNlcjpzM2NyZXQtd29yZA' plan.log; then fail "the password is shown"; fi
}

right=http://user:s3cret-word@127.0.0.1:$proxy_port
plan 0 "Plan: " HTTPS_PROXY="$right"
grep -q "CONNECT iam.test:$port" proxy.log || fail "the proxy saw no CONNECT"
plan 0 "Plan: " https_proxy="$right" NO_PROXY=other.test,10.0.0.0/8
plan 1 "wants a user and a password (HTTP 407)" HTTPS_PROXY="http://127.0.0.1:$proxy_port"
plan 1 "refuses the user and password in HTTPS_PROXY" \
  HTTPS_PROXY="http://user:s3cret-word-not@127.0.0.1:$proxy_port"
plan 1 "looking up iam.test" HTTPS_PROXY="$right" NO_PROXY=.test
plan 1 "the proxy 127.0.0.1:1 (HTTPS_PROXY)" HTTPS_PROXY=http://user:s3cret-word@127.0.0.1:1
plan 64 "TLS to the proxy itself" HTTPS_PROXY=https://user:s3cret-word@127.0.0.1:1
sed -i "s/iam.test:$port/iam.test:1/" authzd.yaml
plan 1 "does not lead to iam.test:1 (HTTP 403)" HTTPS_PROXY="$right"
echo "authzd went through tinyproxy"
