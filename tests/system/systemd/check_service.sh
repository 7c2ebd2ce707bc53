#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Installs the package on a Debian that a real systemd has booted, and runs service_scenes.sh;
# then, on fresh ones, through the README's five minutes and a repository over ssh.
# usage: check_service.sh PACKAGE-DIRECTORY [SCENES] (the newest package there is taken)
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
packages=$(realpath "${1:?usage: check_service.sh PACKAGE-DIRECTORY}")

skip() { echo "skipped: $*"; exit 77; }
[[ $EUID -eq 0 ]] || skip "no root here, and a systemd of its own needs it"
command -v debootstrap >/dev/null || skip "no debootstrap here"
unshare --pid --mount --uts --ipc --net --fork true 2>/dev/null || skip "no namespaces here"
grep -qw overlay /proc/filesystems || skip "no overlay file system here"

deb=$(find "$packages" -name 'authzd_*.deb' -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2-)
[[ -n $deb ]] || { echo "there is no package in $packages" >&2; exit 1; }
root=$("$here/make_root.sh" "$deb")
shared=$(mktemp -d)
trap 'rm -rf "$shared"' EXIT
cp "$deb" "$shared/authzd.deb"
# The next version: the same files under a higher number, with another default configuration.
dpkg-deb -R "$deb" "$shared/next"
sed -i 's/^Version: .*/Version: 99.0.0-1/' "$shared/next/DEBIAN/control"
echo '# A key of the next version.' >>"$shared/next/etc/authzd/authzd.yaml"
dpkg-deb --root-owner-group -b "$shared/next" "$shared/authzd-next.deb" >/dev/null
rm -r "$shared/next"
cp "$here"/{scene,service_scenes,five_minutes,git_over_ssh}.sh "$here/../../../README.md" "$shared"
for scenes in ${2:-service_scenes five_minutes git_over_ssh}; do
  "$here/with_systemd.sh" "$root" "$shared" bash "/mnt/$scenes.sh"
done
