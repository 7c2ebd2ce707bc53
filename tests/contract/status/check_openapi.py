#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Proves that the OpenAPI description and the listener agree, both ways: each answer of the listener
is described, and each path, method, status and member that is described is seen in an answer. The
commands of the admin socket are those of the program, with the same options.

usage: check_openapi.py OPENAPI STATUS_ANSWERS
"""
import json
import pathlib
import subprocess
import sys

import jsonschema
import yaml


class Description:
    def __init__(self, document):
        self.document = document
        self.resolver = jsonschema.RefResolver("", document)

    def resolve(self, node):
        while "$ref" in node:
            node = self.resolver.resolve(node["$ref"])[1]
        return node

    def operations(self, path):
        """Those of the listener."""
        return {m.upper(): op for m, op in self.document["paths"].get(path, {}).items()
                if m != "parameters" and not op.get("x-socket-only")}

    def commands(self):
        """What each command of the admin socket takes: its name, and the schema of its body."""
        for path, methods in self.document["paths"].items():
            if methods.get("post", {}).get("x-socket-only"):
                body = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
                yield path.removeprefix("/api/v1/"), body

    def responses(self):
        """(method, path, status) of all that is described."""
        for path in self.document["paths"]:
            for method, operation in self.operations(path).items():
                for status in operation["responses"]:
                    yield method, path, int(status)

    def errors(self, schema, value):
        validator = jsonschema.Draft202012Validator(schema, resolver=self.resolver)
        return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(value)]

    def members(self, schema, prefix, out):
        """The paths of all members that a schema names."""
        schema = self.resolve(schema)
        for choice in schema.get("anyOf", []):
            self.members(choice, prefix, out)
        if "items" in schema:
            self.members(schema["items"], prefix + "[]", out)
        for name, child in schema.get("properties", {}).items():
            out.add(f"{prefix}.{name}")
            self.members(child, f"{prefix}.{name}", out)
        return out


def seen_members(value, prefix, out):
    if isinstance(value, list):
        for item in value:
            seen_members(item, prefix + "[]", out)
    if isinstance(value, dict):
        for name, child in value.items():
            if child is not None:
                out.add(f"{prefix}.{name}")
            seen_members(child, f"{prefix}.{name}", out)


def check_refusal(answer, operations):
    allowed = set(filter(None, answer["headers"].get("Allow", "").split(", ")))
    if answer["status"] != 405 or allowed != set(operations):
        yield f"is not described, and is not refused with Allow: {', '.join(sorted(operations))}"


def check_answer(description, operation, answer, members):
    response = description.resolve(operation["responses"].get(str(answer["status"]), {}))
    if not response:
        yield f"status {answer['status']} is not described"
        return
    for name, header in response.get("headers", {}).items():
        yield from description.errors(header["schema"], answer["headers"].get(name))
    content = response["content"].get(answer["headers"]["Content-Type"])
    if content is None:
        yield f"{answer['status']}: content type {answer['headers']['Content-Type']} is not described"
        return
    is_json = answer["headers"]["Content-Type"] == "application/json"
    body = json.loads(answer["body"]) if is_json else answer["body"]
    yield from description.errors(content["schema"], body)
    if is_json:
        place = f"{answer['path']} {answer['status']}"
        members[0].update(place + m for m in description.members(content["schema"], "", set()))
        seen = set()
        seen_members(body, "", seen)
        members[1].update(place + m for m in seen)


# Options of the command line that no daemon takes, and members that are no options.
STANDING_ALONE = {"config", "log-level", "log-json", "quiet", "watch", "local", "state", "manifests", "owner", "mode",
                  "adopt", "allow-empty-account", "against", "saved"}
OF_THE_API = {"confirmed", "client"}


def kinds_of(schema):
    """What a schema lets an option be: a flag, one value, several."""
    if "$ref" in schema:
        return "several"
    return "flag" if schema.get("type") == "boolean" else "one"


def check_commands(description, commands):
    """The commands of the program and those that are described, with all that they take."""
    described = dict(description.commands())
    yield from (f"{name} is no command" for name in described.keys() - commands.keys())
    for name, options in commands.items():
        if name not in described:
            yield f"the command {name} is not described"
            continue
        body = described[name]
        members = {m: s for m, s in body["properties"].items() if m not in OF_THE_API}
        yield from (f"{name} takes no {m}" for m in members.keys() - options.keys())
        missing = options.keys() - members.keys() - STANDING_ALONE
        yield from (f"{name}: {m} is not described" for m in missing)
        for member, schema in members.items():
            option = options.get(member, {})
            kind = "flag" if option.get("flag") else "several" if option.get("repeats") else "one"
            if option and kind != kinds_of(schema):
                yield f"{name}: {member} takes {kind}, and is described as {kinds_of(schema)}"
        required = {m for m, option in options.items() if option["required"]}
        if required != set(body.get("required", [])):
            yield f"{name}: it needs {sorted(required)}"


def main():
    description = Description(yaml.safe_load(pathlib.Path(sys.argv[1]).read_text()))
    lines = subprocess.run([sys.argv[2]], check=True, capture_output=True, text=True).stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    commands = {line["command"]: line["options"] for line in answers if "command" in line}
    answers = [line for line in answers if "command" not in line]
    faults, seen, members = set(), set(), (set(), set())
    for answer in answers:
        operations = description.operations(answer["path"])
        where = f"{answer['method']} {answer['path']}"
        operation = operations.get(answer["method"])
        if operation is None:
            faults.update(f"{where} {fault}" for fault in check_refusal(answer, operations))
            continue
        seen.add((answer["method"], answer["path"], answer["status"]))
        if answer["guarded"] != bool(operation.get("security")):
            faults.add(f"{where}: whether it needs the token is not as described")
        faults.update(f"{where} {fault}"
                      for fault in check_answer(description, operation, answer, members))
    faults.update(f"{m} {p} never answers {s}" for m, p, s in set(description.responses()) - seen)
    faults.update(f"{member} is described, and never seen" for member in members[0] - members[1])
    faults.update(check_commands(description, commands))
    print("\n".join(sorted(faults)) or f"{len(commands)} commands and {len(answers)} answers are as described, and all of it is seen")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
