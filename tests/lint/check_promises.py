#!/usr/bin/env python3
"""daemon/docs/safety.md names a test beside each promise. Fails where a named test is not there, and
where a row of a table of promises names none. A test is written `Suite.Name` as gtest has it, or as
the path of a script below tests/."""
import pathlib
import re
import sys

PAGE = "daemon/docs/safety.md"
TEST = re.compile(r"\b(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\s*\(\s*(\w+)\s*,\s*(\w+)")
NAMED = re.compile(r"`([A-Z]\w+\.\w+|tests/[\w./-]+)`")


def known_tests(root):
    found = set()
    for file in (root / "tests").rglob("*.cpp"):
        found |= {f"{suite}.{name}" for suite, name in TEST.findall(file.read_text(errors="replace"))}
    return found


def check(root):
    page = root / PAGE
    if not page.is_file():
        return
    tests = known_tests(root)
    for number, line in enumerate(page.read_text().splitlines(), 1):
        named = NAMED.findall(line)
        for test in named:
            there = (root / test).exists() if test.startswith("tests/") else test in tests
            if not there:
                yield f"{PAGE}:{number}: there is no test {test}"
        is_row = line.startswith("| ") and not re.match(r"\| *(-|promise)", line)
        if is_row and not named:
            yield f"{PAGE}:{number}: a promise without a test that holds it"


def main(root):
    bad = list(check(pathlib.Path(root)))
    print("\n".join(bad) or "promises: every promise has a test that holds it")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
