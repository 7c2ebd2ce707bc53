# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Checks each write in the tap's journal against authzd's promises (daemon/docs/safety.md). It shares no
code with authzd, and gets its knowledge of the manifests from the driver."""
import dataclasses
import datetime
import re

from tap import Exchange

MARKER = re.compile(r"\(authzd: ([^/()]+)/([^#()]+)#[0-9a-f]{12}!?\)")


@dataclasses.dataclass
class Silence:
    """A period in which the processes with this key must not write."""

    key: str
    since: float
    why: str
    until: float = float("inf")

    def end(self, now: float) -> None:
        self.until = now


@dataclasses.dataclass
class Promises:
    """The rules of this world."""

    owners: dict[str, str]  # API key of the checked processes that may write → their owner
    reading_keys: set[str]  # of those that must not
    max_delete: int  # in `window`, without approval
    window: float  # seconds
    untouchable: set[str]  # ids of policies that others made before the start
    always_wanted: set[str]  # instances that every revision wants
    protected: set[str] = dataclasses.field(default_factory=set)  # instances under `protect`
    approved: list[tuple[str, float, set[str]]] = dataclasses.field(default_factory=list)
    forgotten: list[tuple[str, float]] = dataclasses.field(default_factory=list)
    silences: list[Silence] = dataclasses.field(default_factory=list)
    limits_until: float = float("inf")  # from here on the driver has disabled the counts
    # A write may come to us a moment after authzd has counted it; two writes that are that much nearer
    # to each other here than there are none in one window.
    slack: float = 0.0

    def approve(self, owner: str, when: float, ids: set[str]) -> None:
        """A person approved these, each once."""
        self.approved.append((owner, when, ids))


def owner_of(policy: dict) -> str:
    found = MARKER.findall(policy.get("description", ""))
    return found[-1][0] if found else ""


def instance_of(policy: dict) -> str:
    for each in policy["resource"]["attributes"]:
        if each["key"] == "serviceInstance":
            return str(each["value"])
    return ""


def roles_of(policy: dict) -> set[str]:
    return {each["role_id"] for each in policy["control"]["grant"]["roles"]}


def side(policy: dict, name: str) -> set[tuple]:
    return {(each["key"], each["operator"], str(each["value"])) for each in policy[name]["attributes"]}


def loses_access(before: dict | None, after: dict | None) -> bool:
    """The policy permitted something that it no longer permits. Attributes only narrow if they are added
    or changed; this world's grants differ in nothing else."""
    if before is None:
        return False
    if after is None:
        return True
    same_scope = side(after, "subject") <= side(before, "subject") and (
        side(after, "resource") <= side(before, "resource"))
    return not (roles_of(before) <= roles_of(after) and same_scope)


def is_judged(exchange: Exchange, promises: Promises) -> bool:
    keys = promises.reading_keys | set(promises.owners)
    return exchange.is_write() and bool(exchange.status) and exchange.key in keys


