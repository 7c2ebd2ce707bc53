#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The checksums of the files in a release, and with a key their signature; then checks the whole.
# usage: seal_release.sh DIRECTORY [KEYFILE]
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
out=$(realpath "${1:?usage: seal_release.sh DIRECTORY [KEYFILE]}") key=${2:-}
sums=$(cd "$out" && sha256sum -- *)
echo "$sums" >"$out/SHA256SUMS"
(cd "$out" && chmod 644 -- *)
[[ -z $key ]] || ssh-keygen -q -Y sign -f "$key" -n authzd-release "$out/SHA256SUMS"
"$here/check_release.sh" "$out"
