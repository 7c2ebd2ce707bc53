#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# systemd understands the units, and they confine a process that has keys.
# usage: check_units.sh BUILD-DIRECTORY
set -euo pipefail
build=$(realpath "${1:?usage: check_units.sh BUILD-DIRECTORY}")
most=15 # exposure, in tenths

command -v systemd-analyze >/dev/null || { echo "skipped: no systemd-analyze here"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$build"/systemd/*.service "$build"/systemd/*.timer "$work"
# The program is not installed here: the built one replaces it.
sed -i -E "s#^(Exec[A-Za-z]+=)[^ ]*/authzd #\1$build/daemon/cli/authzd #" "$work"/*.service
cd "$work"

failed=0
complain() { echo "$*"; failed=1; }

for unit in authzd.service authzd@example.service authzd-once.service authzd-once.timer; do
  said=$(systemd-analyze verify --man=no --recursive-errors=no "$unit" 2>&1) ||
    complain "$unit: systemd-analyze verify ends with $?"
  [[ -z $said ]] || complain "$unit: $said"
done

# What a unit runs is the package's own, or in every Debian.
others=$(sed -nE 's/^Exec(Start|StartPre|StartPost|Reload|Stop|StopPost|Condition)=[-+!:@]*([^ ]+).*/\2/p' "$build"/systemd/*.service | grep -vxE '/usr/bin/authzd|/bin/sh' || true)
[[ -z $others ]] || complain "a unit runs what may not be installed: $others"

for unit in authzd.service authzd@example.service authzd-once.service; do
  file=${unit/example/}
  systemd-analyze security --offline=yes --threshold="$most" --no-pager "$work/$file" >report ||
    { cat report; complain "$unit is more exposed than $((most / 10)).$((most % 10))"; }
  # The approver is known by /proc/PID/loginuid of the calling process, which is another user's.
  grep -qx 'ProtectProc=default' "$work/$file" || complain "$unit cannot see who logged in"
  printf '%-22s %s\n' "$file" "$(grep -o 'exposure level.*' report)"
done
exit "$failed"
