#!/usr/bin/env python3
"""Fails where a file includes a module or a third-party header that layers.txt does not allow it,
or where a module's DEPS in its CMakeLists.txt name a module that its files may not include."""
import fnmatch
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.M)
MODULE = re.compile(r"authzd_module\(\s*(\w+)(.*?)\)", re.S)
TOPS = ("reconciler", "daemon")


def load_rules(path):
    lists, rules = {}, []
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if re.match(r"[A-Z]+ =", line):
            name, words = line.split("=", 1)
            lists[name.strip()] = words.split()
        elif line:
            place, rest = line.split(":", 1)
            parts = (rest + "|").split("|")
            rules.append((place.strip(), *(expand(lists, part) for part in parts[:2])))
    return rules


def expand(lists, words):
    return [word for name in words.split() for word in lists.get(name, [name])]


def allowed(rules, rel):
    """The modules and the third-party prefixes that a file may include; None: no line fits it."""
    fitting = [r for r in rules if rel.startswith(r[0] + "/") or fnmatch.fnmatchcase(rel, r[0])]
    if not fitting:
        return None
    return [w for r in fitting for w in r[1]], tuple(w for r in fitting for w in r[2])


def module_of(rel):
    """daemon/iam/token.hpp → daemon/iam; a loose file is its own module."""
    return "/".join(rel.split("/")[:2])


def may_include(modules, own, target):
    if "!" + target in modules:
        return False
    loose = target.startswith("daemon/") and target.count("/") == 1 and own.startswith("daemon")
    return loose or module_of(target) in (own, *modules)


def check_file(rules, root, rel):
    rule = allowed(rules, rel)
    if rule is None:
        yield f"{rel}:1: no line of tests/lint/layers.txt fits this file"
        return
    modules, third = rule
    text = (root / rel).read_text()
    for match in INCLUDE.finditer(text):
        line = text[: match.start()].count("\n") + 1
        ours, theirs = match.groups()
        if ours and not may_include(modules, module_of(rel), ours):
            yield f"{rel}:{line}: {module_of(rel)} may not include {ours}"
        if theirs and ("/" in theirs or theirs.endswith(".h")) and not theirs.startswith(third or ("\0",)):
            yield f"{rel}:{line}: {module_of(rel)} may not include <{theirs}>"


def check_deps(rules, root):
    lists = [p for top in TOPS for p in sorted((root / top).rglob("CMakeLists.txt"))]
    found = [(p, m[1], m[2]) for p in lists for m in MODULE.finditer(p.read_text())]
    folders = {name: str(p.parent.relative_to(root)) for p, name, _ in found}
    for path, name, body in found:
        own = folders[name]
        if own.count("/") != 1:
            continue
        modules = [w for r in rules if r[0] == own or r[0].startswith(own + "/") for w in r[1]]
        for dep in re.findall(r"authzd::(\w+)", body):
            folder = folders.get(dep, own)
            if folder.count("/") == 1 and folder not in (own, *modules):
                yield f"{path.relative_to(root)}:1: {own} may not depend on authzd::{dep}"


def main(root):
    root = pathlib.Path(root)
    rules = load_rules(root / "tests/lint/layers.txt")
    files = [f for top in TOPS for f in sorted((root / top).rglob("*.[hc]pp"))]
    bad = [p for f in files for p in check_file(rules, root, str(f.relative_to(root)))]
    bad += check_deps(rules, root)
    print("\n".join(bad) or f"layers: {len(files)} files keep them")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
