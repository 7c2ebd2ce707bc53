# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Reads what a program says with --help, so that man pages and completions say the same."""
import dataclasses
import re
import subprocess

COLUMN = 30  # where a description begins, as CLI11 lays it out


@dataclasses.dataclass(frozen=True)
class Option:
    """One option: ("-y", "--yes"), or one that takes a value: ("--mode",) "observe|sync"."""
    names: tuple
    value: str  # as the help shows it; empty: a flag
    help: str

    @property
    def long(self):
        return self.names[-1]

    @property
    def choices(self):
        """The words that the value may be, or nothing where it is free."""
        braces = re.search(r"\{(.+)\}", self.value)
        if braces:
            return braces[1].split(",")
        word = self.value.removesuffix(" ...")
        return word.split("|") if "|" in word else []


@dataclasses.dataclass(frozen=True)
class Command:
    name: str
    help: str
    options: list
    positionals: list  # Options too: the name, and what it takes
    examples: list  # lines


def entries(lines):
    """Pairs of what stands at the left and what is said about it."""
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        said = []
        if index < len(lines) and lines[index].startswith(" " * COLUMN):
            left = line
            while index < len(lines) and lines[index].startswith(" " * COLUMN):
                said.append(lines[index].strip())
                index += 1
        else:
            left, said = line[:COLUMN], [line[COLUMN:].strip()]
        yield left.strip(), " ".join(said)


def sections(text):
    """The indented lines below each heading."""
    found, heading = {}, None
    for line in text.splitlines():
        if re.match(r"^\w[\w ()-]*:$", line):
            heading = found.setdefault(line[:-1], [])
        elif line.startswith("  ") and heading is not None:
            heading.append(line)
        elif line:
            heading = None
    return found


def option_of(left, said):
    names, _, value = left.partition(" ")
    value = re.sub(r"\s*(REQUIRED|(Needs|Excludes): .*)", "", value).strip()
    return Option(tuple(names.split(",")), value, said)


def command_of(name, text):
    found = sections(text)
    options, positionals = [], []
    for heading, lines in found.items():
        if heading in ("Environment", "Exit codes", "Subcommands", "Examples"):
            continue
        for left, said in entries(lines):
            kind = options if left.startswith("-") else positionals
            kind.append(option_of(left, said))
    examples = [line[2:] for line in found.get("Examples", [])]
    return Command(name, text.splitlines()[0], options, positionals, examples)


def ask(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def program(path):
    """The program itself, and its commands in the order in which it lists them."""
    text = ask(path, "--help")
    names = [left for left, _ in entries(sections(text).get("Subcommands", []))]
    return command_of("", text), [command_of(name, ask(path, name, "--help")) for name in names]
