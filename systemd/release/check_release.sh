#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The files of a release are whole, and do what they promise: checksums, the programs of each tarball on
# this host, each image as its user. What is of another architecture is run by qemu-user. What cannot be
# run here is said at the end.
# usage: check_release.sh DIRECTORY
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
release=$(realpath "${1:?usage: check_release.sh DIRECTORY}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "check_release: $*" >&2; exit 1; }
. "$here/emulator.sh"

(cd "$release" && sha256sum --check --strict --quiet SHA256SUMS) || fail "a file differs from SHA256SUMS"
unlisted=$(cd "$release" && comm -13 <(awk '{print $2}' SHA256SUMS | sort) <(ls | grep -vx 'SHA256SUMS\|SHA256SUMS.sig' | sort))
[[ -z $unlisted ]] || fail "SHA256SUMS does not have: $unlisted"

not_run=()
files=(LICENSE bin/authzd bin/iam-sandbox lib/systemd/system/authzd.service lib/sysusers.d/authzd.conf
       share/man/man1/authzd.1.gz share/bash-completion/completions/authzd share/zsh/site-functions/_authzd
       share/fish/vendor_completions.d/authzd.fish share/authzd/manifests/README.md share/doc/authzd/install.md
       share/doc/authzd/sbom.spdx.json etc/authzd/authzd.yaml)

# check_architecture ARCHITECTURE: the tarball, the image and the package of it.
check_architecture() {
  local arch=$1 tarball image deb file folder status=0 emulator=()
  tarball=$(ls "$release"/authzd-*-linux-"$arch".tar.gz) image=$(ls "$release"/authzd-*-oci-"$arch".tar)
  deb=$(ls "$release"/authzd_*_"$arch".deb)
  [[ $(dpkg-deb -f "$deb" Architecture) == "$arch" ]] || fail "$deb is of another architecture"
  folder=$work/$(basename "$tarball" .tar.gz)
  tar -xzf "$tarball" -C "$work"
  "$here/check_portable.py" "$folder"/bin/*
  for file in "${files[@]}"; do
    [[ -f $folder/$file ]] || fail "$tarball has no $file"
  done
  grep -q '^ExecStart=/usr/local/bin/authzd ' "$folder/lib/systemd/system/authzd.service" ||
    fail "the unit of the tarball runs another program"

  if [[ $arch != "$(dpkg --print-architecture)" ]]; then
    emulator=("$(emulator_of "$arch")")
    if [[ -z ${emulator[0]} ]]; then
      not_run+=("the programs and the image for $arch (the package qemu-user-static is not installed)")
      return
    fi
    # The image has glibc and the other libraries that the programs load.
    mkdir "$work/layout-$arch"
    tar -xf "$image" -C "$work/layout-$arch"
    umoci unpack --rootless --image "$work/layout-$arch:$(umoci ls --layout "$work/layout-$arch")" "$work/bundle-$arch"
    emulator+=(-L "$work/bundle-$arch/rootfs")
  fi
  "$here/check_programs.sh" "$folder" "${emulator[@]}"
  if [[ $EUID -ne 0 ]]; then
    not_run+=("the image for $arch (that needs root)")
    return
  fi
  "$here/check_image.sh" "$image" || status=$?
  case $status in
    0) ;;
    77) not_run+=("the image for $arch (the kernel does not start $(basename "${emulator[0]}") for its programs)") ;;
    *) fail "the image for $arch" ;;
  esac
}

for tarball in "$release"/authzd-*-linux-*.tar.gz; do
  arch=${tarball##*-linux-}
  check_architecture "${arch%.tar.gz}"
done
for what in "${not_run[@]}"; do echo "check_release: not run: $what"; done
echo "check_release: $(wc -l <"$release/SHA256SUMS") files in $release, all as they should be"
