#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# An OCI image as an archive of its layout: the portable programs, and of Debian what they need: glibc,
# OpenSSL, root certificates, git, ssh, gpg and a shell for git. The user is 64000, named authzd.
# Everything below / may be read-only except the volumes for /var/lib/authzd, /run/authzd and /tmp. The
# same programs and Debian packages make the same file. Needs umoci.
# usage: make_image.sh TREE ARCHITECTURE VERSION OUTPUT.tar
#   TREE: what `cmake --install` made, with TREE/usr/local; the time is SOURCE_DATE_EPOCH
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
[[ $# -eq 4 ]] || { echo "usage: make_image.sh TREE ARCHITECTURE VERSION OUTPUT.tar" >&2; exit 64; }
tree=$(realpath "$1") arch=$2 version=$3 output=$(realpath -m "$4")
epoch=${SOURCE_DATE_EPOCH:?the time of the last commit}
user=64000

packages=(base-files ca-certificates dash git gpg libssl3 libsystemd0 netbase openssh-client)
# What these depend on for their maintainer scripts, or for tools that authzd does not run.
unused=(adduser debconf debianutils dpkg git-man libaudit-common libaudit1 libcap-ng0 libdb5.3
        liberror-perl libgdbm-compat4 libgdbm6 libpam-modules libpam-modules-bin libpam-runtime libpam0g
        libperl5.36 libsemanage-common libsemanage2 libsepol2 openssl passwd perl perl-base
        perl-modules-5.36 tar libacl1 login libcrypt1 gcc-12-base)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/private_apt.sh"
say() { printf 'image: %s\n' "$*"; }

# deterministic_tar FOLDER OUTPUT [OPTION…] NAME…
deterministic_tar() {
  tar --sort=name --format=gnu --mtime="@$epoch" --numeric-owner -C "$1" -cf "$2" "${@:3}"
}

# ── Debian ──────────────────────────────────────────────────────────────────────────────────────
unpack_debian() {
  local root=$1 deb name folder folders=(bin sbin lib)
  [[ $arch != amd64 ]] || folders+=(lib64)
  mkdir -p "$root/usr" "$root/var/lib/dpkg"
  for folder in "${folders[@]}"; do mkdir "$root/usr/$folder" && ln -s "usr/$folder" "$root/$folder"; done
  for deb in "$work"/cache/archives/*.deb; do
    name=$(dpkg-deb -f "$deb" Package)
    [[ " ${unused[*]} " != *" $name "* ]] || continue
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$root"
    # For programs that look for packages with known faults in an image.
    { dpkg-deb -f "$deb" | sed '/^Package:/a Status: install ok installed'; echo; } >>"$root/var/lib/dpkg/status"
  done
}

# What nobody reads there; the licences stay.
prune() {
  local root=$1
  find "$root/usr/share/doc" -depth -not -name copyright -not -type d -delete
  find "$root/usr/share/doc" -depth -type d -empty -delete
  rm -rf "$root"/usr/share/{man,info,locale,lintian,bash-completion,bug,gitweb,perl5,perl,git-core/contrib} \
    "$root"/usr/share/base-files "$root"/etc/{cron*,init.d,default,pam.d,security,skel,profile.d,update-motd.d} \
    "$root"/usr/lib/systemd "$root"/usr/lib/tmpfiles.d "$root"/usr/lib/*/sasl2 "$root"/usr/lib/git-core/git-{instaweb,svn,cvs*,p4,send-email,archimport,gui*,citool} \
    "$root"/boot "$root"/home "$root"/media "$root"/mnt "$root"/opt "$root"/srv
}

configure() {
  local root=$1
  ln -sf dash "$root/usr/bin/sh"
  mkdir -p "$root"/etc/{authzd,ssl/certs} "$root/usr/lib/ssl" "$root"/{proc,sys,dev,run/authzd,tmp,var/lib/authzd,var/tmp}
  # Where OpenSSL looks, and where git does.
  find "$root/usr/share/ca-certificates/mozilla" -name '*.crt' | sort | xargs cat >"$root/etc/ssl/certs/ca-certificates.crt"
  ln -sf /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"
  # ssh and ssh-keygen refuse a user that has no name.
  printf '%s\n' 'root:x:0:0:root:/nonexistent:/usr/sbin/nologin' \
    "authzd:x:$user:$user:authzd:/var/lib/authzd:/usr/sbin/nologin" >"$root/etc/passwd"
  printf '%s\n' 'root:x:0:' "authzd:x:$user:" >"$root/etc/group"
  printf '%s\n' 'passwd: files' 'group: files' 'hosts: files dns' 'services: files' >"$root/etc/nsswitch.conf"
  chmod 1777 "$root/tmp" "$root/var/tmp"
  chmod 700 "$root/var/lib/authzd"
  chown "$user:$user" "$root/var/lib/authzd" "$root/run/authzd"
}

# Each program finds its libraries in the image.
check_libraries() {
  local root=$1 file library missing=''
  while read -r file; do
    for library in $(readelf -d "$file" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
      find "$root"/usr/lib* -name "$library" | grep -q . || missing+=" ${file#"$root"}:$library"
    done
  done < <(find "$root"/usr/bin "$root"/usr/lib "$root"/usr/local -type f -size +1k)
  [[ -z $missing ]] || { echo "image: libraries are missing:$missing" >&2; exit 1; }
}

# ── the layers ──────────────────────────────────────────────────────────────────────────────────
prepare_apt deb
apt_beside --yes --no-install-recommends --download-only install "${packages[@]}"
unpack_debian "$work/debian"
prune "$work/debian"
configure "$work/debian"

mkdir -p "$work/authzd/usr/local"
cp -a "$tree"/usr/local/{bin,share} "$work/authzd/usr/local/"
rm -rf "$work"/authzd/usr/local/share/{man,bash-completion,fish,zsh,lintian}
cp -a "$work/debian" "$work/whole"
cp -a "$work/authzd/." "$work/whole"
check_libraries "$work/whole"

chown -R 0:0 "$work/authzd"
deterministic_tar "$work/debian" "$work/debian.tar" .
deterministic_tar "$work/authzd" "$work/authzd.tar" .

# ── the image ───────────────────────────────────────────────────────────────────────────────────
created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
layout=$work/layout image=$work/layout:$version
umoci init --layout "$layout"
umoci new --image "$image"
umoci raw add-layer --image "$image" --history.created "$created" \
  --history.created_by "Debian packages: ${packages[*]}" "$work/debian.tar"
umoci raw add-layer --image "$image" --history.created "$created" \
  --history.created_by "authzd $version" "$work/authzd.tar"
umoci config --image "$image" --no-history --created "$created" --author "authzd authors" \
  --os linux --architecture "$arch" \
  --config.user "$user:$user" --config.workingdir / --config.env PATH=/usr/local/bin:/usr/bin \
  --config.entrypoint /usr/local/bin/authzd --config.cmd run --config.cmd --config --config.cmd /etc/authzd/authzd.yaml \
  --config.stopsignal SIGTERM \
  --config.label "org.opencontainers.image.title=authzd" \
  --config.label "org.opencontainers.image.version=$version" \
  --config.label "org.opencontainers.image.licenses=Apache-2.0"
umoci gc --layout "$layout"
deterministic_tar "$layout" "$output" --owner=0 --group=0 --mode=u=rwX,go=rX \
  oci-layout index.json blobs
say "made $output, $(($(stat -c %s "$output") / 1048576)) MiB, of $(grep -c '^Package:' "$work/debian/var/lib/dpkg/status") Debian packages"
