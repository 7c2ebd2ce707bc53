#!/usr/bin/env python3
"""Fails where a source is not named in the CMakeLists.txt of its folder, or of one above, or where a
folder's CMakeLists.txt is not added by one above: it would never be built, and a test never run."""
import pathlib
import re
import sys

TOPS = ("reconciler", "daemon", "tests")


def lists_above(root, folder):
    """The texts of the CMakeLists.txt from a folder up to the root, each with the path from there."""
    for above in (folder, *folder.parents):
        file = root / above / "CMakeLists.txt"
        if file.is_file():
            yield above, file.read_text()


def names(text, path):
    """Whether a list names a file or folder, as seen from where it lies."""
    return re.search(rf"(?<![\w.-])(\.\./)?{re.escape(str(path))}(?![\w.-])", text) is not None


def check(root):
    for top in TOPS:
        for file in sorted((root / top).rglob("*.cpp")):
            path = file.relative_to(root)
            found = any(names(text, path.relative_to(above)) for above, text in lists_above(root, path.parent))
            sibling = any(names(text, pathlib.Path("..") / path.name)
                          for text in (p.read_text() for p in file.parent.glob("*/CMakeLists.txt")))
            if not (found or sibling):
                yield f"{path}:1: no CMakeLists.txt names it"
        for file in sorted((root / top).rglob("CMakeLists.txt")):
            path = file.relative_to(root).parent
            if not any(names(text, path.relative_to(above)) for above, text in lists_above(root, path.parent)):
                yield f"{path}/CMakeLists.txt:1: no CMakeLists.txt adds this folder"


def main(root):
    bad = list(check(pathlib.Path(root)))
    print("\n".join(bad) or "listed: every source is built and every folder is added")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
