#!/usr/bin/env bash
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# `./dev release` refuses what makes no release, before it builds anything; and the checks of a release
# find what is wrong with one. The release itself takes too long for a test.
# usage: check_release_scripts.sh SOURCE-DIRECTORY AUTHZD IAM_SANDBOX
set -euo pipefail
source_tree=$(realpath "$1") authzd=$(realpath "$2") sandbox=$(realpath "$3")
scripts=$source_tree/systemd/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
# refuses WORD COMMAND…: it fails, and says the word.
refuses() {
  local word=$1
  shift
  if "$@" >"$work/said" 2>&1; then
    echo "succeeds: $*"; failed=1
  elif ! grep -q -- "$word" "$work/said"; then
    echo "does not say '$word': $*"; cat "$work/said"; failed=1
  fi
}

# ── ./dev release ───────────────────────────────────────────────────────────────────────────────
mkdir -p "$work/tree" "$work/full"
touch "$work/full/file"
cp "$source_tree/dev" "$source_tree/CMakeLists.txt" "$work/tree"
git_there() { git -C "$work/tree" -c user.name=Ada -c user.email=ada@example.com "$@"; }
git_there init -q && git_there add -A && git_there commit -q -m "A tree"
refuses 'no key file' "$work/tree/dev" release --sign "$work/missing"
refuses 'is not empty' "$work/tree/dev" release --out "$work/full"
refuses 'takes --arch ARCHITECTURE, --sign KEYFILE and --out DIR' "$work/tree/dev" release --force
refuses 'a release for riscv64 cannot be made' "$work/tree/dev" release --arch arm64 --arch riscv64
echo '# changed' >>"$work/tree/CMakeLists.txt"
refuses 'M CMakeLists.txt' "$work/tree/dev" release --out "$work/out"
git_there checkout -q CMakeLists.txt
touch "$work/tree/new"
refuses '?? new' "$work/tree/dev" release --out "$work/out"
[[ ! -e $work/out && ! -e $work/tree/build ]] || { echo "a refused release leaves something"; failed=1; }

# ── the programs ────────────────────────────────────────────────────────────────────────────────
"$scripts/check_portable.py" /bin/true >/dev/null || { echo "/bin/true is not portable"; failed=1; }
refuses 'newer than 2.2' "$scripts/check_portable.py" --glibc 2.2 /bin/true
refuses 'it needs libstdc++.so.6' "$scripts/check_portable.py" "$authzd" # not of the portable build
refuses 'it needs libyaml-cpp.so' "$scripts/check_portable.py" "$authzd"
refuses 'No such file' "$scripts/check_portable.py" "$work/missing"
cp /bin/true "$work/true"
printf '\xb7' | dd of="$work/true" bs=1 seek=18 conv=notrunc status=none # what the ELF header calls AArch64
refuses 'its loader is .*, not /lib/ld-linux-aarch64.so.1' "$scripts/check_portable.py" "$work/true"
printf '\xf3' | dd of="$work/true" bs=1 seek=18 conv=notrunc status=none
refuses 'does not know: RISC-V' "$scripts/check_portable.py" "$work/true"
refuses 'does not know: RISC-V' "$source_tree/tests/system/package/check_hardening.py" "$work/true"

mkdir -p "$work"/programs/{bin,share/authzd}
cp -r "$source_tree/manifests" "$source_tree/daemon/sandbox/seed/demo.json" "$work/programs/share/authzd/"
ln -s "$sandbox" "$work/programs/bin/"
ln -s "$authzd" "$work/programs/bin/"
"$scripts/check_programs.sh" "$work/programs" >"$work/said" 2>&1 || { echo "check_programs fails"; cat "$work/said"; failed=1; }
# An emulator for which every program does nothing.
refuses 'authzd validate' "$scripts/check_programs.sh" "$work/programs" /bin/true

# ── other architectures ─────────────────────────────────────────────────────────────────────────
refuses 'there is no .*/nowhere' "$scripts/static_libraries.sh" "$work/static" arm64 "$work/nowhere"
mkdir -p "$work/cross/systemd/release"
cp "$scripts/arm64.cmake" "$work/cross/systemd/release/"
refuses "sysroot.sh arm64" cmake -P "$work/cross/systemd/release/arm64.cmake"

# ── the files ───────────────────────────────────────────────────────────────────────────────────
mkdir "$work/files"
echo one >"$work/files/one"
(cd "$work/files" && sha256sum one >SHA256SUMS)
echo two >"$work/files/two"
refuses 'SHA256SUMS does not have: two' "$scripts/check_release.sh" "$work/files"
echo changed >"$work/files/one"
refuses 'differs from SHA256SUMS' "$scripts/check_release.sh" "$work/files"
exit "$failed"
