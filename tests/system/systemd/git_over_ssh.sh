#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# A service under a dynamic user follows a repository over ssh, and accepts only commits that are
# signed with a given ssh key: ssh and ssh-keygen ask for the name of the user that runs them. Runs
# inside a systemd that was booted for it (check_service.sh), with the package and this file in /mnt.
set -euo pipefail
. /mnt/scene.sh

account=a1234567a1234567a1234567a1234567
work=/srv/authorizations
dpkg -i /mnt/authzd.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i"; }
systemd-run --quiet --unit=iam iam-sandbox --seed /usr/share/authzd/demo.json --quiet
until_true "the sandbox" sandbox GET counters

# The test's own server: its key, the deploy key that it accepts, and the signer's key.
mkdir -p /srv/ssh /root/.ssh /run/sshd /etc/authzd/signers
chmod 700 /root/.ssh
for name in host deploy signer; do ssh-keygen -q -t ed25519 -N '' -C $name -f /srv/ssh/$name; done
cp /srv/ssh/deploy.pub /root/.ssh/authorized_keys
install -m 600 /srv/ssh/deploy /etc/authzd/credentials/git-key
cp /srv/ssh/signer.pub /etc/authzd/signers/ada.pub
printf '[127.0.0.1]:2222 %s\n' "$(cut -d' ' -f1,2 /srv/ssh/host.pub)" >/etc/authzd/known_hosts
systemd-run --quiet --unit=sshd-git /usr/sbin/sshd -D -e -p 2222 -h /srv/ssh/host \
  -o ListenAddress=127.0.0.1 -o PermitRootLogin=prohibit-password -o UsePAM=no

git config --global user.name Ada
git config --global user.email ada@example.com
git config --global gpg.format ssh
git config --global user.signingKey /srv/ssh/signer
git init -q --bare -b main /srv/git/authorizations.git
git clone -q /srv/git/authorizations.git $work 2>/dev/null
commit() { # NAME SOURCE TARGET [OPTION…]
  cat >"$work/$1.yaml" <<TEXT
apiVersion: authzd/v1
kind: Authorization
metadata: {name: $1}
spec:
  source: {service: $2}
  target: {service: $3}
  roles: [Reader]
TEXT
  git -C $work add -A && git -C $work commit -q -m "$1" "${@:4}" && git -C $work push -q origin HEAD:main
}
commit first messagehub kms -S

(umask 077 && printf demo-api-key >/etc/authzd/credentials/production)
cat >/etc/authzd/authzd.yaml <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: platform
mode: sync
source:
  git:
    url: ssh://root@127.0.0.1:2222/srv/git/authorizations.git
    ref: main
    credentials: {sshKeyFile: "\${CREDENTIALS_DIRECTORY}/authzd_git-key", knownHostsFile: /etc/authzd/known_hosts}
    verify: {keyFiles: [/etc/authzd/signers/ada.pub]}
iam: {endpoint: $iam}
accounts:
  - {name: production, id: $account, auth: {apiKeyFile: "\${CREDENTIALS_DIRECTORY}/authzd_production"}}
TEXT
ours() {
  sandbox GET policies |
    jq '[.policies[] | select(.state == "active" and ((.description // "") | contains("(authzd: platform/")))] | length'
}
has() { [[ $(ours) -eq $1 ]]; }
systemctl start authzd || fail "systemctl start"
until_true "the first commit's policy" has 1
see "a signed commit came over ssh, to a user that only systemd knows"

commit second messagehub hs-crypto
authzd sync --wait >/tmp/synced 2>&1 && fail "an unsigned commit is taken"
authzd status >/tmp/status 2>&1 && fail "status ends with 0 while a revision is refused"
grep -q 'is not signed' /tmp/status || { cat /tmp/status; fail "the status does not say why"; }
has 1 || fail "an unsigned commit wrote"
commit third schematics kms -S
authzd sync --wait >/tmp/synced 2>&1 || { cat /tmp/synced; fail "authzd sync --wait ends with $?"; }
until_true "the policies of both" has 3
see "an unsigned commit was refused with its reason, and a signed one after it was taken"
