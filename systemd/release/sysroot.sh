#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The headers and libraries of Debian for another architecture, in a folder: what a cross compiler takes in
# place of this host's, and qemu-user as the root of the programs. Nothing is installed on this host.
# In DIRECTORY/var/lib/dpkg is dpkg's record of it, whose paths begin with DIRECTORY, so that
# dpkg-shlibdeps and sbom.py find the package of each file (DPKG_ADMINDIR).
# usage: sysroot.sh ARCHITECTURE DIRECTORY (nothing is done where it is there already)
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
[[ $# -eq 2 ]] || { echo "usage: sysroot.sh ARCHITECTURE DIRECTORY" >&2; exit 64; }
arch=$1
mkdir -p "$2"
root=$(realpath "$2")
record=$root/var/lib/dpkg

packages=(libboost1.81-dev libyaml-cpp-dev nlohmann-json3-dev libsimdjson-dev libspdlog-dev libexpected-dev
          libcli11-dev libssl-dev libsqlite3-dev libsystemd-dev prometheus-cpp-dev)
# The last file written: of which packages it was made.
complete=$root/complete
if [[ -f $complete && $(cat "$complete") == "$root $arch ${packages[*]}" ]]; then exit 0; fi
rm -rf "${root:?}"
mkdir -p "$root"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/private_apt.sh"

# record_package DEB: as dpkg would after it has installed the package, with a format that has room for
# several architectures.
record_package() {
  local name file
  name=$(dpkg-deb -f "$1" Package)
  [[ $(dpkg-deb -f "$1" Multi-Arch) != same ]] || name+=:$(dpkg-deb -f "$1" Architecture)
  { dpkg-deb -f "$1" | sed '/^Package:/a Status: install ok installed'; echo; } >>"$record/status"
  dpkg-deb --fsys-tarfile "$1" | tar -t | sed -E "s#^\./(lib|bin|sbin|lib64)(/|\$)#./usr/\1\2#; s#^\./#$root/#; s#/\$##" \
    >"$record/info/$name.list"
  dpkg-deb -e "$1" "$work/control"
  for file in symbols shlibs; do
    [[ ! -f $work/control/$file ]] || cp "$work/control/$file" "$record/info/$name.$file"
  done
  rm -r "$work/control"
}

prepare_apt deb
apt_beside --yes --no-install-recommends --download-only install "${packages[@]}"
mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$record/info"
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
echo 1 >"$record/info/format"
printf '%s\n' "$(dpkg --print-architecture)" "$arch" >"$record/arch"
for deb in "$work"/cache/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -x --no-same-owner --keep-directory-symlink -C "$root"
  record_package "$deb"
done
# What points at / means this folder.
find "$root" -type l -lname '/*' -printf '%p\n' | while read -r link; do
  ln -sfrT "$root$(readlink "$link")" "$link"
done
echo "$root $arch ${packages[*]}" >"$complete"
echo "sysroot: $root, $arch, of $(grep -c '^Package:' "$record/status") Debian packages"
