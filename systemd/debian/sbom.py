#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes the software bill of materials of a build as SPDX 2.3 JSON: the Debian packages of the
shared libraries that the programs load, of the archives that were linked into them, and of the headers
that were compiled into them. Nothing in it is typed by hand: the libraries are the loader's answer, the
rest Ninja's record.
usage: sbom.py BUILD-DIRECTORY VERSION OUTPUT PROGRAM…

The time in it is SOURCE_DATE_EPOCH, so that the same sources and packages give the same file."""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries_of(program: str) -> set[str]:
    """The files of all shared libraries that the loader maps for the program."""
    return {os.path.realpath(path) for path in re.findall(r"=> (/\S+)", output_of("ldd", program))}


def inputs_of(build: str, programs: list[str]) -> set[str]:
    """What Ninja makes the programs of: sources, objects, libraries."""
    named = [os.path.relpath(program, build) for program in programs]
    return set(output_of("ninja", "-C", build, "-t", "inputs", *named).split())


def archives_of(inputs: set[str]) -> set[str]:
    """The system's archives that are linked into the programs."""
    return {os.path.realpath(name) for name in inputs if name.startswith("/usr/") and name.endswith(".a")}


def headers_of(build: str, inputs: set[str]) -> set[str]:
    """The system's headers that the objects of these programs were compiled from."""
    headers: set[str] = set()
    is_ours = False
    for line in output_of("ninja", "-C", build, "-t", "deps").splitlines():
        if line and not line.startswith(" "):
            is_ours = line.split(":")[0] in inputs
        elif is_ours and line.strip().startswith("/usr/"):
            headers.add(os.path.realpath(line.strip()))
    return headers


def packages_of(files: set[str]) -> set[str]:
    """The Debian packages that the files belong to; a file of none is an error."""
    packages: set[str] = set()
    ordered = sorted(files)
    for i in range(0, len(ordered), 500):
        found = subprocess.run(
            ["dpkg-query", "--search", *ordered[i : i + 500]], capture_output=True, text=True
        )
        unknown = [line for line in found.stderr.splitlines() if "no path found" in line]
        unknown = [line for line in unknown if not owner_before_usrmerge(line, packages)]
        if unknown:
            sys.exit("of no Debian package: " + "; ".join(unknown))
        packages |= {name for line in found.stdout.splitlines() for name in line.split(": ")[0].split(", ")}
    return {name for name in packages if not name.startswith("diversion by")}


def owner_before_usrmerge(complaint: str, packages: set[str]) -> bool:
    """Debian 12 records some of /usr/lib's files under /lib, where they were once installed."""
    path = complaint.split()[-1]
    found = subprocess.run(
        ["dpkg-query", "--search", path.removeprefix("/usr")], capture_output=True, text=True
    )
    packages |= {line.split(": ")[0] for line in found.stdout.splitlines()}
    return found.returncode == 0


def package_entry(name: str) -> dict[str, object]:
    form = "${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${Homepage}"
    package, version, architecture, source, homepage = output_of(
        "dpkg-query", "--show", "--showformat", form, name
    ).split("\t")
    return {
        "SPDXID": spdx_id(name),
        "name": package,
        "versionInfo": version,
        "sourceInfo": f"Debian source package {source}",
        "homepage": homepage or "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": f"pkg:deb/debian/{package}@{version}?arch={architecture}",
            }
        ],
    }


def spdx_id(package: str) -> str:
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", package)


def relation(package: str, kind: str) -> dict[str, str]:
    ours = "SPDXRef-authzd"
    if kind == "BUILD_DEPENDENCY_OF":
        return {"spdxElementId": spdx_id(package), "relationshipType": kind, "relatedSpdxElement": ours}
    return {"spdxElementId": ours, "relationshipType": kind, "relatedSpdxElement": spdx_id(package)}


def document(version: str, linked: set[str], archives: set[str], compiled: set[str]) -> dict[str, object]:
    entries = [package_entry(name) for name in sorted(linked | archives | compiled)]
    digest = hashlib.sha256(json.dumps([version, entries], sort_keys=True).encode()).hexdigest()
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    ours = {
        "SPDXID": "SPDXRef-authzd",
        "name": "authzd",
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "Copyright the authzd authors",
    }
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                  "relatedSpdxElement": "SPDXRef-authzd"}]
    relations += [relation(name, "DYNAMIC_LINK") for name in sorted(linked)]
    relations += [relation(name, "STATIC_LINK") for name in sorted(archives)]
    relations += [relation(name, "BUILD_DEPENDENCY_OF") for name in sorted(compiled)]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"authzd-{version}",
        "documentNamespace": f"https://example.org/spdx/authzd-{version}-{digest}",
        "creationInfo": {
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Organization: authzd authors", "Tool: authzd-sbom"],
        },
        "packages": [ours, *entries],
        "relationships": relations,
    }


def main(build: str, version: str, output: str, *programs: str) -> None:
    linked = packages_of(set().union(*(libraries_of(program) for program in programs)))
    inputs = inputs_of(build, list(programs))
    archives = packages_of(archives_of(inputs))
    compiled = packages_of(headers_of(build, inputs))
    with open(output, "w", encoding="utf-8") as file:
        json.dump(document(version, linked, archives, compiled), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
