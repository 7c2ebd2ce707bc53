#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""What programs need from the host that runs them, read from the files: exits with 1 where that is more
than any distribution with glibc 2.36 and OpenSSL 3 has.
usage: check_portable.py [--glibc VERSION] PROGRAM…"""

import re
import subprocess
import sys

# What stays dynamic; daemon/docs/releasing.md says why.
LIBRARIES = {
    "libc.so.6", "libm.so.6",  # glibc
    "libssl.so.3", "libcrypto.so.3",
    "libsystemd.so.0",
}
# glibc's loader by architecture, where every distribution has it.
LOADERS = {
    "Advanced Micro Devices X86-64": "/lib64/ld-linux-x86-64.so.2",
    "AArch64": "/lib/ld-linux-aarch64.so.1",
}
# The newest version of each family of symbols.
NEWEST = {"GLIBC": (2, 36), "OPENSSL": (3, 0, 0), "LIBSYSTEMD": (252,)}


def read_elf(option: str, program: str) -> str:
    found = subprocess.run(["readelf", "--wide", option, program], capture_output=True, text=True)
    if found.returncode != 0 or "Error:" in found.stderr:
        sys.exit(f"{program}: {(found.stderr or 'readelf failed').strip()}")
    return found.stdout


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def needed_versions(program: str) -> dict[str, tuple[int, ...]]:
    """The highest version of each family among the symbols that the program takes from libraries."""
    needs = read_elf("--version-info", program).partition("Version needs section")[2]
    highest: dict[str, tuple[int, ...]] = {}
    for family, version in re.findall(r"Name: ([A-Z]+)_([0-9][0-9.]*)\b", needs):
        highest[family] = max(highest.get(family, ()), number(version))
    return highest


def loader_of(program: str) -> tuple[str, str]:
    """glibc's loader for the program's architecture, and what is wrong with the one that it names."""
    machine = re.search(r"Machine: +(.+)", read_elf("--file-header", program))
    named = re.search(r"interpreter: ([^\]]+)\]", read_elf("--program-headers", program))
    loader = LOADERS.get(machine.group(1), "") if machine else ""
    if not loader:
        return "", f"it is of an architecture that this does not know: {machine and machine.group(1)}"
    if named and named.group(1) != loader:
        return loader, f"its loader is {named.group(1)}, not {loader}"
    return loader, ""


def faults_of(program: str, newest: dict[str, tuple[int, ...]]) -> list[str]:
    dynamic = read_elf("--dynamic", program)
    libraries = re.findall(r"\(NEEDED\).*\[([^\]]+)\]", dynamic)
    versions = needed_versions(program)
    loader, fault = loader_of(program)
    faults = [fault] if fault else []
    faults += [f"it needs {library}, which other distributions may not have"
               for library in libraries if library not in LIBRARIES and library != loader.rpartition("/")[2]]
    if re.search(r"\((RPATH|RUNPATH)\)", dynamic):
        faults.append("it looks for libraries in a folder of the machine that built it (RUNPATH)")
    for family, version in sorted(versions.items()):
        if family not in newest:
            faults.append(f"it needs versioned symbols {family}_, of a library that is not expected")
        elif version > newest[family]:
            shown, most = (".".join(map(str, v)) for v in (version, newest[family]))
            faults.append(f"it needs {family}_{shown}, newer than {most}")
    shown = ", ".join(f"{family} {'.'.join(map(str, version))}" for family, version in sorted(versions.items()))
    print(f"{program}: {', '.join(sorted(libraries)) or 'no library'}; newest symbols: {shown or 'none'}")
    return faults


def main(arguments: list[str]) -> int:
    newest = dict(NEWEST)
    if arguments[:1] == ["--glibc"] and len(arguments) > 1:
        newest["GLIBC"] = number(arguments[1])
        arguments = arguments[2:]
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 64
    faults = [f"{program}: {fault}" for program in arguments for fault in faults_of(program, newest)]
    print("\n".join(faults) if faults else "portable: runs on glibc " + ".".join(map(str, newest["GLIBC"])) + " and later")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
