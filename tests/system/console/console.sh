#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# A real browser at the console of a real daemon, with a sandbox behind it. What it saw is kept as
# pictures in BUILD-DIRECTORY/console. Skipped, with the reason, where a browser or npm is missing.
# usage: console.sh BUILD-DIRECTORY [ACCOUNTS]
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
skip() { echo "skipped: $*"; exit 77; }
for program in node npm; do command -v "$program" >/dev/null || skip "there is no $program here"; done
node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' || skip "Node.js is older than 18"
browser=$(command -v chromium || command -v chromium-browser) || skip "there is no chromium here"
# shellcheck source=tests/system/stage.sh
source "$here/../stage.sh" console "$@"
accounts=${2:-60}

# The packages are installed beside the pictures, and only once.
pictures=$build/console
mkdir -p "$pictures"
cp "$here"/package.json "$here"/package-lock.json "$here"/*.mjs "$pictures/"
if ! cmp -s "$pictures/package-lock.json" "$pictures/node_modules/installed"; then
  (cd "$pictures" && npm ci --silent --no-progress --no-audit --no-fund --ignore-scripts) ||
    skip "npm cannot install playwright-core and axe-core"
  cp "$pictures/package-lock.json" "$pictures/node_modules/installed"
fi

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python3 "$here/world.py" "$work" http://127.0.0.1:1 "$port" "$accounts"
seed=$work/seed.json
start_sandbox
python3 "$here/world.py" "$work" "$iam" "$port" "$accounts"
(umask 077 && printf the-token-of-the-console >token)
authzd run --config authzd.yaml --log-json >daemon.log 2>&1 &
pids[daemon]=$!
is_ready() { [[ $(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/readyz") == 200 ]]; }
until_true "the daemon to listen" answers_on "$port"
end=$((SECONDS + 120))
until is_ready; do ((SECONDS < end)) || fail "the first cycles have not ended"; sleep 0.1; done

# The troubles: removals that wait, a policy that someone widened, a suspension.
rm manifests/held/old-*.yaml manifests/waiting/old-*.yaml
authzd suspend suspended --config authzd.yaml >out 2>err || fail "suspend fails"
curl -s "$iam/sandbox/v1/policies" >policies.json
# Someone gives Writer by a policy of ours: in one account the mode leaves that so, in the other it is set back.
widen() {
  account=$(python3 -c 'import json, sys; print(next(a["id"] for a in json.load(open("authzd.yaml"))["accounts"] if a["name"] == sys.argv[1]))' "$1")
  python3 - "$account" >edits <<'PYTHON'
import json, sys
listed = json.load(open("policies.json"))
for one in listed.get("policies", listed) if isinstance(listed, dict) else listed:
    if sys.argv[1] in json.dumps(one) and "authzd: platform/codeengine-to-secrets-manager" in json.dumps(one):
        print(one.get("id"))
PYTHON
  local policy
  policy=$(head -n 1 edits)
  [[ -n $policy ]] || fail "there is no policy to widen"
  curl -sf "$iam/sandbox/v1/policies/$policy" -d '{"as": "IBMid-270000ABCD", "control": {"grant": {"roles": [
    {"role_id": "crn:v1:bluemix:public:iam::::serviceRole:Reader"},
    {"role_id": "crn:v1:bluemix:public:iam::::serviceRole:Writer"}]}}}' >out || fail "the sandbox refuses the edit"
}
widen widened
widen team-002
# Exit codes other than 0 are what the troubles are for.
syncs() { authzd sync "$1" --wait --timeout 60s --config authzd.yaml >out 2>err || (($? != 64)) || fail "sync of $1"; }
for name in held waiting widened suspended team-002; do syncs "$name"; done
# What only a person lets through is let through, so that only time is left to wait for.
approve_rail() { # ACCOUNT RAIL
  local hash
  hash=$({ authzd status "$1" -o json --config authzd.yaml || true; } | python3 -c 'import json, sys; print(next(h["hash"] for h in json.load(sys.stdin)["accounts"][0]["holds"] if h["rail"] == sys.argv[1]))' "$2")
  authzd approve "$hash" --account "$1" --yes --config authzd.yaml >out 2>err || fail "approve fails"
  syncs "$1"
}
approve_rail waiting firstDeletes
approve_rail team-002 firstDeletes

CONSOLE_URL=http://127.0.0.1:$port CONSOLE_TOKEN_FILE=$work/token CONSOLE_ACCOUNTS=$accounts \
  CONSOLE_CONFIG=$work/authzd.yaml CHROMIUM=$browser node "$pictures/console.mjs" || fail "the browser found faults"
for secret in the-token-of-the-console another-token-of-the-console; do
  ! grep -qF "$secret" daemon.log || fail "the log shows the token"
done
echo "console: all of it held; the pictures are in $pictures"
