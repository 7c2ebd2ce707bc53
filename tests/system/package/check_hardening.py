#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Each program was built with every mitigation that the release preset asks for, as far as the file
tells (stack-clash protection leaves no mark in it, FORTIFY only where a length is not known).
usage: check_hardening.py PROGRAM…"""

import re
import shutil
import subprocess
import sys


# Such instructions in what was linked from elsewhere, as the start-up objects.
FEW = 100


def read_elf(option: str, program: str) -> str:
    return subprocess.run(
        ["readelf", "--wide", option, program], check=True, capture_output=True, text=True
    ).stdout


def disassembly(program: str, triplet: str) -> str:
    """What objdump makes of the code: this host's, if it knows the architecture, else the cross tool."""
    tool = f"{triplet}-objdump" if shutil.which(f"{triplet}-objdump") else "objdump"
    return subprocess.run(
        [tool, "--disassemble", "--no-show-raw-insn", program], check=True, capture_output=True, text=True
    ).stdout


def branches_of_x86_64(program: str) -> dict[str, bool]:
    code = disassembly(program, "x86_64-linux-gnu")
    return {
        "CET: landing pads for indirect branches": code.count("endbr64") > FEW,
        "CET: the shadow stack": "SHSTK" in read_elf("--notes", program),
    }


def branches_of_aarch64(program: str) -> dict[str, bool]:
    """The first instruction of a function signs its return address or is a landing pad."""
    instructions = re.findall(r"\t(bti|paciasp|autiasp)\b", disassembly(program, "aarch64-linux-gnu"))
    return {
        "BTI: landing pads for indirect branches": instructions.count("bti") > FEW,
        "PAC: signed return addresses": instructions.count("paciasp") > FEW,
        "PAC: return addresses that are checked": instructions.count("autiasp") > FEW,
    }


BRANCHES = {"Advanced Micro Devices X86-64": branches_of_x86_64, "AArch64": branches_of_aarch64}


def missing_in(program: str) -> list[str]:
    """A description of what the program lacks."""
    headers = read_elf("--file-header", program)
    segments = read_elf("--program-headers", program)
    dynamic = read_elf("--dynamic", program)
    symbols = set(re.findall(r"\bUND +(\w+)", read_elf("--dyn-syms", program)))
    # Of a libstdc++ that is linked in, as long as the program is not stripped.
    symbols |= set(re.findall(r"\bFUNC +\w+ +\w+ +\d+ +(\w*glibcxx_assert_fail\w*)", read_elf("--syms", program)))
    stack = re.search(r"GNU_STACK.*", segments)
    found = {
        "a position-independent executable": "DYN (Position-Independent" in headers,
        "full RELRO: the segment": "GNU_RELRO" in segments,
        "full RELRO: binding at start": bool(re.search(r"BIND_NOW|FLAGS_1.*\bNOW\b", dynamic)),
        "a stack that is not executable": bool(stack) and "RWE" not in stack.group(0),
        "the stack protector": "__stack_chk_fail" in symbols,
        "_GLIBCXX_ASSERTIONS": any("glibcxx_assert_fail" in s for s in symbols),
    }
    machine = re.search(r"Machine: +(.+)", headers)
    if machine is None or machine.group(1) not in BRANCHES:
        sys.exit(f"{program} is of an architecture that this does not know: {machine and machine.group(1)}")
    found |= BRANCHES[machine.group(1)](program)
    return [what for what, is_there in found.items() if not is_there]


def main(programs: list[str]) -> int:
    if not programs:
        print(__doc__, file=sys.stderr)
        return 64
    failed = False
    for program in programs:
        for what in missing_in(program):
            print(f"{program} is built without {what}")
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
