#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Each command, option, switch and key is in a man page, and the pages are clean to read.

usage: check_man.py PAGE_DIRECTORY SOURCE_DIRECTORY AUTHZD IAM_SANDBOX
"""
import gzip
import json
import pathlib
import re
import shutil
import subprocess
import sys

OPTION_LINE = re.compile(r"^  (-[a-z])?,?(--[a-z-]+)?", re.M)


def ask(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def text_of(page):
    """Without its markup."""
    text = gzip.decompress(page.read_bytes()).decode()
    return re.sub(r"\\f[BRI]|\\&", "", text).replace("\\-", "-")


def options_of(help_text):
    return [name for names in OPTION_LINE.findall(help_text) for name in names if name]


def commands_of(authzd):
    listed = ask(authzd, "--help").split("Subcommands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines()]


def keys_of(node):
    for key, child in node.get("properties", {}).items():
        yield key
        yield from keys_of(child)
    if "items" in node:
        yield from keys_of(node["items"])
    for child in node.get("definitions", {}).values():
        yield from keys_of(child)


def missing(words, page):
    text = text_of(page)
    return [f"{page.name} does not mention {word}" for word in sorted(set(words))
            if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)]


def unclean(page):
    if not shutil.which("man"):
        print("no man here: the pages were not formatted")
        return []
    said = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page], capture_output=True)
    return [f"{page.name}: {line}" for line in said.stderr.decode().splitlines()]


def main(pages, source, authzd, sandbox):
    pages = pathlib.Path(pages)
    words = commands_of(authzd)
    for command in list(words):
        words += options_of(ask(authzd, command, "--help"))
    variables = re.findall(r"^  ([A-Z_]{4,}) ", ask(authzd, "--help"), re.M)
    switches = re.findall(r"^([a-z0-9-]+) ", ask(sandbox, "--list-switches"), re.M)
    schema = json.loads((pathlib.Path(source) / "systemd/configuration.schema.json").read_text())

    authzd_page, sandbox_page = pages / "authzd.1.gz", pages / "iam-sandbox.1.gz"
    keys_page = pages / "authzd.yaml.5.gz"
    faults = missing(words + variables, authzd_page)
    faults += missing(options_of(ask(sandbox, "--help")) + switches, sandbox_page)
    faults += missing(keys_of(schema), keys_page)
    for page in (authzd_page, sandbox_page, keys_page):
        faults += unclean(page)
    print("\n".join(faults) or f"{len(set(words))} commands and options, {len(switches)} switches, "
          f"{len(set(keys_of(schema)))} keys: all are there")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
