# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""The cases, as data: read from a file of cases/, and held against what IBM documents."""
import dataclasses
import hashlib
import json
import re

import yaml

MARKER = re.compile(r"\s*\(authzd: [^()]*\)$")
KEYS = {"case", "documented_by", "warning", "held", "instances", "manifest", "bodies"}


@dataclasses.dataclass
class Case:
    name: str
    documented_by: list[str]
    manifest: str
    bodies: list[dict]  # each as IAM must get it, in a form that compares
    held: dict[str, list[str]]  # verb → rails that must hold it
    warning: str  # what `validate` says of it; empty: nothing
    account: str
    instances: list[dict]  # that the account has, as the sandbox's seed names them


def load(path):
    """The cases of a file; each has an account of its own."""
    found = []
    for row in yaml.safe_load(path.read_text()):
        if unknown := set(row) - KEYS:
            raise SystemExit(f"{path}: {row.get('case')}: unknown keys {sorted(unknown)}")
        account = hashlib.sha256(row["case"].encode()).hexdigest()[:32]
        text = json.dumps(row["bodies"]).replace('"ACCOUNT"', f'"{account}"')
        pages = row["documented_by"]
        found.append(Case(row["case"], [pages] if isinstance(pages, str) else pages, row["manifest"],
                          [comparable(each) for each in json.loads(text)], row["held"],
                          row.get("warning", ""), account,
                          [dict(each, account=account) for each in row.get("instances", [])]))
    return found


def comparable(body):
    """A body with what has no order in one order, and without authzd's marker."""
    body = json.loads(json.dumps(body))
    for side in ("subject", "resource"):
        body[side]["attributes"].sort(key=lambda each: each["key"])
    body["control"]["grant"]["roles"].sort(key=lambda each: each["role_id"])
    body["description"] = MARKER.sub("", body.get("description", ""))
    if not body["description"]:
        del body["description"]
    return body


def text_of(body):
    return json.dumps(body, sort_keys=True)


def _value(body, side, key):
    return next((each["value"] for each in body[side]["attributes"] if each["key"] == key), None)


def _words(text):
    return re.sub("[^a-z]", "", text.lower())


# Two roles whose CRN is published with other words than their name.
CRN_WORDS = {"MemberManage": "Groups Service Member Manage"}


def undocumented(case, pairs):
    """Why IBM's pages do not say so: empty where they do. A page of the provider documents itself."""
    if all(page.startswith("IBM-Cloud/terraform-provider-ibm/") for page in case.documented_by):
        return ""
    for body in case.bodies:
        roles = sorted(each["role_id"].rpartition(":")[2] for each in body["control"]["grant"]["roles"])
        if not any(_is_of(body, roles, case, pair) for pair in pairs):
            return f"no pair has {_value(body, 'subject', 'serviceName')} → " \
                   f"{_value(body, 'resource', 'serviceName')} : {', '.join(roles)}"
    return ""


def _is_of(body, roles, case, pair):
    if pair["documented_by"] not in case.documented_by:
        return False
    source, target = pair["source"], pair["target"]
    wanted = sorted(pair["roles"] + ["Authorization Delegator"] * pair.get("delegate", False), key=_words)
    told = sorted((CRN_WORDS.get(each, each) for each in roles), key=_words)
    names = {each["key"] for each in body["resource"]["attributes"]} - {"serviceName", "accountId", "resourceType"}
    return (_value(body, "subject", "serviceName") == source["service"]
            and _value(body, "subject", "resourceType") == source.get("resourceType")
            and (_value(body, "subject", "accountId") != case.account) == (source.get("account") == "other")
            and _value(body, "resource", "serviceName") == target.get("service")
            and set(target.get("attributes", [])) == names
            and [_words(each) for each in wanted] == [_words(each) for each in told])
