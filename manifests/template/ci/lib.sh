# shellcheck shell=bash
# Shared by the scripts beside this one, which source it first. They need bash, curl, jq and authzd.
set -euo pipefail
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Keys and tokens stay in this shell: no program that it runs finds them in its environment.
export -n "${!IBMCLOUD_API_KEY@}" GITHUB_TOKEN GITLAB_TOKEN
out=plan # what the scripts write; ci/plan's part of it are the artefacts of its job
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s: %s\n' "$0" "$*" >&2; }

# problem TEXT…: also an annotation, where GitHub runs this.
problem() {
  local text=$*
  say "$text"
  [[ ${GITHUB_ACTIONS:-} == true ]] || return 0
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '::error::%s\n' "${text//$'\n'/%0A}"
}
fail() {
  problem "$@"
  exit 1
}

# show COMMAND…: runs it. What it prints has texts of others in it (descriptions of policies), and no
# line of those may be taken for a workflow command.
show() {
  local status=0 word
  word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  [[ ${GITHUB_ACTIONS:-} != true ]] || printf '::stop-commands::%s\n' "$word"
  "$@" || status=$?
  [[ ${GITHUB_ACTIONS:-} != true ]] || printf '\n::%s::\n' "$word"
  return "$status"
}

# make_configuration: plan/authzd.yaml, from authzd.yaml. The source is this checkout. What only a
# daemon has is left out: nothing is listened on, and there is no state.
make_configuration() {
  export CREDENTIALS_DIRECTORY=$work/keys
  awk '/^[A-Za-z]/ { drop = /^(source|state|admin|audit|notify|record):/ } !drop' authzd.yaml
  printf 'source: {directory: {path: ./manifests}, quiet: 0s}\nstate: %s/state.db\n' "$work"
} >"$out/authzd.yaml"

# make_keys: a key file for each account, from IBMCLOUD_API_KEY_<NAME> (of the account eu-prod:
# IBMCLOUD_API_KEY_EU_PROD), or else IBMCLOUD_API_KEY. Returns 1 where there is no key at all.
make_keys() {
  local accounts account variable key found=0 missing=()
  accounts=$(authzd validate "$out/authzd.yaml" -o json | jq -r '.configurations[].accounts[]') ||
    fail "authzd.yaml is not valid; ci/validate says why"
  mkdir "$CREDENTIALS_DIRECTORY"
  while read -r account; do
    variable=${account^^}
    variable=IBMCLOUD_API_KEY_${variable//-/_}
    key=${!variable:-${IBMCLOUD_API_KEY:-}}
    if [[ -n $key ]]; then
      printf '%s' "$key" >"$CREDENTIALS_DIRECTORY/authzd_$account"
      found=1
    else
      missing+=("$account ($variable)")
    fi
  done <<<"$accounts"
  [[ $found == 1 ]] || return 1
  [[ ${#missing[@]} == 0 ]] || fail "there is no API key for these accounts: ${missing[*]}"
}

# make_api: how to talk to GitHub or GitLab, whichever runs this: sets forge, api and header.
# shellcheck disable=SC2034 # for the caller
make_api() {
  local token
  if [[ -n ${GITHUB_REPOSITORY:-} ]]; then
    forge=github
    api=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY
    token=${GITHUB_TOKEN:?a token of GitHub}
    header="Authorization: Bearer $token"
  elif [[ -n ${CI_PROJECT_ID:-} ]]; then
    forge=gitlab
    api=${CI_API_V4_URL:?URL of the API of GitLab}/projects/$CI_PROJECT_ID
    token=${GITLAB_TOKEN:?a project access token of GitLab}
    header="PRIVATE-TOKEN: $token"
  else
    fail "this is neither GitHub Actions (GITHUB_REPOSITORY) nor GitLab CI (CI_PROJECT_ID)"
  fi
  [[ $token =~ ^[[:graph:]]+$ ]] || fail "the token has characters that no token has"
}

# call METHOD URL [BODY-FILE]: sets status, and redirect where the answer names another address, which
# is not followed; the answer is in $work/answer. curl reads the token from a pipe: every process of
# the machine can see what is on a command line.
call() {
  local arguments=(--silent --show-error --max-time 60 --request "$1" --header @-
    --output "$work/answer" --write-out '%{http_code} %{redirect_url}')
  [[ $1 == POST ]] || arguments+=(--retry 2)
  [[ -z ${3:-} ]] || arguments+=(--header 'Content-Type: application/json' --data-binary "@$3")
  printf '%s\n' "$header" | curl "${arguments[@]}" "$2" >"$work/reply" || fail "no answer from ${2%%\?*}"
  # shellcheck disable=SC2034 # redirect is for the caller
  read -r status redirect <"$work/reply" || true
}

# must METHOD URL [BODY-FILE]: the same, where anything but success ends the script.
must() {
  call "$@"
  [[ $status == 2?? ]] || fail "$1 ${2%%\?*} was answered with $status: $(refusal)"
}
# The API's own words about a refusal.
refusal() {
  jq -r '.message // .error // "no reason given" | tostring' "$work/answer" 2>/dev/null | tr -dc '[:print:]' | cut -c1-300
}
