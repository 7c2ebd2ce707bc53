#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The install section of README.md, step by step: from nothing to a service that follows a Git
# repository. The account is the sandbox's, and the Git server is on this host. Runs inside a systemd
# that was booted for it (check_service.sh), with the package and this file in /mnt.
set -euo pipefail
. /mnt/scene.sh

account=a1234567a1234567a1234567a1234567
config=/etc/authzd/authzd.yaml
work=/srv/authorizations
export IBMCLOUD_IAM_API_ENDPOINT=$iam

git config --global user.name Ada
git config --global user.email ada@example.com
push() { git -C $work add -A && git -C $work commit -q -m "$1" && git -C $work push -q origin HEAD:main; }

dpkg -i /mnt/authzd.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i"; }
systemd-run --quiet --unit=iam iam-sandbox --seed /usr/share/authzd/demo.json --quiet
until_true "the sandbox" sandbox GET counters
git init -q --bare -b main /srv/git/authorizations.git
systemd-run --quiet --unit=git git daemon --base-path=/srv/git --export-all --listen=127.0.0.1
git clone -q /srv/git/authorizations.git $work 2>/dev/null

# A key, and what the account has as the first commit.
(umask 077; printf demo-api-key >/etc/authzd/credentials/production)
mkdir $work/production
IBMCLOUD_API_KEY=demo-api-key authzd export --account $account --owner platform >$work/production/today.yaml ||
  fail "authzd export"
authzd validate $work/production || fail "what was exported is not valid"
push "What the account has today"
see "exported $(grep -c '^kind:' $work/production/today.yaml) authorizations, and they are valid"

# The configuration; it writes nothing yet.
cat >$config <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: platform
mode: observe
source: {git: {url: git://127.0.0.1/authorizations.git, ref: main, path: production}}
iam: {endpoint: $iam}
accounts:
  - name: production
    id: $account
    auth: {apiKeyFile: "\${CREDENTIALS_DIRECTORY}/authzd_production"}
TEXT
authzd validate $config || fail "the configuration is not valid"
systemctl enable --now --quiet authzd || fail "systemctl enable --now"
authzd plan >/tmp/plan || { cat /tmp/plan; fail "authzd plan"; }
grep -q "^Plan: 0 to create, 0 to update, 0 to delete; 0 held, 0 conflicts" /tmp/plan || { cat /tmp/plan; fail "the plan"; }
see "it runs, and plans nothing for what was exported"

# It may write; a commit is what changes the account.
sed -i 's/^mode: observe/mode: upsert-only/' $config
systemctl reload authzd || fail "systemctl reload"
cat >$work/production/backup.yaml <<'TEXT'
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
grep -Eq "^production +upsert-only +Ready +[0-9a-f]{12} +1 of 1 " /tmp/status || { cat /tmp/status; fail "the status"; }
see "a commit changed the account: $(grep '^Applied' /tmp/synced)"
