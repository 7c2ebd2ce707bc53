#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Prints each test that was skipped, with its reason, from the reports that ctest wrote.
usage: skipped.py [--count] JUNIT.XML…
"""
import sys
import xml.etree.ElementTree as xml


def reason(case):
    said = [line.strip() for line in (case.findtext("system-out") or "").splitlines()]
    for line, following in zip(said, said[1:] + [""]):
        if line.endswith(": Skipped"):  # GoogleTest
            return following
        if line.startswith("skipped: "):  # a script
            return line.removeprefix("skipped: ")
    return "it says nothing"


def main():
    arguments = sys.argv[1:]
    only_count = "--count" in arguments
    skipped = [case for report in arguments if report != "--count"
               for case in xml.parse(report).getroot().iter("testcase")
               if case.find("skipped") is not None]
    if only_count:
        print(len(skipped))
        return
    for case in skipped:
        print(f"skipped: {case.get('name')}: {reason(case)}")


if __name__ == "__main__":
    main()
