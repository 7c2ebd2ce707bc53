#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Runs an image of make_image.sh as a container engine would, without one: as its user, with a root that
# nothing can write to, and with volumes for the state and /tmp. In it a daemon follows a Git repository
# and converges an account of iam-sandbox. Needs root, umoci, git and iproute2; for another architecture
# also qemu-user-static, and a kernel that starts it for such programs (binfmt_misc): because the host has
# set it up so, or from Linux 6.7 on in a namespace of this check.
# usage: check_image.sh IMAGE.tar; exits with 77 where images of its architecture cannot be run
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
. "$here/emulator.sh"
archive=$(realpath "${1:?usage: check_image.sh IMAGE.tar}")
[[ $EUID -eq 0 ]] || { echo "check_image: needs root" >&2; exit 1; }
work=$(mktemp -d)
export work
trap 'rm -rf "$work"' EXIT

mkdir "$work/layout" "$work/git" "$work/config"
tar -xf "$archive" -C "$work/layout"
tag=$(umoci ls --layout "$work/layout")
umoci unpack --image "$work/layout:$tag" "$work/bundle"
[[ $(jq -c '[.process.user.uid, .process.user.gid]' "$work/bundle/config.json") == '[64000,64000]' ]] ||
  { echo "check_image: the user is not 64000" >&2; exit 1; }
blob() { echo "$work/layout/blobs/${1/://}"; }
manifest=$(blob "$(jq -r '.manifests[0].digest' "$work/layout/index.json")")
arch=$(jq -r .architecture "$(blob "$(jq -r .config.digest "$manifest")")")
[[ $arch == "$(sed -n '/^Package: libc6$/,/^$/s/^Architecture: //p' "$work/bundle/rootfs/var/lib/dpkg/status")" ]] ||
  { echo "check_image: the image says that it is for $arch, and its programs are not" >&2; exit 1; }
# The emulator that the namespaces below have to start; empty: programs of the image run as they are.
emulator=''
if ! chroot "$work/bundle/rootfs" /usr/local/bin/authzd --version >/dev/null 2>&1; then
  emulator=$(emulator_of "$arch")
  if [[ $arch == "$(dpkg --print-architecture)" || -z $emulator ]]; then
    echo "check_image: this host does not run programs for $arch" >&2
    exit 77
  fi
fi
export emulator arch

# What the daemon follows.
git init -q --bare -b main "$work/git/authorizations.git"
git clone -q "$work/git/authorizations.git" "$work/clone" 2>/dev/null
cat >"$work/clone/one.yaml" <<'TEXT'
apiVersion: authzd/v1
kind: Authorization
metadata: {name: one}
spec:
  source: {service: server-protect}
  target: {service: kms}
  roles: [Reader]
