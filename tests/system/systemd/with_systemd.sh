#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Boots a real systemd as process 1 of its own namespaces, over a copy of ROOT that discards all
# writes, runs COMMAND inside, and ends with its status. SHARED is mounted there as /mnt. Needs root. The
# network inside has only loopback.
# usage: with_systemd.sh ROOT SHARED COMMAND…
set -euo pipefail
[[ $# -ge 3 ]] || { echo "usage: with_systemd.sh ROOT SHARED COMMAND…" >&2; exit 64; }
lower=$(realpath "$1") shared=$(realpath "$2")
shift 2

work=$(mktemp -d)
booting=''
cleanup() {
  if [[ -n $booting ]]; then kill -KILL "$booting" 2>/dev/null || true; wait "$booting" 2>/dev/null || true; fi
  rmdir "$work" 2>/dev/null || true
}
trap cleanup EXIT

boot() {
  local device root=$work/root
  mount --make-rprivate /
  mount -t tmpfs tmpfs "$work"
  mkdir "$work"/{upper,scratch,root}
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/scratch" "$root"
  mount --bind -o ro "$shared" "$root/mnt"
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  for device in run tmp dev sys/fs/cgroup; do mount -t tmpfs tmpfs "$root/$device"; done
  for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir -p "$root"/dev/{pts,shm,mqueue,hugepages}
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  ln -sf pts/ptmx "$root/dev/ptmx"
  mkdir "$root/sys/fs/cgroup/systemd"
  mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
  mount --make-rshared "$root" # as systemd would outside of a container: credentials are mounted
  ip link set lo up
  cd "$root"
  exec env -i container=unshare PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    chroot "$root" /lib/systemd/systemd --system --log-target=journal systemd.unit=multi-user.target
}
export -f boot
export work lower shared

unshare --pid --mount --uts --ipc --net --fork --kill-child bash -c 'set -e; boot' >"$work.log" 2>&1 &
booting=$!
end=$((SECONDS + 120)) init='' state=''
is_up() {
  init=$(ps -o pid= --ppid "$booting" | tr -d ' ') && [[ -n $init ]] || return
  state=$(nsenter -t "$init" -a -r -w systemctl is-system-running 2>&1) || true
  [[ $state == running || $state == degraded ]]
}
until is_up; do
  if ((SECONDS >= end)) || ! kill -0 "$booting" 2>/dev/null; then
    echo "with_systemd: systemd did not come up: ${state:-nothing started}" >&2
    cat "$work.log" >&2
    exit 1
  fi
  sleep 0.1
done
rm -f "$work.log"
status=0
nsenter -t "$init" -a -r -w env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ TERM=dumb "$@" || status=$?
exit "$status"
