#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Gathers the files of a release for one architecture, that of the package: the package as it is, a tarball
# and an image of the portable build, and their bills of materials. `./dev release` calls it for each
# architecture, and then seal_release.sh.
# usage: make_release.sh PACKAGE.deb PORTABLE-BUILD VERSION OUTPUT-DIRECTORY
#   The time in all of them is SOURCE_DATE_EPOCH.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
[[ $# -eq 4 ]] || { echo "usage: make_release.sh PACKAGE.deb PORTABLE-BUILD VERSION OUTPUT-DIRECTORY" >&2; exit 64; }
deb=$(realpath "$1") build=$(realpath "$2") version=$3 out=$(realpath -m "$4")
epoch=${SOURCE_DATE_EPOCH:?the time of the last commit}
source_tree=$(realpath "$here/../..")
arch=$(dpkg-deb -f "$deb" Architecture)
name=authzd-$version-linux-$arch

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$out"
[[ ! -e $out/$name.tar.gz ]] || { echo "release: $out has the files for $arch already" >&2; exit 1; }

# ── the tree, for /usr/local ────────────────────────────────────────────────────────────────────
DESTDIR=$work/tree cmake --install "$build" --strip >"$work/install.log" || { cat "$work/install.log" >&2; exit 1; }
"$here/check_portable.py" "$work"/tree/usr/local/bin/*
sed -i 's#/usr/share/#/usr/local/share/#g' "$work/tree/etc/authzd/authzd.yaml" \
  "$work/tree/usr/local/share/authzd/alerts.rules.yaml"
share=$work/tree/usr/local/share
mkdir -p "$share/zsh/site-functions"
mv "$share"/zsh/vendor-completions/_authzd "$share/zsh/site-functions/"
rm -r "$share/zsh/vendor-completions" "$share/lintian" "$share"/doc/authzd/changelog.Debian.gz

# ── the tarball ─────────────────────────────────────────────────────────────────────────────────
mkdir -p "$work/$name/etc/authzd"
cp -a "$work"/tree/usr/local/. "$work/$name/"
cp -a "$work/tree/etc/authzd/authzd.yaml" "$work/$name/etc/authzd/"
cp "$source_tree/LICENSE" "$work/$name/"
tar --sort=name --format=gnu --mtime="@$epoch" --numeric-owner --owner=0 --group=0 --mode=u=rwX,go=rX \
  -C "$work" -c "$name" | gzip -9n >"$out/$name.tar.gz"

# ── the image, the package, the bills of materials ──────────────────────────────────────────────
"$here/make_image.sh" "$work/tree" "$arch" "$version" "$out/authzd-$version-oci-$arch.tar"
cp "$deb" "$out/"
dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/doc/authzd/sbom.spdx.json >"$out/$(basename "$deb" .deb).spdx.json"
cp "$share/doc/authzd/sbom.spdx.json" "$out/$name.spdx.json"
