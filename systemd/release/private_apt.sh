# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# An apt beside that of the host: its own lists and cache in $work, the host's mirror and keys, and a
# host on which nothing is installed, of the architecture $arch (default: this one's). To be sourced by a
# script that has set $work.

apt_beside() {
  local architecture=${arch:-$(dpkg --print-architecture)}
  apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State="$work/state" -o Dir::State::status="$work/state/status" \
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root -o Debug::NoLocking=1 \
    -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" "$@"
}

# prepare_apt TYPE…: "deb", "deb-src".
prepare_apt() {
  local codename mirror type
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(ORIGIN)' |
    awk -v suite="$codename" '$2 == suite && $3 == "Debian" {print $1; exit}')
  mirror=${mirror:-http://deb.debian.org/debian}
  mirror=${mirror%/}
  mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial
  : >"$work/state/status"
  for type; do
    echo "$type $mirror $codename main"
    echo "$type ${mirror%/debian}/debian-security $codename-security main"
  done >"$work/sources.list"
  apt_beside update
}
