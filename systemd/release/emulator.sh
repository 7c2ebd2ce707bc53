# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0

# To be sourced.

# emulator_of ARCHITECTURE: the program of qemu-user that runs programs for it, or nothing where it is not
# installed. A static one, which also runs in another root.
emulator_of() {
  case $1 in
    arm64) command -v qemu-aarch64-static || true ;;
    amd64) command -v qemu-x86_64-static || true ;;
  esac
}
