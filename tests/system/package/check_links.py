#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Each relative link of the documents that a package installs leads to a file of the package, and each
anchor to a heading of it. The runbook_url of each alert does, too.
usage: check_links.py ROOT-OF-THE-UNPACKED-PACKAGE"""

import os
import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)\s]*))?\)")


def anchors_of(page: pathlib.Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(page: pathlib.Path) -> list[tuple[str, str]]:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [(target, anchor) for target, anchor in LINK.findall(text) if "://" not in target]


def is_there(root: pathlib.Path, place: pathlib.Path) -> bool:
    """Follows links of the package as they will lie below /."""
    return place.exists() and root in place.resolve().parents


def faults_of(root: pathlib.Path, page: pathlib.Path) -> list[str]:
    faults = []
    for target, anchor in links_of(page):
        place = (page.parent / target) if target else page
        shown = f"/{page.relative_to(root)}: {target}{'#' + anchor if anchor else ''}"
        if not is_there(root, place):
            faults.append(f"{shown} leads to nothing")
        elif anchor and anchor not in anchors_of(place):
            faults.append(f"{shown} names no heading")
    return faults


def alert_faults(root: pathlib.Path) -> list[str]:
    rules = (root / "usr/share/authzd/alerts.rules.yaml").read_text(encoding="utf-8")
    urls = re.findall(r'^ +runbook_url: "file://([^"#]*)#([^"]*)"$', rules, re.M)
    faults = [] if urls else ["no alert has a runbook_url"]
    for path, anchor in urls:
        page = root / path.lstrip("/")
        if not page.is_file() or anchor not in anchors_of(page):
            faults.append(f"alerts.rules.yaml: {path}#{anchor} leads to nothing")
    return faults


def main(root_name: str) -> int:
    root = pathlib.Path(root_name).resolve()
    pages = [page for folder in ("usr/share/doc/authzd", "usr/share/authzd/manifests")
             for page in sorted((root / folder).rglob("*.md")) if not os.path.islink(page)]
    faults = [fault for page in pages for fault in faults_of(root, page)] + alert_faults(root)
    print("\n".join(faults) or f"{len(pages)} documents: every link resolves")
    return 1 if faults or not pages else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
