# A build for arm64 on another machine: Debian's cross compiler, the headers and libraries that
# `systemd/release/sysroot.sh arm64 build/sysroot-arm64` has unpacked, and an emulator for what a build
# reads off the programs (man pages, completions, the bill of materials).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(AUTHZD_DEBIAN_ARCHITECTURE arm64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

cmake_path(SET CMAKE_SYSROOT NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/../../build/sysroot-arm64)
if(NOT EXISTS ${CMAKE_SYSROOT}/complete)
  message(FATAL_ERROR "there is no ${CMAKE_SYSROOT}; run systemd/release/sysroot.sh arm64 "
                      "${CMAKE_SYSROOT} first")
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

find_program(AUTHZD_QEMU_AARCH64 NAMES qemu-aarch64-static qemu-aarch64 REQUIRED)
set(CMAKE_CROSSCOMPILING_EMULATOR ${AUTHZD_QEMU_AARCH64} -L ${CMAKE_SYSROOT})
