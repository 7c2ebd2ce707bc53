#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Proves that the JSON Schemas and the loaders agree: on every key, and on every manifest and
configuration of the corpus.

usage: check_schema.py SOURCE_DIR SCHEMA_FACTS
"""
import json
import pathlib
import re
import subprocess
import sys

import jsonschema
import yaml

# What no schema can express: text, uniqueness across documents, and faults that a YAML reader hides.
BEYOND_SCHEMA = {
    "assertion-forbids-a-grant", "assertion-list-lacks-a-grant", "assertion-name-taken", "assertion-says-nothing",
    "assertion-service-in-capitals",
    "attribute-in-another-case", "attribute-twice", "control-character", "description-escape", "exists-not-boolean",
    "disputed-line-break", "disputed-line-break-in-text", "expiry-past", "instance-name-of-another-account", "instance-name-without-service", "instance-named-twice", "instance-not-guid",
    "key-given-twice", "labels-not-text", "name-taken", "not-utf8", "parameter-malformed", "resource-group-name", "review-past",
    "same-key-twice", "same-target-twice", "service-in-capitals", "service-label-in-one-word",
    "merge-key-beside-a-double", "merge-key-twice", "sources-granted-elsewhere", "sources-too-many", "sources-twice",
    "sources-with-a-target-twice", "source-wide", "star-is-literal", "tagged-value", "target-empty", "target-wide", "too-many-aliases",
}

CONFIGURATION_BEYOND_SCHEMA = {
    "assertion-forbids-a-grant", "assertion-list-lacks-a-grant", "assertion-name-taken", "assertion-says-nothing",
    "assertion-service-in-capitals",
    "account-named-by-id", "account-twice", "empty", "git-ref", "git-url-open", "git-url-password",
    "key-as-path", "key-given-twice", "rollout-paths",
}


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema: no dates, no sexagesimals, no yes and no."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
        ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+.0123456789"),
        ("merge", r"^<<$", "<"),
        ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""])):
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def resolve(schema, node):
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
    return node


def key_lists(schema, node, path, out):
    """The keys of each closed map in the schema, by path."""
    node = resolve(schema, node)
    if "if" in node:  # a manifest, or a List of them
        out["List"] = set(resolve(schema, node["then"])["properties"])
        node = resolve(schema, node["else"])
        node = resolve(schema, node.get("else", node))  # an assertion has lists of its own
    for choice in node.get("oneOf", []):
        key_lists(schema, choice, path, out)
    if "items" in node:
        key_lists(schema, node["items"], path + "[]", out)
    if "properties" in node and node.get("additionalProperties") is False:
        out[path] = set(node["properties"])
        for key, child in node["properties"].items():
            assert resolve(schema, child).get("description") or "$ref" in child, f"{path}.{key}"
            key_lists(schema, child, f"{path}.{key}" if path else key, out)
    return out


def accepted(schema, path):
    try:
        documents = list(yaml.load_all(path.read_bytes(), CoreLoader))
    except (yaml.YAMLError, UnicodeDecodeError):
        return False
    validator = jsonschema.Draft7Validator(schema)
    return all(document is None or validator.is_valid(document) for document in documents)


def check_keys(schema, facts, kind):
    printed = subprocess.run([facts, kind], check=True, capture_output=True, text=True).stdout
    loader = {}
    for line in printed.splitlines():
        path, keys = line.split("\t")
        loader[path] = set(keys.split())
    node = schema["definitions"]["assertion"] if kind == "assertion" else schema
    found = key_lists(schema, node, "", {})
    return [f"{kind} {path!r}: loader {sorted(loader.get(path, []))}, schema {sorted(found.get(path, []))}"
            for path in sorted(loader.keys() | found.keys()) if loader.get(path) != found.get(path)]


def check_bad(schema, folder, beyond):
    faults = []
    for path in sorted(folder.glob("*.yaml")):
        refused = "error:" in path.with_suffix(".expected").read_text()
        accepts = accepted(schema, path)
        if path.stem in beyond:
            continue
        if accepts == refused:
            faults.append(f"{path.name}: loader {'refuses' if refused else 'accepts'}, "
                          f"schema {'accepts' if accepts else 'refuses'}")
    return faults


def check_fleets(schema, facts, folder):
    """The loader's word on each file is the schema's."""
    faults = []
    for path in sorted(folder.glob("*.yaml")):
        loads = subprocess.run([facts, "check-fleet", str(path)], capture_output=True).returncode == 0
        if loads != accepted(schema, path):
            faults.append(f"fleet {path.name}: loader {'accepts' if loads else 'refuses'}, "
                          f"schema {'refuses' if loads else 'accepts'}")
    return faults


def main():
    root, facts = pathlib.Path(sys.argv[1]), sys.argv[2]
    manifest = json.loads((root / "manifests/authorization.schema.json").read_text())
    configuration = json.loads((root / "systemd/configuration.schema.json").read_text())
    fleet = json.loads((root / "manifests/fleet.schema.json").read_text())
    faults = check_fleets(fleet, facts, pathlib.Path(__file__).parent / "fleet")
    for schema, kind in ((manifest, "authorization"), (manifest, "assertion"), (configuration, "configuration"),
                         (fleet, "fleet")):
        jsonschema.Draft7Validator.check_schema(schema)
        faults += check_keys(schema, facts, kind)
    faults += check_bad(manifest, root / "tests/golden/manifest/bad", BEYOND_SCHEMA)
    config_goldens = root / "tests/golden/config/bad"
    faults += check_bad(configuration, config_goldens, CONFIGURATION_BEYOND_SCHEMA)
    template = root / "manifests/template"  # a repository to start from; not all of its files are manifests
    goods = sorted(path for path in (root / "manifests").rglob("*.yaml") if template not in path.parents)
    goods += sorted((template / "manifests").glob("*/*.yaml"))
    goods += sorted((root / "tests/golden/manifest/good").glob("*.yaml"))
    for path in goods:
        said = subprocess.run([facts, "check", str(path)], capture_output=True, text=True)
        if said.returncode != 0:
            faults.append(f"{path}: the loader refuses it\n{said.stdout}")
        if not accepted(manifest, path):
            faults.append(f"{path}: the schema refuses it")
    print("\n".join(faults) or f"schemas and loaders agree; {len(goods)} good manifests")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
