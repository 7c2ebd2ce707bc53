#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes the documents for users as the package installs them: those of daemon/docs and README.md side
by side, with links that lead to where the package has their targets. A link to a file that no package
has, such as a source, becomes its text.
usage: docs.py SOURCE-DIRECTORY OUTPUT-DIRECTORY

OUTPUT-DIRECTORY/doc is for /usr/share/doc/authzd, OUTPUT-DIRECTORY/manifests for
/usr/share/authzd/manifests."""

import os
import pathlib
import re
import shutil
import sys

# Of daemon/docs, what is for those who change the code.
FOR_CONTRIBUTORS = {"architecture.md", "common_errors.md", "releasing.md"}
MANIFESTS = "examples/manifests"  # a link to /usr/share/authzd/manifests
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")


def places(source: pathlib.Path) -> dict[str, str]:
    """Where the package has a file of the tree, seen from /usr/share/doc/authzd."""
    found = {"README.md": "README.md", "SECURITY.md": "SECURITY.md", "LICENSE": "copyright",
             "CHANGELOG.md": "changelog.gz", "daemon/http/openapi.yaml": "../../authzd/openapi.yaml"}
    for page in sorted((source / "daemon/docs").glob("*.md")):
        if page.name not in FOR_CONTRIBUTORS:
            found[f"daemon/docs/{page.name}"] = page.name
    for file in sorted((source / "manifests").rglob("*")):
        name = file.relative_to(source / "manifests").as_posix()
        is_template = name.startswith("template/")
        found[f"manifests/{name}"] = f"examples/{name}" if is_template else f"{MANIFESTS}/{name}"
    return found


def rewritten(text: str, page: str, folder: str, installed: dict[str, str]) -> str:
    """The text of the page, which lies in `folder` of the package."""

    def link(match: re.Match[str]) -> str:
        label, target, anchor = match.group(1), match.group(2), match.group(3) or ""
        if not target or "://" in target:
            return match.group(0)
        path = os.path.normpath(os.path.join(os.path.dirname(page), target))
        if path not in installed:
            return label
        there = installed[path]
        if folder == MANIFESTS:  # the file itself is in /usr/share/authzd/manifests
            prefix = MANIFESTS + "/"
            there = there.removeprefix(prefix) if there.startswith(prefix) else f"../../doc/authzd/{there}"
        return f"[{there if label == target else label}]({there}{anchor})"

    return LINK.sub(link, text)


def main(source_name: str, output_name: str) -> None:
    source, output = pathlib.Path(source_name), pathlib.Path(output_name)
    installed = places(source)
    shutil.rmtree(output, ignore_errors=True)
    for page, place in installed.items():
        if not page.endswith(".md") or place == "changelog.gz" or page.startswith("manifests/template/"):
            continue
        folder = os.path.dirname(place)
        target = output / "manifests" / "README.md" if folder == MANIFESTS else output / "doc" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (source / page).read_text(encoding="utf-8")
        target.write_text(rewritten(text, page, folder, installed), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
