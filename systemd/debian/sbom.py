#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes the software bill of materials of a build as SPDX 2.3 JSON: the Debian packages of the
shared libraries that the programs load, of the archives that were linked into them, and of the headers
that were compiled into them. Nothing in it is typed by hand: the libraries are the loader's answer, the
rest Ninja's record.
usage: sbom.py [--sysroot DIRECTORY EMULATOR] BUILD-DIRECTORY VERSION OUTPUT PROGRAM…
  --sysroot: what is in this folder of sysroot.sh belongs to the packages that are recorded in it; and
             the programs are run by this command line

The time in it is SOURCE_DATE_EPOCH, so that the same sources and packages give the same file."""

import argparse
import dataclasses
import datetime
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys


@dataclasses.dataclass(frozen=True)
class Root:
    """Where files of packages lie: this host ("/"), or another architecture's sysroot."""

    folder: str

    def query(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The answer of dpkg's record of it."""
        record = os.path.join(self.folder, "var/lib/dpkg")
        return subprocess.run(["dpkg-query", f"--admindir={record}", *arguments], capture_output=True, text=True)


HOST = Root("/")


def output_of(*command: str, **environment: str) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | environment
    ).stdout


def libraries_of(program: str, sysroot: Root | None, emulator: list[str]) -> set[str]:
    """The files of all shared libraries that the loader maps for the program."""
    if sysroot is None:
        return {os.path.realpath(path) for path in re.findall(r"=> (/\S+)", output_of("ldd", program))}
    # What ldd does, whose own loader is that of this host.
    said = output_of(*emulator, "-E", "LD_TRACE_LOADED_OBJECTS=1", program)
    return {os.path.realpath(sysroot.folder + path) for path in re.findall(r"=> (/\S+)", said)}


def inputs_of(build: str, programs: list[str]) -> set[str]:
    """What Ninja makes the programs of: sources, objects, libraries."""
    named = [os.path.relpath(program, build) for program in programs]
    return set(output_of("ninja", "-C", build, "-t", "inputs", *named).split())


def is_of_packages(name: str, sysroot: Root | None) -> bool:
    return name.startswith("/usr/") or (sysroot is not None and name.startswith(sysroot.folder + "/"))


def archives_of(inputs: set[str], sysroot: Root | None) -> set[str]:
    """The system's archives that are linked into the programs."""
    archives = {os.path.realpath(name) for name in inputs if name.startswith("/") and name.endswith(".a")}
    return {name for name in archives if is_of_packages(name, sysroot)}


def headers_of(build: str, inputs: set[str], sysroot: Root | None) -> set[str]:
    """The system's headers that the objects of these programs were compiled from."""
    headers: set[str] = set()
    is_ours = False
    for line in output_of("ninja", "-C", build, "-t", "deps").splitlines():
        if line and not line.startswith(" "):
            is_ours = line.split(":")[0] in inputs
        elif is_ours and line.strip():
            name = os.path.realpath(os.path.join(build, line.strip()))
            if is_of_packages(name, sysroot):
                headers.add(name)
    return headers


def packages_of(files: set[str], sysroot: Root | None) -> set["Package"]:
    """The Debian packages that the files belong to; a file of none is an error."""
    theirs = {file for file in files if sysroot is not None and file.startswith(sysroot.folder + "/")}
    packages = {Package(name, HOST) for name in owners_of(files - theirs, HOST)}
    if sysroot is not None:
        packages |= {Package(name, sysroot) for name in owners_of(theirs, sysroot)}
    return packages


def owners_of(files: set[str], root: Root) -> set[str]:
    packages: set[str] = set()
    ordered = sorted(files)
    for i in range(0, len(ordered), 500):
        found = root.query("--search", *ordered[i : i + 500])
        unknown = [line for line in found.stderr.splitlines() if "no path found" in line]
        unknown = [line for line in unknown if not owner_before_usrmerge(line, packages, root)]
        if unknown:
            sys.exit("of no Debian package: " + "; ".join(unknown))
        packages |= {name for line in found.stdout.splitlines() for name in line.split(": ")[0].split(", ")}
    return {name for name in packages if not name.startswith("diversion by")}


def owner_before_usrmerge(complaint: str, packages: set[str], root: Root) -> bool:
    """Debian 12 records some of /usr/lib's files under /lib, where they were once installed."""
    path = complaint.split()[-1]
    found = root.query("--search", path.removeprefix("/usr"))
    packages |= {line.split(": ")[0] for line in found.stdout.splitlines()}
    return found.returncode == 0


@dataclasses.dataclass(frozen=True)
class Package:
    """A Debian package, by dpkg's name for it, of the record that has it."""

    name: str
    root: Root

    def entry(self) -> dict[str, object]:
        form = "${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${Homepage}"
        package, version, architecture, source, homepage = self.root.query(
            "--show", "--showformat", form, self.name
        ).stdout.split("\t")
        return {
            "SPDXID": spdx_id(self.name),
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


def in_order(packages: set[Package]) -> list[Package]:
    return sorted(packages, key=lambda package: package.name)


def names_in(packages: set[Package]) -> list[str]:
    return [package.name for package in in_order(packages)]


def spdx_id(package: str) -> str:
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", package)


def relation(package: str, kind: str) -> dict[str, str]:
    ours = "SPDXRef-authzd"
    if kind == "BUILD_DEPENDENCY_OF":
        return {"spdxElementId": spdx_id(package), "relationshipType": kind, "relatedSpdxElement": ours}
    return {"spdxElementId": ours, "relationshipType": kind, "relatedSpdxElement": spdx_id(package)}


def document(version: str, linked: set[Package], archives: set[Package], compiled: set[Package]) -> dict[str, object]:
    entries = [package.entry() for package in in_order(linked | archives | compiled)]
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
    relations += [relation(name, "DYNAMIC_LINK") for name in names_in(linked)]
    relations += [relation(name, "STATIC_LINK") for name in names_in(archives)]
    relations += [relation(name, "BUILD_DEPENDENCY_OF") for name in names_in(compiled)]
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


def main() -> None:
    parser = argparse.ArgumentParser(add_help=False, usage=__doc__)
    parser.add_argument("--sysroot", nargs=2)
    parser.add_argument("build")
    parser.add_argument("version")
    parser.add_argument("output")
    parser.add_argument("programs", nargs="+")
    asked = parser.parse_args()
    sysroot = Root(os.path.realpath(asked.sysroot[0])) if asked.sysroot else None
    emulator = shlex.split(asked.sysroot[1]) if asked.sysroot else []
    libraries = set().union(*(libraries_of(program, sysroot, emulator) for program in asked.programs))
    inputs = inputs_of(asked.build, asked.programs)
    found = document(
        asked.version,
        packages_of(libraries, sysroot),
        packages_of(archives_of(inputs, sysroot), sysroot),
        packages_of(headers_of(asked.build, inputs, sysroot), sysroot),
    )
    with open(asked.output, "w", encoding="utf-8") as file:
        json.dump(found, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
