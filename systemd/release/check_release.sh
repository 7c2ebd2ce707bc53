#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The files of a release are whole, and do what they promise: checksums, the programs of the tarball on
# this host, the image as its user. As an ordinary user the image is not run, which is said.
# usage: check_release.sh DIRECTORY
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
release=$(realpath "${1:?usage: check_release.sh DIRECTORY}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "check_release: $*" >&2; exit 1; }

(cd "$release" && sha256sum --check --strict --quiet SHA256SUMS) || fail "a file differs from SHA256SUMS"
unlisted=$(cd "$release" && comm -13 <(awk '{print $2}' SHA256SUMS | sort) <(ls | grep -vx 'SHA256SUMS\|SHA256SUMS.sig' | sort))
[[ -z $unlisted ]] || fail "SHA256SUMS does not have: $unlisted"

tarball=$(ls "$release"/authzd-*-linux-*.tar.gz) image=$(ls "$release"/authzd-*-oci.tar)
tar -xzf "$tarball" -C "$work"
cd "$work"/authzd-*
"$here/check_portable.py" bin/*
for file in LICENSE bin/authzd bin/iam-sandbox lib/systemd/system/authzd.service lib/sysusers.d/authzd.conf \
  share/man/man1/authzd.1.gz share/bash-completion/completions/authzd share/zsh/site-functions/_authzd \
  share/fish/vendor_completions.d/authzd.fish share/authzd/manifests/README.md share/doc/authzd/install.md \
  share/doc/authzd/sbom.spdx.json etc/authzd/authzd.yaml; do
  [[ -f $file ]] || fail "$tarball has no $file"
done
grep -q '^ExecStart=/usr/local/bin/authzd ' lib/systemd/system/authzd.service || fail "the unit of the tarball runs another program"
bin/authzd --version
bin/authzd validate share/authzd/manifests

if [[ $EUID -eq 0 ]]; then
  "$here/check_image.sh" "$image"
else
  echo "check_release: the image was not run, because that needs root"
fi
echo "check_release: $(wc -l <"$release/SHA256SUMS") files in $release, all as they should be"