TEXT
git -C "$work/clone" add -A
git -C "$work/clone" -c user.name=Ada -c user.email=ada@example.com commit -q -m "One"
git -C "$work/clone" push -q origin HEAD:main
printf demo-api-key >"$work/config/key"
cat >"$work/config/authzd.yaml" <<'TEXT'
apiVersion: authzd/v1
kind: Configuration
owner: image
mode: sync
source: {git: {url: git://127.0.0.1/authorizations.git, ref: main}}
iam: {endpoint: http://127.0.0.1:8080}
accounts:
  - {name: production, id: a1234567a1234567a1234567a1234567, auth: {apiKeyFile: /etc/authzd/key}}
TEXT
chmod -R a+rX "$work/git" "$work/config"
chown 64000:64000 "$work/config/key"
chmod 400 "$work/config/key"
chmod 755 "$work" "$work/bundle"

inside() {
  local root=$work/bundle/rootfs status=0 end
  mount --make-rprivate /
  [[ -z $emulator ]] || start_by_emulator
  mount --bind "$root" "$root"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount -t tmpfs -o "uid=64000,gid=64000,mode=700" tmpfs "$root/var/lib/authzd"
  mount -t tmpfs -o "uid=64000,gid=64000,mode=750" tmpfs "$root/run/authzd"
  mount --bind -o ro "$work/config" "$root/etc/authzd"
  mount -t proc proc "$root/proc"
  mount -t tmpfs tmpfs "$root/dev"
  local device
  for device in null zero random urandom; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
  mount -o remount,bind,ro "$root"
  ip link set lo up
  in_image() { env -i PATH=/usr/local/bin:/usr/bin IBMCLOUD_IAM_API_ENDPOINT=http://127.0.0.1:8080 /usr/sbin/chroot --userspec=64000:64000 "$root" "$@"; }
  fail() { echo "check_image: $*" >&2; exit 1; }
  # Nothing listens there: what matters is that the program gets so far.
  says() { in_image "${@:2}" >"$work/said" 2>&1 || true; grep -q "$1" "$work/said" || { cat "$work/said"; fail "${*:2}"; }; }

  in_image authzd --version
  ! in_image sh -c 'echo x >/usr/local/bin/authzd || echo x >/etc/x' 2>/dev/null || fail "its root can be written to"
  local tool
  for tool in "git --version" "ssh -V" "gpg --version" "ssh-keygen -?"; do
    # shellcheck disable=SC2086 # words
    in_image $tool >"$work/said" 2>&1 || [[ $tool == *'-?' ]] || { cat "$work/said"; fail "$tool"; }
  done
  says 'Connection refused\|Failed to connect\|Couldn.t connect' git ls-remote https://127.0.0.1:1/x
  says 'Connection refused' ssh -o BatchMode=yes 127.0.0.1
  (($(grep -c BEGIN "$root/usr/lib/ssl/../../../etc/ssl/certs/ca-certificates.crt") > 100)) || fail "there are no root certificates"
  in_image authzd validate /usr/local/share/authzd/manifests

  in_image iam-sandbox --seed /usr/local/share/authzd/demo.json --quiet >"$work/sandbox.log" 2>&1 &
  git daemon --base-path="$work/git" --export-all --listen=127.0.0.1 >"$work/git.log" 2>&1 &
  end=$((SECONDS + 30))
  until (exec 3<>/dev/tcp/127.0.0.1/8080 4<>/dev/tcp/127.0.0.1/9418) 2>/dev/null; do
    ((SECONDS < end)) || fail "the sandbox or the git server does not answer"
    sleep 0.1
  done
  in_image authzd plan --local
  in_image authzd run --once --config /etc/authzd/authzd.yaml 2>"$work/log" || status=$?
  ((status == 0)) || { cat "$work/log"; fail "authzd run --once ends with $status"; }
  in_image authzd plan --local --detailed-exitcode >"$work/said" || { cat "$work/said"; fail "it has not converged"; }
  tail -1 "$work/said"
}
# From now on the kernel starts the emulator for the image's programs, in this user namespace alone.
start_by_emulator() {
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2>"$work/said" || { cat "$work/said" >&2; exit 77; }
  # Magic and mask of qemu's own table; F: opened here, so that it need not be in the image.
  sed "s#:[^:]*:[^:]*\$#:$emulator:F#" "/usr/lib/binfmt.d/$(basename "$emulator" -static).conf" \
    >/proc/sys/fs/binfmt_misc/register
}
export -f inside start_by_emulator

if [[ -z $emulator ]]; then
  unshare --mount --pid --net --fork --kill-child bash -c 'set -euo pipefail; inside'
else
  # The shell becomes root of the user namespace with its second exec, once the ids are mapped.
  mkfifo "$work/mapped"
  unshare --user --mount --pid --net --fork --kill-child \
    bash -c 'read -r <"$work/mapped"; exec bash -c "set -euo pipefail; inside"' &
  child=$!
  until [[ $(readlink "/proc/$child/ns/user") != "$(readlink /proc/self/ns/user)" ]]; do
    kill -0 "$child" 2>/dev/null || { echo "check_image: this host allows no user namespace" >&2; exit 77; }
    sleep 0.05
  done
  echo "0 0 65536" >"/proc/$child/uid_map"
  echo "0 0 65536" >"/proc/$child/gid_map"
  echo >"$work/mapped"
  wait "$child"
fi
echo "image for $arch: runs as user 64000 with a read-only root, follows a Git repository and converges"
