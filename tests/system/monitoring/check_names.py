#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Proves that the dashboard, the alert rules and the documentation speak of the metrics that there
are, with the labels that they have, and that each metric and each alert is documented.

usage: check_names.py SOURCE_DIR
"""
import json
import pathlib
import re
import sys

import yaml

RUNBOOK = "file:///usr/share/doc/authzd/runbook.md"
NAME = r"(?:authzd|process)_[a-z_]+"


def metrics_of(text):
    """Families and their labels, from the golden file; a histogram's three series are its own."""
    found = {}
    for line in text.splitlines():
        match = re.match(rf"({NAME})(?:\{{(.*)\}})? ", line)
        if match:
            labels = set(re.findall(r'(\w+)="', match[2] or ""))
            found.setdefault(match[1], set()).update(labels)
    return found


def families(names):
    return {re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", name) for name in names}


def expressions(dashboard):
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"dashboard panel {panel['title']!r}", target["expr"]


def check_expression(where, expression, metrics):
    for name, selector in re.findall(rf"\b({NAME})(?:\{{([^}}]*)\}})?", expression):
        if name not in metrics:
            yield f"{where}: there is no metric {name}"
            continue
        for label in re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"', selector):
            if label not in metrics[name] | {"job", "instance"}:
                yield f"{where}: {name} has no label {label}"


def anchors_of(markdown):
    """Of its headings, as the forges make them."""
    headings = re.findall(r"^#+ (.*)$", markdown, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_runbook(rule, anchors):
    url = rule["annotations"].get("runbook_url", "")
    base, _, anchor = url.partition("#")
    if base != RUNBOOK:
        yield f"{rule['alert']}: its runbook_url is not a section of {RUNBOOK}"
    elif anchor not in anchors:
        yield f"{rule['alert']}: the runbook has no section #{anchor}"
    elif anchor != rule["alert"].lower():
        yield f"{rule['alert']}: its runbook_url is the section of {anchor}"


def main():
    root = pathlib.Path(sys.argv[1])
    metrics = metrics_of((root / "tests/golden/status/metrics.txt").read_text())
    rules = yaml.safe_load((root / "systemd/alerts.rules.yaml").read_text())
    dashboard = json.loads((root / "systemd/grafana-dashboard.json").read_text())
    page = (root / "daemon/docs/monitoring.md").read_text()
    anchors = anchors_of((root / "daemon/docs/runbook.md").read_text())
    faults = []
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    for rule in alerts:
        faults += check_expression(rule["alert"], rule["expr"], metrics)
        faults += check_runbook(rule, anchors)
    for where, expression in expressions(dashboard):
        faults += check_expression(where, expression, metrics)
    documented = set(re.findall(rf"`({NAME})", page))
    for name in sorted(families(metrics) - documented):
        if name.startswith("authzd_"):
            faults.append(f"monitoring.md says nothing of {name}")
    for name in sorted(documented - families(metrics) - {"process_"}):
        faults.append(f"monitoring.md speaks of {name}, which there is not")
    print("\n".join(faults) or f"{len(families(metrics))} metrics, {len(alerts)} alerts: all in step")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
