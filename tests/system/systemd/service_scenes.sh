#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The life of authzd on a host, as its operator sees it; runs inside a systemd that was booted for it
# (check_service.sh), with the package and this file in /mnt.
set -euo pipefail
. /mnt/scene.sh

account=a1234567a1234567a1234567a1234567
config=/etc/authzd/authzd.yaml

# In the journal since the last call of mark.
mark() { journalctl --sync; cursor=$(journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: //p'); }
journal_says() { journalctl --sync; journalctl -u authzd --after-cursor "$cursor" -o cat --no-pager | grep -q -- "$1"; }

# Our active policies; the sandbox keeps deleted ones, like IAM.
active() {
  sandbox GET policies |
    jq '[.policies[] | select(.state == "active" and ((.description // "") | contains("(authzd: test/")))] | length'
}
has() { [[ $(active) -eq $1 ]]; }
posts() { sandbox GET log | jq '[.requests[] | select(.method == "POST" and .target == "/v2/policies")] | length'; }

manifest() { # NAME SOURCE TARGET…
  printf 'apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: %s}\nspec:\n  source: {service: %s}\n' "$1" "$2"
  printf '  roles: [Reader]\n  targets:\n'
  printf '    - service: %s\n' "${@:3}"
}
configure() { # MODE [INTERVAL]
  cat >$config <<TEXT
apiVersion: authzd/v1
kind: Configuration
owner: test
mode: $1
interval: ${2:-1h}
source: {directory: {path: /etc/authzd/manifests}}
iam: {endpoint: $iam, concurrency: 1}
rails: {removalGrace: {for: 0s}}
accounts:
  - {name: production, id: $account, auth: {apiKeyFile: "\${CREDENTIALS_DIRECTORY}/authzd_production"}}
TEXT
}

# ── install ─────────────────────────────────────────────────────────────────────────────────────
find / -xdev \( -path /mnt -o -path /proc -o -path /tmp -o -path /var/log/journal \) -prune -o -iname '*authzd*' -print |
  sort >/tmp/before
dpkg -i /mnt/authzd.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i"; }
getent group authzd-admin >/dev/null || fail "there is no group authzd-admin"
[[ $(systemctl is-enabled authzd) == disabled ]] || fail "it is enabled without anybody's word"
is ActiveState inactive || fail "it runs without anybody's word"
[[ $(stat -c %a /etc/authzd/credentials) == 700 ]] || fail "others can read the credentials"
see "installed: a group, a default configuration, and nothing started"

mark
! systemctl start authzd 2>/dev/null || fail "it starts with the default configuration"
journal_says 'authzd.yaml:[0-9]*:[0-9]*: error: the list of accounts is empty' || fail "it does not say what is missing"
is Result exit-code && is ExecMainStatus 4 || fail "exit code $(property authzd ExecMainStatus), not 4"
is SubState failed || fail "it tries again what only a person can fix"
see "an unconfigured service ends with exit code 4 and the place to go on"

# ── a missing credential ────────────────────────────────────────────────────────────────────────
systemd-run --quiet --unit=iam iam-sandbox --seed /usr/share/authzd/demo.json --quiet
until_true "the sandbox" sandbox GET counters
mkdir -p /etc/systemd/system/authzd.service.d
cat >/etc/systemd/system/authzd.service.d/test.conf <<'TEXT'
# Shorter, so that a test need not wait.
[Service]
RestartSec=100ms
WatchdogSec=2s
TimeoutAbortSec=1s
TEXT
systemctl daemon-reload
manifest one server-protect kms >/etc/authzd/manifests/one.yaml
configure sync
mark
systemctl start authzd 2>/dev/null || true
until_true "a word about the credential" journal_says 'authzd_production'
see "a missing credential is named in the journal: $(journalctl -u authzd --after-cursor "$cursor" -o cat --no-pager | grep -m1 -o '[^"]*authzd_production[^"]*')"
systemctl stop authzd

# ── start and converge ──────────────────────────────────────────────────────────────────────────
(umask 077 && printf demo-api-key >/etc/authzd/credentials/production)
systemctl start authzd || fail "systemctl start"
is ActiveState active || fail "started, and not active"
until_true "one policy" has 1
until_true "a status that tells of it" is StatusText "1 account: 1 ready"
see "started, ready, converged: $(property authzd StatusText)"
journalctl --sync
journalctl -u authzd AUTHZD_EVENT=outcome -o json --no-pager |
  jq -se 'length == 1 and .[0].AUTHZD_VERB == "create" and .[0].AUTHZD_OUTCOME == "Done" and
    (.[0].AUTHZD_AUDIT | fromjson | has("after")) and
    (.[0].MESSAGE | contains("outcome: create one outcome=Done policy="))' >/dev/null ||
  fail "the journal has no audit line of the write"
see "the write is in the journal, with its fields"
journalctl -u authzd -o json --no-pager | jq -se '
  [.[] | select(.SYSLOG_IDENTIFIER == "authzd")] | length > 2 and
  all(.MESSAGE | startswith("{") | not) and
  any(.AUTHZD_ACCOUNT == "production" and (.AUTHZD_RUN // "") != "" and (.MESSAGE | startswith("[production ")))' >/dev/null ||
  { journalctl -u authzd -o json --no-pager; fail "the journal is not text with fields"; }
see "the journal is text with fields: $(journalctl -u authzd -o cat -n 1 --no-pager AUTHZD_ACCOUNT=production)"
journalctl -t authzd -o cat --output-fields=AUTHZD_AUDIT --no-pager | authzd audit verify - >/tmp/said ||
  { cat /tmp/said; fail "the audit log in the journal does not verify"; }
see "the audit log in the journal verifies: $(tail -1 /tmp/said)"
user=$(stat -c %u "/proc/$(property authzd MainPID)")
((user >= 61184 && user <= 65519)) || fail "it runs as user $user, which is no dynamic one"
[[ $(stat -c %u:%G:%a /run/authzd) == "$user:authzd-admin:750" ]] || fail "/run/authzd: $(stat -c %u:%G:%a /run/authzd)"
! runuser -u nobody -- ls /var/lib/private/authzd >/dev/null 2>&1 || fail "others can read the state"
see "runs as a user of its own, whose state nobody else can read"

useradd --groups authzd-admin ada
useradd bob
runuser -u ada -- authzd status >/tmp/said 2>&1 || { cat /tmp/said; fail "a member of authzd-admin gets no status"; }
grep -q production /tmp/said || { cat /tmp/said; fail "the status does not tell of the account"; }
! runuser -u bob -- authzd status >/tmp/said 2>&1 || fail "anybody gets a status"
grep -q 'authzd-admin' /tmp/said || { cat /tmp/said; fail "a user outside the group is not told what to do"; }
see "members of authzd-admin may ask it, others are told how to become one"

# ── reload ──────────────────────────────────────────────────────────────────────────────────────
rm -f /bin/kill # openssh-server brings procps here; a minimal Debian has none
mark
manifest two cloud-object-storage kms >/etc/authzd/manifests/two.yaml
systemctl reload authzd || fail "systemctl reload"
until_true "two policies" has 2
is ActiveState active || fail "not active after a reload"
see "reloaded, and converged at once"
before=$(property authzd MainPID)
sed -i 's/^mode: sync/mode: snyc/' $config
! systemctl reload authzd 2>/dev/null || fail "a reload with a bad configuration succeeds"
is ActiveState active && is MainPID "$before" || fail "a bad configuration stopped it"
refused() { authzd status >/tmp/said 2>&1 || true; grep -q 'the last reload was refused' /tmp/said; }
until_true "the status to tell of the refusal" refused
configure sync
systemctl reload authzd || fail "the reload of the corrected configuration"
taken() { ! refused; }
until_true "the status to tell of the refusal no more" taken
see "a bad configuration fails the reload, stands in the status, and the daemon goes on"

# ── a key that changes without a restart ────────────────────────────────────────────────────────
groupadd --system authzd-keys
install -d -m 750 -g authzd-keys /etc/authzd/keys
install -m 640 -g authzd-keys /etc/authzd/credentials/production /etc/authzd/keys/production
cat >/etc/systemd/system/authzd.service.d/keys.conf <<'TEXT'
[Service]
SupplementaryGroups=authzd-keys
TEXT
systemctl daemon-reload
sed -i 's|${CREDENTIALS_DIRECTORY}/authzd_production|/etc/authzd/keys/production|' $config
sandbox POST switches -d '{"token-lifetime": "1s"}' >/dev/null
systemctl restart authzd || fail "it does not start with a key of the group authzd-keys"
! runuser -u ada -- cat /etc/authzd/keys/production 2>/dev/null || fail "a member of authzd-admin reads the key"
before=$(property authzd MainPID)
sandbox POST api_keys -d '{"from": "demo-api-key", "to": "the-next-key"}' >/dev/null
until_true "a cycle that fails for the old key" eval '! authzd sync --wait'
(umask 027 && printf the-next-key >/etc/authzd/keys/.new && chgrp authzd-keys /etc/authzd/keys/.new &&
  mv /etc/authzd/keys/.new /etc/authzd/keys/production)
until_true "the new key to be used" authzd sync --wait
is MainPID "$before" || fail "it was restarted"
see "a replaced key file is used without a restart, and members of authzd-admin cannot read it"
sandbox POST api_keys -d '{"from": "the-next-key", "to": "demo-api-key"}' >/dev/null
sandbox POST switches -d '{"token-lifetime": "1h"}' >/dev/null
rm -r /etc/systemd/system/authzd.service.d/keys.conf /etc/authzd/keys
systemctl daemon-reload
configure sync
systemctl restart authzd

# ── killed, hung ────────────────────────────────────────────────────────────────────────────────
systemctl kill --kill-whom=main -s KILL authzd
until_true "a restart" is NRestarts 1
manifest three cloud-object-storage hs-crypto >/etc/authzd/manifests/three.yaml
until_true "it to be up again" is ActiveState active
systemctl reload authzd
until_true "three policies" has 3
see "killed: started again by itself, and went on"
systemctl kill --kill-whom=main -s STOP authzd
mark
until_true "the watchdog" is NRestarts 2
until_true "it to be up again" is ActiveState active
journal_says 'Watchdog timeout' || fail "something else than the watchdog restarted it"
see "hung: the watchdog started it again"

# ── stopped between two writes ──────────────────────────────────────────────────────────────────
done_before=$(posts)
sandbox POST faults -d '{"method": "POST", "path": "/v2/policies", "times": 0, "delay_ms": 1000}' >/dev/null
manifest four messagehub kms hs-crypto >/etc/authzd/manifests/four.yaml
manifest five containers-kubernetes kms hs-crypto >/etc/authzd/manifests/five.yaml
systemctl reload authzd
another_post() { [[ $(posts) -gt $done_before ]]; }
until_true "a write under way" another_post
systemctl stop authzd
is Result success || fail "stopped with result $(property authzd Result)"
made=$(active) sent=$(($(posts) - done_before))
[[ $sent -lt 4 && $made -eq $((3 + sent)) ]] || fail "$sent writes sent before it stopped, $made policies there"
sandbox DELETE faults >/dev/null
systemctl start authzd
until_true "the rest" has 7
[[ $(($(posts) - done_before)) -eq 4 ]] || fail "$(($(posts) - done_before)) policies were asked for, 4 wanted"
see "stopped after $sent of 4 writes; the next start made the rest, and none twice"

# ── the other way to run ────────────────────────────────────────────────────────────────────────
systemctl stop authzd
manifest six schematics kms >/etc/authzd/manifests/six.yaml
systemctl start authzd-once || fail "authzd-once"
has 8 || fail "authzd-once has not converged"
systemctl start authzd-once.timer
is ActiveState active authzd-once.timer || fail "the timer is not active"
see "authzd-once runs on the same state, and its timer waits"

# ── several configurations ──────────────────────────────────────────────────────────────────────
systemctl stop authzd-once.timer
sed "s|^owner: .*|owner: second|; s|^mode: .*|mode: observe|; s|/manifests|/second|" $config >/etc/authzd/second.yaml
printf 'state: /var/lib/authzd-second/state.db\nadmin: {socket: /run/authzd-second/admin.sock}\n' >>/etc/authzd/second.yaml
mkdir /etc/authzd/second
manifest seven schematics hs-crypto >/etc/authzd/second/seven.yaml
! systemctl start authzd@second 2>/tmp/said || fail "it starts without its credentials"
journalctl --sync
journalctl -u authzd@second -o cat --no-pager | grep 'step CREDENTIALS' >/dev/null || fail "the journal does not name the step"
install -d -m 700 /etc/authzd/credentials-second
install -m 600 /etc/authzd/credentials/production /etc/authzd/credentials-second/production
until_true "authzd@second to go on by itself" is ActiveState active authzd@second
second_tells() { authzd status --config /etc/authzd/second.yaml >/tmp/said 2>&1 || true; grep -Eq '^production +observe +(OutOfSync|Ready|NotReady) ' /tmp/said; }
until_true "the status of authzd@second" second_tells
systemctl stop authzd@second
see "authzd@second does not start without its credentials, and runs once they are there"

# ── upgrade ─────────────────────────────────────────────────────────────────────────────────────
systemctl enable --now --quiet authzd
until_true "the first cycle" authzd sync --wait
before=$(property authzd MainPID)
echo '# a line of mine' >>$config
kept() { # what an upgrade must not touch
  sha256sum $config /etc/authzd/credentials/* /etc/authzd/manifests/* /etc/systemd/system/authzd.service.d/*
  stat -c '%a %U %n' /etc/authzd/credentials /etc/authzd/credentials/*
  authzd runs | tail -n +2 | tail -5 # the oldest
  active
}
kept >/tmp/kept
done_before=$(posts)
# As unattended upgrades do it.
dpkg --force-confdef --force-confold -i /mnt/authzd-next.deb >/tmp/dpkg.log 2>&1 </dev/null ||
  { cat /tmp/dpkg.log; fail "the upgrade"; }
[[ $(dpkg-query -W -f '${Version}' authzd) == 99.* ]] || fail "the next version is not installed"
is ActiveState active && ! is MainPID "$before" || fail "the upgrade did not restart what ran"
[[ $(systemctl is-enabled authzd) == enabled ]] || fail "the upgrade disabled it"
until_true "a cycle of the new version" authzd sync --wait
kept | diff /tmp/kept - || fail "the upgrade changed what it must keep"
grep -q 'next version' $config.dpkg-dist || fail "the new default configuration is not beside the old one"
[[ $(posts) -eq $done_before ]] || fail "the new version wrote what the old one had written"
journalctl -t authzd -o cat --output-fields=AUTHZD_AUDIT --no-pager | authzd audit verify - >/tmp/said ||
  { cat /tmp/said; fail "the audit log does not go on after the upgrade"; }
see "upgraded: restarted, with its state, its changed configuration, its keys and its audit log"

# ── purge ───────────────────────────────────────────────────────────────────────────────────────
printf 'audit: {file: /var/log/authzd/audit.log}\n' >>$config
systemctl restart authzd
manifest eight schematics hs-crypto >/etc/authzd/manifests/eight.yaml
until_true "a cycle that writes" authzd sync --wait
until_true "an audit log" test -s /var/log/private/authzd/audit.log
printf 'mine\n' >/var/lib/private/authzd/mine
there() { # what is left, without the state of instances that ran above
  find / -xdev \( -path /mnt -o -path /proc -o -path /tmp -o -path /var/log/journal \) -prune -o -iname '*authzd*' -print
  find /run -iname '*authzd*' -not -path '/run/systemd/*'
  find /etc/authzd /var/lib/private/authzd /var/log/private/authzd -type f
}
dpkg --purge authzd >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "the purge"; }
there | sort >/tmp/after
sort -u /tmp/before - >/tmp/wanted <<'TEXT'
/etc/authzd
/etc/authzd/credentials-second/production
/etc/authzd/credentials/production
/etc/authzd/manifests/eight.yaml
/etc/authzd/manifests/five.yaml
/etc/authzd/manifests/four.yaml
/etc/authzd/manifests/one.yaml
/etc/authzd/manifests/six.yaml
/etc/authzd/manifests/three.yaml
/etc/authzd/manifests/two.yaml
/etc/authzd/second.yaml
/etc/authzd/second/seven.yaml
/etc/systemd/system/authzd.service.d
/var/lib/authzd
/var/lib/authzd-second
/var/lib/private/authzd
/var/lib/private/authzd-second
/var/lib/private/authzd/mine
/var/log/authzd
/var/log/authzd-second
/var/log/private/authzd
/var/log/private/authzd-second
/var/log/private/authzd/audit.log
TEXT
diff /tmp/wanted <(sort -u /tmp/after) || fail "the purge removes too much (<) or leaves something (>)"
for stays in /var/log/private/authzd /var/lib/private/authzd /etc/authzd /etc/systemd/system/authzd.service.d; do
  grep -q "^  $stays " /tmp/dpkg.log || { cat /tmp/dpkg.log; fail "the purge does not say that $stays stays"; }
done
getent group authzd-admin >/dev/null || fail "the group is gone, whose log is there"
[[ $(property authzd LoadState) == not-found ]] || fail "systemd still knows the unit"
see "purged: its configuration and state are removed; keys, manifests, drop-ins and the audit log are there, and named"

# Where nobody left anything, nothing stays.
rm -r /etc/systemd/system/authzd.service.d
rm -r /etc/authzd /var/lib/private/authzd* /var/log/private/authzd* /var/lib/authzd* /var/log/authzd*
dpkg -i /mnt/authzd.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i"; }
dpkg --purge authzd >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "the purge"; }
diff /tmp/before <(there 2>/dev/null | sort) || fail "the purge of an untouched package leaves something"
! getent group authzd-admin >/dev/null || fail "the purge left the group behind"
see "purged where nobody had used it: nothing is left"
