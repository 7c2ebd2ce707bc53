#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Makes a Debian tree with systemd in which PACKAGE could be installed without a network, and prints
# where it is. It is cached, because it takes a minute; another set of dependencies is another tree.
# Needs root, debootstrap and a Debian mirror (the one that apt of this host uses).
# usage: make_root.sh PACKAGE.deb
set -euo pipefail
deb=${1:?usage: make_root.sh PACKAGE.deb}

mapfile -t packages < <(
  { dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed -E 's/\|.*//; s/\(.*\)//; s/ //g'
    printf '%s\n' systemd systemd-sysv dbus curl jq openssh-server openssh-client; } | sort -u)
. /etc/os-release
digest=$(printf '%s\n' "$VERSION_CODENAME" "${packages[@]}" | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/authzd
root=$cache/systemd-root-$digest
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # another run may be making it
if [[ -d $root ]]; then echo "$root"; exit; fi

mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(ORIGIN)' |
  awk -v suite="$VERSION_CODENAME" '$2 == suite && $3 == "Debian" {print $1; exit}')
work=$(mktemp -d "$cache/making-XXXXXX")
trap 'rm -rf "$work"' EXIT
{
  debootstrap --variant=minbase "$VERSION_CODENAME" "$work" "${mirror:-http://deb.debian.org/debian}"
  cp /etc/resolv.conf "$work/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$work/usr/sbin/policy-rc.d" # nothing starts while it is made
  chmod 755 "$work/usr/sbin/policy-rc.d"
  unshare --mount bash -c "mount -t proc proc '$work/proc' && exec chroot '$work' \
    env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends ${packages[*]}"
  rm -rf "$work"/usr/sbin/policy-rc.d "$work"/var/cache/apt/archives/*.deb "$work"/var/lib/apt/lists/*
  # Looks through all block devices of the host, which takes a minute on a busy one.
  ln -s /dev/null "$work/etc/systemd/system/e2scrub_reap.service"
  chmod 755 "$work"
  mv "$work" "$root"
} >&2
echo "$root"
