# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Shared by the scripts beside this one: a temporary folder for each, programs in the background, a
# sandbox, and waiting without sleeping for a fixed time.
# usage: source stage.sh NAME BUILD-DIRECTORY; from then on the script is in "$work".
stage_name=$1
build=$(realpath "${2:?usage: $(basename "$0") BUILD-DIRECTORY}")
source_tree=$(realpath "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../..")
export PATH=$build/daemon:$build/daemon/cli:$build/daemon/sandbox:$PATH
account=a1234567a1234567a1234567a1234567 # of the sandbox's seed; its key is demo-api-key
seed=$source_tree/daemon/sandbox/seed/demo.json

declare -A pids=() # of what runs in the background, by name
work=$(mktemp -d)
cd "$work" || exit 1

# stop NAME [SIGNAL]: ends it, and waits for its end.
stop() {
  [[ -n ${pids[$1]:-} ]] || return 0
  kill -s "${2:-TERM}" "${pids[$1]}" 2>/dev/null || true
  wait "${pids[$1]}" 2>/dev/null || true
  unset "pids[$1]"
}

leave() {
  local name
  for name in "${!pids[@]}"; do stop "$name"; done
  rm -rf "$work"
}
trap leave EXIT

fail() {
  echo "$stage_name: $*" >&2
  local file
  for file in "$work"/*.log "$work"/out "$work"/err; do
    if [[ -f $file ]]; then tail -n 40 "$file" >&2; fi
  done
  exit 1
}

# says FILE TEXT
says() { grep -qF -e "$2" "$1" || fail "not in $1: $2"; }

# until_true WHAT COMMAND…: waits for a condition, at most 30 s.
until_true() {
  local what=$1 end=$((SECONDS + 30))
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "waited in vain for $what"
    sleep 0.05
  done
}

# Ends at once if something listens on the port.
answers_on() { (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start_sandbox OPTION…: sets iam to its URL.
start_sandbox() {
  iam-sandbox --seed "$seed" --listen 127.0.0.1:0 "$@" >sandbox.log 2>&1 &
  pids[sandbox]=$!
  until_true "the sandbox to listen" sandbox_listens
}
sandbox_listens() { iam=$(grep -soEm1 'https?://127\.0\.0\.1:[0-9]+' sandbox.log); }

# manifest NAME SOURCE TARGET: lets SOURCE read TARGET.
manifest() {
  mkdir -p manifests
  cat >"manifests/$1.yaml" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: $1}
spec:
  description: For a test.
  source: {service: $2}
  target: {service: $3}
  roles: [Reader]
TEXT
}

# configure [ADMIN-KEY…]: authzd.yaml of a daemon with the account demo in the sandbox, and its key.
configure() {
  local keys
  keys=$(printf ', %s' "$@")
  (umask 077 && printf demo-api-key >key)
  cat >authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: demo
mode: sync
interval: 1h
source: {directory: {path: $work/manifests}}
iam: {endpoint: $iam}
state: $work/state.db
admin: {socket: $work/admin.sock${1:+$keys}}
rails: {removalGrace: 0s, maxDeletePercent: 100}
accounts:
  - {name: demo, id: $account, auth: {apiKeyFile: $work/key}}
TEXT
}
