# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""A forged account, its journal and its audit log, as if authzd had written them: for the witness's
own test."""
import copy
import hashlib
import json

from tap import Exchange
from witness import Promises

OWNER, KEY, READER = "chaos", "main-key", "reader-key"
READER_ROLE = "crn:v1:bluemix:public:iam::::serviceRole:Reader"
DELEGATOR = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator"
WORDS = {"POST": "create", "PUT": "replace", "DELETE": "remove"}
VERBS = {"POST": "create", "PUT": "update", "DELETE": "delete"}


def policy(policy_id: str, owner: str = OWNER, roles=(READER_ROLE,)) -> dict:
    marker = f"text (authzd: {owner}/{policy_id}#0123456789ab)" if owner else "made in the console"
    attributes = [{"key": "serviceName", "operator": "stringEquals", "value": "kms"},
                  {"key": "serviceInstance", "operator": "stringEquals", "value": policy_id}]
    return {"id": policy_id, "state": "active", "description": marker,
            "subject": {"attributes": [{"key": "serviceName", "operator": "stringEquals", "value": "vpc"}]},
            "resource": {"attributes": attributes},
            "control": {"grant": {"roles": [{"role_id": role} for role in roles]}}}


class Forged:
    """`p0`…`p9` are ours, `theirs` is another's; `p0` is always wanted and `p1` protected."""

    def __init__(self):
        self.now = 1000.0
        self.policies = {f"p{number}": policy(f"p{number}", roles=(READER_ROLE, DELEGATOR))
                         for number in range(10)}
        self.policies["theirs"] = policy("theirs", owner="")
        self.policies["rival"] = policy("rival", owner="other")
        self.untouched = {name: copy.deepcopy(self.policies[name]) for name in ("theirs", "rival")}
        self.promises = Promises(owners={KEY: OWNER}, reading_keys={READER}, max_delete=2, window=20.0,
                                 slack=5.0, untouchable={"theirs"}, always_wanted={"p0"}, protected={"p1"})
        self.journal: list[Exchange] = []
        self.lines: list[str] = []

    # ── what authzd does ────────────────────────────────────────────────────────────────────────
    def delete(self, policy_id: str, **more) -> None:
        self.write("DELETE", policy_id, None, **more)

    def narrow(self, policy_id: str, **more) -> None:
        self.write("PUT", policy_id, policy(policy_id), **more)

    def create(self, policy_id: str, **more) -> None:
        self.write("POST", policy_id, policy(policy_id), **more)

    def write(self, method: str, policy_id: str, after: dict | None, key: str = KEY, is_read: bool = True,
              etag: str = "e1", is_announced: bool = True, also: dict | None = None) -> None:
        """`also`: further changes, id → policy or None."""
        self.now += 1.0
        path = "/v2/policies" if method == "POST" else f"/v2/policies/{policy_id}"
        if is_read and method != "POST":
            self.journal.append(Exchange(self.now, key, "GET", path, {}, None, 200))
        if is_announced:
            self.log("intent", method, "" if method == "POST" else policy_id, write=WORDS[method])
        before = copy.deepcopy(self.policies)
        for name, policy_after in {policy_id: after, **(also or {})}.items():
            self.policies.pop(name, None)
            if policy_after is not None:
                self.policies[name] = policy_after
        headers = {"if-match": etag} if method == "PUT" and etag else {}
        self.journal.append(Exchange(self.now, key, method, path, headers, None, 200, before,
                                     copy.deepcopy(self.policies)))
        if is_announced:
            self.log("outcome", method, policy_id, outcome="Done", wrote=True)

    def log(self, event: str, method: str, policy_id: str, **more) -> None:
        entry = {"event": event, "verb": VERBS[method], "policyId": policy_id, **more}
        before = hashlib.sha256(self.lines[-1].encode()).hexdigest() if self.lines else "0" * 64
        entry["chain"] = {"number": len(self.lines) + 1, "previous": before}
        self.lines.append(json.dumps(entry))

    # ── what others do ──────────────────────────────────────────────────────────────────────────
    def edit(self, policy_id: str, after: dict | None) -> None:
        before = copy.deepcopy(self.policies)
        self.policies.pop(policy_id, None)
        if after is not None:
            self.policies[policy_id] = after
        self.journal.append(Exchange(self.now, "", "BY HAND", f"/v2/policies/{policy_id}", {}, None, 200,
                                     before, copy.deepcopy(self.policies)))

    def audit_log(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)
