#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# The package meets the rules of Debian, and contains what it should.
# usage: check_package.sh PACKAGE-DIRECTORY [--hardened]
#   The newest package there is taken; --hardened: its programs must have every mitigation.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
packages=$(realpath "${1:?usage: check_package.sh PACKAGE-DIRECTORY}")
deb=$(find "$packages" -name 'authzd_*.deb' -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2-)
[[ -n $deb ]] || { echo "there is no package in $packages" >&2; exit 1; }

failed=0
complain() { echo "$*"; failed=1; }
holds=$(dpkg-deb -c "$deb" | awk '{print $1, $2, $6}')
while read -r mode path; do
  grep -qxE -e "$mode root/root \./$path" <<<"$holds" || complain "not in it, or not so: $mode $path"
done <<'LIST'
-rwxr-xr-x usr/bin/authzd
-rwxr-xr-x usr/bin/iam-sandbox
-rw-r--r-- etc/authzd/authzd.yaml
drwxr-xr-x etc/authzd/manifests/
drwx------ etc/authzd/credentials/
-rw-r--r-- usr/lib/systemd/system/authzd.service
-rw-r--r-- usr/lib/systemd/system/authzd@.service
-rw-r--r-- usr/lib/systemd/system/authzd-once.service
-rw-r--r-- usr/lib/systemd/system/authzd-once.timer
-rw-r--r-- usr/lib/sysusers.d/authzd.conf
-rw-r--r-- usr/share/authzd/alerts.rules.yaml
-rw-r--r-- usr/share/authzd/configuration.schema.json
-rw-r--r-- usr/share/authzd/demo.json
-rw-r--r-- usr/share/authzd/grafana-dashboard.json
-rw-r--r-- usr/share/authzd/manifests/authorization.schema.json
-rw-r--r-- usr/share/authzd/manifests/fleet.schema.json
-rw-r--r-- usr/share/authzd/manifests/.authzdignore
-rw-r--r-- usr/share/authzd/openapi.yaml
-rw-r--r-- usr/share/authzd/manifests/encryption/block-storage-encryption.yaml
-rw-r--r-- usr/share/bash-completion/completions/authzd
-rw-r--r-- usr/share/fish/vendor_completions.d/authzd.fish
-rw-r--r-- usr/share/zsh/vendor-completions/_authzd
-rw-r--r-- usr/share/man/man1/authzd.1.gz
-rw-r--r-- usr/share/man/man1/iam-sandbox.1.gz
-rw-r--r-- usr/share/man/man5/authzd.yaml.5.gz
-rw-r--r-- usr/share/doc/authzd/copyright
-rw-r--r-- usr/share/doc/authzd/changelog.Debian.gz
-rw-r--r-- usr/share/doc/authzd/changelog.gz
-rw-r--r-- usr/share/doc/authzd/SECURITY.md
-rw-r--r-- usr/share/doc/authzd/README.md
-rw-r--r-- usr/share/doc/authzd/runbook.md
-rw-r--r-- usr/share/doc/authzd/gitops.md
-rw-r--r-- usr/share/doc/authzd/monitoring.md
-rw-r--r-- usr/share/doc/authzd/safety.md
-rw-r--r-- usr/share/doc/authzd/install.md
-rw-r--r-- usr/share/doc/authzd/console.md
-rw-r--r-- usr/share/doc/authzd/audit.md
-rw-r--r-- usr/share/doc/authzd/api.md
lrwxrwxrwx usr/share/doc/authzd/examples/manifests
-rwxr-xr-x usr/share/doc/authzd/examples/template/ci/plan
-rw-r--r-- usr/share/doc/authzd/examples/template/README.md
-rw-r--r-- usr/share/doc/authzd/examples/template/.github/workflows/authzd.yaml
-rw-r--r-- usr/share/doc/authzd/examples/template/.gitlab-ci.yml
-rw-r--r-- usr/share/doc/authzd/examples/template/manifests/.authzdignore
-rw-r--r-- usr/share/doc/authzd/sbom.spdx.json
LIST
grep -q 'usr/local' <<<"$holds" && complain "it has files in /usr/local"
[[ $(dpkg-deb -f "$deb" Depends) == *libc6* ]] || complain "its libraries are not among what it needs"
[[ $(dpkg-deb -I "$deb" conffiles) == /etc/authzd/authzd.yaml ]] || complain "the configuration is no conffile"

unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
dpkg-deb -x "$deb" "$unpacked"
"$here/check_links.py" "$unpacked" || failed=1
# Each library that a program names as needed is in the bill of materials, and in a package that it depends
# on. The names of packages are the same for all architectures, but for those of a cross compiler.
dpkg-deb -f "$deb" Depends | sed 's/ *([^)]*)//g; s/, */\n/g' | sort >"$unpacked/depends"
readelf -d "$unpacked"/usr/bin/* | grep -oP 'NEEDED.*\[\K[^]]+' | sort -u | while read -r library; do
  dpkg-query -S "*/$library" | cut -d: -f1 | sed 's/-[a-z0-9]*-cross$//' | sort -u >"$unpacked/owners"
  owners=$(paste -sd, "$unpacked/owners")
  # Or on what they provide: libspdlog1.10-fmt9 is a name of libspdlog1.10.
  xargs -r dpkg-query -W -f '${Provides}\n' <"$unpacked/owners" | sed 's/ *([^)]*)//g; s/, */\n/g' |
    sed '/^$/d' >"$unpacked/provided"
  cat "$unpacked/provided" >>"$unpacked/owners"
  grep -oP '"name": "\K[^"]+' "$unpacked/usr/share/doc/authzd/sbom.spdx.json" | grep -qxFf "$unpacked/owners" ||
    { echo "$library ($owners) is not in the bill of materials"; exit 1; }
  grep -qxFf "$unpacked/owners" "$unpacked/depends" || { echo "the package does not depend on $owners, for $library"; exit 1; }
done || failed=1
if [[ ${2:-} == --hardened ]]; then
  "$here/check_hardening.py" "$unpacked"/usr/bin/* || failed=1
fi

if command -v lintian >/dev/null; then
  lintian --allow-root --fail-on error --tag-display-limit 0 "$deb" || complain "lintian finds errors"
else
  echo "no lintian here: the package was looked at without it"
fi
exit "$failed"
