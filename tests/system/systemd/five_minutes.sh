#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# README.md from "Install" on, command by command as it stands there: from nothing to a service that
# follows a Git repository. The account is the sandbox's, and the Git server is on this host. Runs inside
# a systemd that was booted for it (check_service.sh), with the package, the README and this file in /mnt.
set -euo pipefail
. /mnt/scene.sh

config=/etc/authzd/authzd.yaml
work=/srv/authorizations
export IBMCLOUD_IAM_API_ENDPOINT=$iam

# section TITLE LANGUAGE: the code of the section.
section() { sed -n "/^## $1\$/,/^## /p" /mnt/README.md | sed -n "/^\`\`\`$2/,/^\`\`\`/{/^\`\`\`/d;p}"; }
# commands TITLE: what is typed in it, without sudo: everything here is done by root.
commands() { section "$1" console | sed -n 's/^\$ //p' | sed -E 's/\bsudo //g'; }
# run_commands TITLE: each must work; their output goes to /tmp/out.
run_commands() {
  local line
  while read -r line; do
    bash -euo pipefail -c "$line" >/tmp/out 2>&1 </dev/null || { cat /tmp/out; fail "README, $1: $line"; }
  done < <(commands "$1")
}

git config --global user.name Ada
git config --global user.email ada@example.com
push() { git -C $work add -A production && git -C $work commit -q -m "$1" && git -C $work push -q; }

dpkg -i /mnt/authzd.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i"; }
systemd-run --quiet --unit=iam iam-sandbox --seed /usr/share/authzd/demo.json --quiet
until_true "the sandbox" sandbox GET counters
git init -q --bare -b main /srv/git/authorizations.git
systemd-run --quiet --unit=git git daemon --base-path=/srv/git --export-all --listen=127.0.0.1
git clone -q /srv/git/authorizations.git $work 2>/dev/null
git -C $work config push.default current
cd $work

# The key. How the package is made and installed is checked elsewhere.
printf demo-api-key >api-key
commands Install | grep -v '^\./dev package' | bash -eu || fail "README, Install"
[[ $(stat -c %a /etc/authzd/credentials/production) == 600 ]] || fail "others can read the key"

# What the account has as the first commit, and a configuration that writes nothing yet.
section "The first account" yaml |
  sed "s|https://git.example.com/platform/|git://127.0.0.1/|; s|^accounts:|iam: {endpoint: $iam}\n&|" >$config
run_commands "The first account"
grep -q "^ *mode: upsert-only\|^mode: upsert-only" $config || fail "the README's sed changed no mode"
grep -q "^Applied: 0 created, 4 updated, 0 deleted" /tmp/out || { cat /tmp/out; fail "what was exported is not taken over"; }
see "the first account is adopted: $(grep '^Applied' /tmp/out)"

# It may write; a commit is what changes the account.
cat >production/backup.yaml <<'TEXT'
apiVersion: authzd/v1
kind: Authorization
metadata: {name: backup}
spec:
  source: {service: messagehub}
  target: {service: kms}
  roles: [Reader]
TEXT
push "Let Event Streams use keys"
authzd sync --wait >/tmp/synced || { cat /tmp/synced; fail "authzd sync --wait ends with $?"; }
grep -q "^+ messagehub → kms : Reader" /tmp/synced || { cat /tmp/synced; fail "the commit made nothing"; }
authzd status >/tmp/status || { cat /tmp/status; fail "authzd status ends with $?"; }
grep -Eq "^production +upsert-only +Ready +[0-9a-f]{12} +5 of 5 " /tmp/status || { cat /tmp/status; fail "the status"; }
see "a commit changed the account: $(grep '^Applied' /tmp/synced)"

# A commit that takes access to keys away is held, approved by a person at a terminal, and undone: the
# commands of the README with what they show filled in.
sed -i 's/^mode: .*/mode: sync/' $config
systemctl reload authzd
git rm -q production/backup.yaml
push "Event Streams needs no keys any more"
authzd sync --wait >/tmp/held || true
hash=$({ authzd plan || true; } | sed -n 's/^Plan hash //p')
[[ -n $hash ]] || { cat /tmp/held; fail "no hash to approve"; }
while read -r line; do
  line=${line/HASH/$hash}
  line=${line/RUN/$(authzd runs | awk '/-1( |$)/ {print $1; exit}')}
  code=0
  script -qec "$line" /dev/null >/tmp/out 2>&1 <<<yes || code=$?
  # The status of an account that waits for an approval is 3.
  [[ $code -eq 0 || ($code -eq 3 && $line == "authzd status") ]] || { cat /tmp/out; fail "README, GitOps: $line"; }
  if [[ $line == *approve* ]]; then authzd sync --wait >/dev/null || fail "what was approved is not done"; fi
done < <(commands GitOps | sed 's/ *#.*//')
sandbox GET policies | grep -q '"messagehub"' || fail "the undo did not bring the policy back"
see "a held delete was approved, and undone"
