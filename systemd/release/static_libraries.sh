#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Debian ships simdjson and prometheus-cpp as shared libraries only, which other distributions do not
# have. This makes static ones of Debian's own sources, in the version of the installed headers:
# libsimdjson.a, and of prometheus-cpp the part that authzd uses, libprometheus-cpp-core.a. The same
# sources make the same files.
# usage: static_libraries.sh DIRECTORY [ARCHITECTURE SYSROOT] (nothing is done where they are there already)
#   ARCHITECTURE SYSROOT: for another architecture than this host's, with what sysroot.sh made
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
[[ $# -eq 1 || $# -eq 3 ]] || { echo "usage: static_libraries.sh DIRECTORY [ARCHITECTURE SYSROOT]" >&2; exit 64; }
mkdir -p "$1"
out=$(realpath "$1")
host=$(dpkg --print-architecture)
target=${2:-$host} # apt here is asked for sources only, which are the same for all
record=${3:-}/var/lib/dpkg
compiler=(g++) ar=ar
if [[ $target != "$host" ]]; then
  [[ -d $record ]] || { echo "static_libraries: there is no $record; run sysroot.sh first" >&2; exit 1; }
  triplet=$(dpkg-architecture -a "$target" -q DEB_HOST_GNU_TYPE 2>/dev/null)
  compiler=("$triplet-g++" --sysroot "$(realpath "$3")") ar=$triplet-ar
fi

# No -g: it would name this folder, and so change the build id of what is linked with it.
flags=(-std=c++17 -O2 -DNDEBUG -fPIE -fstack-protector-strong -fstack-clash-protection
       -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -Wno-unused)
case $target in
  amd64) flags+=(-fcf-protection=full) ;;
  arm64) flags+=(-mbranch-protection=standard) ;;
esac
export CCACHE_BASEDIR=$out CCACHE_NOHASHDIR=1

version_of() { dpkg-query --admindir="$record" -W -f '${source:Version}' "$1"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/private_apt.sh"

# make LIBRARY SOURCE-PACKAGE HEADER-PACKAGE FOLDER FILE…: the sources are FILEs in FOLDER.
make() {
  local library=$1 source=$2 version folder file objects=()
  version=$(version_of "$3")
  folder=$source-$version/$4
  local stamp="$target $source $version $("${compiler[0]}" -dumpfullversion) ${flags[*]}"
  if [[ -f $out/$library && $(cat "$out/$library.of" 2>/dev/null) == "$stamp" ]]; then return; fi
  [[ -f $work/sources.list ]] || prepare_apt deb-src
  (cd "$work" && apt_beside --download-only source "$source=$version" &&
     dpkg-source --no-check -x "$source"_*.dsc "$source-$version") # apt has checked it
  mkdir -p "$work/$library"
  for file in "${@:5}"; do
    ${AUTHZD_CCACHE:-} "${compiler[@]}" "${flags[@]}" -ffile-prefix-map="$work=." -I"$work/$folder" -I"$work/$source-$version/include" \
      -c "$work/$folder/$file" -o "$work/$library/${file%.*}.o"
    objects+=("$work/$library/${file%.*}.o")
  done
  rm -f "$out/$library"
  "$ar" rcsD "$out/$library" "${objects[@]}"
  echo "$stamp" >"$out/$library.of"
  echo "made $out/$library of $source $version"
}

make libsimdjson.a simdjson libsimdjson-dev src simdjson.cpp
make libprometheus-cpp-core.a prometheus-cpp prometheus-cpp-dev core/src serializer.cc text_serializer.cc
