#!/usr/bin/env python3
"""Runs clang-tidy over every source but the tests', several at a time. A source that passed is not
looked at again until it, a project header it includes, its command or the configuration changes;
that it passed is kept in the user's cache, for every clone of the project."""
import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

TIDY = "clang-tidy-14"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


@functools.lru_cache(maxsize=None)
def content(path):
    return path.read_bytes() if path.is_file() else b""


def closure(root, source):
    """The source and every project header that it sees."""
    seen, todo = set(), [source]
    while todo:
        path = todo.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        todo += [root / name for name in INCLUDE.findall(content(path).decode("utf-8", "replace"))]
    return sorted(seen)


def key(root, entry, salt):
    digest = hashlib.sha256(salt + entry["command"].replace(str(root), ".").encode())
    for path in closure(root, pathlib.Path(entry["file"])):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + content(path))
    return digest.hexdigest()


def is_ours(root, name):
    """A source of the product, or a group of them, as they are compiled together."""
    folders = (f"{root}/reconciler/", f"{root}/daemon/")
    if "/unity_" not in name:
        return name.startswith(folders)
    included = INCLUDE.findall(content(pathlib.Path(name)).decode())
    return bool(included) and all(one.startswith(folders) for one in included)


def tidy(build, entry):
    run = subprocess.run([TIDY, "--quiet", "-p", build, entry["file"]], capture_output=True, text=True)
    return run.returncode == 0, run.stdout + ("" if run.returncode == 0 else run.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    root, build = arguments.root.resolve(), arguments.build.resolve()

    version = subprocess.run([TIDY, "--version"], check=True, capture_output=True).stdout
    salt = version + content(root / ".clang-tidy")
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    stamps = cache / "authzd" / "tidy"
    stamps.mkdir(parents=True, exist_ok=True)
    database = json.loads((build / "compile_commands.json").read_text())
    ours = [e for e in database if is_ours(root, e["file"])]
    keys = {e["file"]: (e, key(root, e, salt)) for e in ours}
    todo = [(e, stamps / k) for e, k in keys.values() if not (stamps / k).exists()]

    bad = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(tidy, build, entry): (entry, stamp) for entry, stamp in todo}
        for number, future in enumerate(concurrent.futures.as_completed(running), 1):
            (entry, stamp), (clean, output) = running[future], future.result()
            name = pathlib.Path(entry["file"]).relative_to(root)
            print(f"[{number}/{len(todo)}] {name}" + ("" if clean else f"\n{output}"), flush=True)
            if clean:
                stamp.touch()
            bad += not clean
    print(f"clang-tidy: {len(keys)} sources, {len(todo)} looked at, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