class Witness:
    def __init__(self, promises: Promises):
        self.promises = promises
        self.last_modified_by_us: dict[str, dict] = {}  # as our last write left it

    def judge(self, journal: list[Exchange]) -> list[str]:
        """Every broken promise, each as a sentence; empty: there is none."""
        wrong: list[str] = []
        losses: dict[str, list[tuple[float, str]]] = {}  # owner → when, which policy
        reads: set[tuple[str, str]] = set()  # (key, id) that were read since the last write
        for number, exchange in enumerate(journal):
            if exchange.method == "GET" and exchange.policy_id():
                reads.add((exchange.key, exchange.policy_id()))
            if not is_judged(exchange, self.promises):
                continue
            wrong += [f"write {number}: {sentence}" for sentence in
                      (*self._whether(exchange), *self._to_what(exchange), *self._how(exchange, reads))]
            reads.discard((exchange.key, exchange.policy_id()))
            owner = self.promises.owners.get(exchange.key, "")
            losses.setdefault(owner, []).extend((exchange.at, policy_id) for policy_id in self._lost(exchange))
            self._remember(exchange)
        for owner, lost in losses.items():
            wrong += self._rails(owner, lost)
        return wrong

    def _whether(self, exchange: Exchange):
        """May this process write now?"""
        if exchange.key in self.promises.reading_keys:
            yield f"a process that only reads sent {exchange.method} {exchange.path}"
        for silence in self.promises.silences:
            if silence.key == exchange.key and silence.since <= exchange.at < silence.until:
                yield f"{exchange.method} {exchange.path} was sent, though {silence.why}"

    def _to_what(self, exchange: Exchange):
        policy_id, promises = exchange.policy_id(), self.promises
        for each in sorted({*exchange.before, *exchange.after}):
            if exchange.before.get(each) == exchange.after.get(each):
                continue
            if each in promises.untouchable:
                yield f"policy {each}, which somebody else made, was changed by {exchange.method}"
            if policy_id and each != policy_id:
                yield f"{exchange.method} {exchange.path} changed {each}"
        before, after = exchange.before.get(policy_id), exchange.after.get(policy_id)
        if before is None:
            return
        if owner_of(before) not in ("", promises.owners.get(exchange.key)):
            yield f"policy {policy_id} of the owner {owner_of(before)} was written to"
        if after is None and instance_of(before) in promises.always_wanted and not self._is_changed(before):
            yield f"the policy of {instance_of(before)} was deleted, which every revision wants"
        if instance_of(before) in promises.protected and self._loss_of_ours(before, after):
            yield f"the protected policy of {instance_of(before)} lost access"

    def _how(self, exchange: Exchange, reads: set[tuple[str, str]]):
        policy_id = exchange.policy_id()
        if exchange.method in ("PUT", "PATCH") and not exchange.headers.get("if-match"):
            yield f"{exchange.method} {exchange.path} was sent without If-Match"
        if exchange.method in ("PUT", "DELETE") and (exchange.key, policy_id) not in reads:
            yield f"{exchange.method} {exchange.path} was sent without a read of the policy before it"

    def _is_changed(self, before: dict) -> bool:
        """Someone else changed it to something that no revision wants."""
        ours = self.last_modified_by_us.get(before["id"])
        return ours is not None and (roles_of(ours) != roles_of(before) or
                                     side(ours, "resource") != side(before, "resource") or
                                     side(ours, "subject") != side(before, "subject"))

    def _loss_of_ours(self, before: dict, after: dict | None) -> bool:
        """What others added manually may be removed: no revision granted it."""
        ours = self.last_modified_by_us.get(before["id"], before)
        return loses_access(before, after) and loses_access(ours, after)

    def _lost(self, exchange: Exchange):
        for policy_id, before in exchange.before.items():
            after = exchange.after.get(policy_id)
            if before != after and self._loss_of_ours(before, after):
                yield policy_id

    def _remember(self, exchange: Exchange):
        for policy_id, after in exchange.after.items():
            if exchange.before.get(policy_id) != after:
                self.last_modified_by_us[policy_id] = after

    def _rails(self, owner: str, losses: list[tuple[float, str]]) -> list[str]:
        """No more in any window than are allowed, except what was approved; a state that was lost or
        restored starts counting again, as its first deletes wait for a person."""
        promises = self.promises
        approvals = [(when, set(ids)) for whose, when, ids in promises.approved if whose == owner]
        forgotten = [when for whose, when in promises.forgotten if whose == owner]
        counted: list[tuple[float, int, str]] = []  # when, how often the state was forgotten by then, which
        for at, policy_id in losses:
            approval = next((ids for when, ids in approvals if when <= at and policy_id in ids), None)
            if at >= promises.limits_until:
                continue
            if approval is not None:
                approval.discard(policy_id)  # an approval covers an action once
            else:
                counted.append((at, sum(when <= at for when in forgotten), policy_id))
        width = promises.window - promises.slack
        for at, times, _ in counted:
            within = [each for each in counted if at <= each[0] < at + width and each[1] == times]
            if len(within) > promises.max_delete:
                start = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
                return [f"from {start:%H:%M:%S} on {len(within)} policies of {owner} lost access within "
                        f"{width:g} s without approval, {promises.max_delete} allowed"]
        return []


def judge_end(policies: dict[str, dict], wanted: dict[str, set[str]], owner: str,
              untouched: dict[str, dict]) -> list[str]:
    """The end, after a calm period: our policies match the manifests (instance → last parts of the roles'
    CRNs), and all others are unchanged."""
    ours: dict[str, list[set[str]]] = {}
    for policy in policies.values():
        if owner_of(policy) == owner and policy["id"] not in untouched:
            words = {role.rsplit(":", 1)[1] for role in roles_of(policy)}
            ours.setdefault(instance_of(policy), []).append(words)
    wrong = [f"{instance}: wanted {sorted(roles)}, IAM has {ours.get(instance)}"
             for instance, roles in sorted(wanted.items()) if ours.get(instance) != [roles]]
    wrong += [f"{instance}: nobody wants it, and it is there" for instance in sorted(set(ours) - set(wanted))]
    wrong += [f"policy {policy_id} of somebody else is not as it was"
              for policy_id, policy in untouched.items() if policies.get(policy_id) != policy]
    return wrong
