#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# Gathers the files of a release: the package as it is, a tarball and an image of the portable build,
# their bills of materials, checksums, and a signature. The second half of `./dev release`.
# usage: make_release.sh PACKAGE.deb PORTABLE-BUILD VERSION OUTPUT-DIRECTORY [KEYFILE]
#   The time in all of them is SOURCE_DATE_EPOCH.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
[[ $# -ge 4 ]] || { echo "usage: make_release.sh PACKAGE.deb PORTABLE-BUILD VERSION OUTPUT-DIRECTORY [KEYFILE]" >&2; exit 64; }
deb=$(realpath "$1") build=$(realpath "$2") version=$3 out=$(realpath -m "$4") key=${5:-}
epoch=${SOURCE_DATE_EPOCH:?the time of the last commit}
source_tree=$(realpath "$here/../..")
arch=$(dpkg --print-architecture)
name=authzd-$version-linux-$arch

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
mkdir -p "$out"
[[ -z $(ls -A "$out") ]] || { echo "release: $out is not empty; name another folder, or empty it" >&2; exit 1; }

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
"$here/make_image.sh" "$work/tree" "$version" "$out/authzd-$version-oci.tar"
cp "$deb" "$out/"
dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/doc/authzd/sbom.spdx.json >"$out/$(basename "$deb" .deb).spdx.json"
cp "$share/doc/authzd/sbom.spdx.json" "$out/$name.spdx.json"

# ── checksums, signature ────────────────────────────────────────────────────────────────────────
(cd "$out" && sha256sum -- * >"$work/sums" && mv "$work/sums" SHA256SUMS && chmod 644 -- *)
[[ -z $key ]] || ssh-keygen -q -Y sign -f "$key" -n authzd-release "$out/SHA256SUMS"
"$here/check_release.sh" "$out"
