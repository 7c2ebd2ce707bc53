#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Fills the parts of a man page that the programs and the schema know best.

usage: make_man.py TEMPLATE VERSION AUTHZD IAM_SANDBOX SCHEMA
A line of the template that is a word between @ is replaced: @COMMANDS@, @COMMON_OPTIONS@, @OPTIONS@
and @SWITCHES@ of iam-sandbox, @KEYS@ of the schema. @VERSION@ is replaced wherever it stands.
"""
import json
import sys

import help_text


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("→", "\\->")
    return "\\&" + text if text[:1] in (".", "'") else text


def bold(text):
    return f"\\fB{roff(text)}\\fR"


def tagged(label, text):
    return [".TP", label, text]


def option_label(option):
    names = ", ".join(bold(name) for name in option.names)
    return f"{names} {roff(option.value)}".rstrip()


def common_options(commands):
    """What most commands that take any option have, told once."""
    seen = {}
    with_options = [each for each in commands if len(each.options) > 1]
    for command in with_options:
        for option in command.options:
            seen[option] = seen.get(option, 0) + 1
    return [option for option, count in seen.items() if 2 * count >= len(with_options)]


def positional_synopsis(positional):
    name = f"\\fI{roff(positional.long)}\\fR"
    return f"[{name} ...]" if positional.value.endswith("...") else f"[{name}]"


def commands_text(commands):
    common = common_options(commands)
    lines = []
    for command in commands:
        synopsis = [bold(command.name), *map(positional_synopsis, command.positionals)]
        lines += [f".SS {' '.join(synopsis)}", roff(command.help) + "."]
        for each in command.positionals:
            lines += tagged(f"\\fI{roff(each.long)}\\fR", roff(each.help) + ".")
        for each in command.options:
            if each not in common:
                lines += tagged(option_label(each), roff(each.help) + ".")
        shared = [bold(each.long) for each in command.options if each in common]
        if shared:
            lines += [".PP", f"Also: {', '.join(shared)}."]
        lines += [".PP", ".RS 4", ".nf", *map(roff, command.examples), ".fi", ".RE"]
    return lines


def options_text(options):
    return [line for each in options for line in tagged(option_label(each), roff(each.help) + ".")]


def switches_text(sandbox):
    """Of `--list-switches`: a line with name, values and default, then one that explains it."""
    lines = help_text.ask(sandbox, "--list-switches").splitlines()
    out = []
    for head, said in zip(lines[::2], lines[1::2]):
        name, values = head.split(None, 1)
        said = said.strip().split("  [")[0]  # without where it is to be read up
        out += tagged(f"{bold(name)}={roff(values)}", roff(said) + ".")
    return out


def keys_text(schema):
    out = []

    def walk(node, path):
        while "$ref" in node:
            node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
        if "items" in node:
            walk(node["items"], path + "[]")
        for key, child in node.get("properties", {}).items():
            at = f"{path}.{key}" if path else key
            if "$ref" in child and path:
                out.extend(tagged(bold(at), f"As {bold(key)}, for this account."))
                continue
            target = schema["definitions"][child["$ref"].rsplit("/", 1)[1]] if "$ref" in child else child
            facts = [roff(target.get("description", ""))]
            if "enum" in child:
                facts.append("One of " + ", ".join(bold(word) for word in child["enum"]) + ".")
            if "default" in child:
                facts.append(f"Default: {bold(json.dumps(child['default']).strip(chr(34)))}")
            if key in node.get("required", []):
                facts.append("Required.")
            out.extend(tagged(bold(at), " ".join(facts)))
            walk(child, at)

    walk(schema, "")
    return out


def main(template, version, authzd, sandbox, schema):
    _, commands = help_text.program(authzd)
    sandbox_itself, _ = help_text.program(sandbox)
    with open(schema, encoding="utf-8") as file:
        keys = json.load(file)
    parts = {
        "@COMMANDS@": lambda: commands_text(commands),
        "@COMMON_OPTIONS@": lambda: options_text(common_options(commands)),
        "@OPTIONS@": lambda: options_text(sandbox_itself.options),
        "@SWITCHES@": lambda: switches_text(sandbox),
        "@KEYS@": lambda: keys_text(keys),
    }
    with open(template, encoding="utf-8") as file:
        for line in file.read().splitlines():
            made = parts[line]() if line in parts else [line.replace("@VERSION@", version)]
            print("\n".join(made))


if __name__ == "__main__":
    main(*sys.argv[1:])
