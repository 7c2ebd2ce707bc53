# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""One account in the sandbox, the manifests for it, and the installations that use it: ours, a copy of it
on a second host, and one of another owner."""
import json
import pathlib
import random
import re
import shutil
import subprocess
import time

from disk import Disk
from installation import ACCOUNT, Installation
from record import judge_record
from sources import Directory, Repository
from tap import Tap
from witness import Promises, Witness, owner_of

OWNER, STRANGER = "chaos", "stranger"
MAIN_KEY, TWIN_KEY, STRANGER_KEY, READER_KEY = "main-key", "twin-key", "stranger-key", "reader-key"
STABLE, VOLATILE = range(0, 4), range(4, 16)  # numbers of grants: never changed, changed at will
PROTECTED = range(16, 18)  # whose manifests are removed now and then
STRANGERS = range(200, 206)
MAX_DELETE, WINDOW, SLACK = 3, 25.0, 10.0  # the last two in seconds
ROLE_WORDS = {"Reader": {"Reader"}, "Reader, Authorization Delegator": {"Reader", "AuthorizationDelegator"}}


def instance(number: int) -> str:
    return f"51042d7f-f0df-4915-bd39-{number:012x}"


def _attributes(**named):
    return {"attributes": [{"key": key, "operator": "stringEquals", "value": value}
                           for key, value in named.items()]}


def foreign_policies() -> list[dict]:
    """The policies of other people, another installation, a service and a template."""
    def policy(number: int, description: str, **more):
        return {"policy": {"type": "authorization", "description": description,
                           "subject": _attributes(serviceName="server-protect", accountId=ACCOUNT),
                           "resource": _attributes(serviceName="kms", accountId=ACCOUNT,
                                                   serviceInstance=instance(number)),
                           "control": {"grant": {"roles": [
                               {"role_id": "crn:v1:bluemix:public:iam::::serviceRole:Reader"}]}}},
                "created_by_id": "IBMid-somebody", **more}
    return [policy(100, "made in the console"),
            policy(101, "ours (authzd: other/g101#0123456789ab)"),
            policy(102, "by a service", created_by_id="crn:v1:bluemix:public:kms:::::"),
            policy(103, "by a template", template={"id": "t1", "version": "1"}),
            policy(104, "(authzd: chaos/g104#000000000000)")]


def manifest(number: int, roles: str) -> str:
    protect = "  protect: true\n" if number in PROTECTED else ""
    return (f"apiVersion: authzd/v1\nkind: Authorization\nmetadata: {{name: g{number:03}}}\n"
            f"spec:\n  source: {{service: server-protect}}\n"
            f"  target: {{service: kms, instance: {instance(number)}}}\n  roles: [{roles}]\n{protect}")


def files_of(grants: dict[int, str]) -> dict[str, str]:
    return {f"g{number:03}.yaml": manifest(number, roles) for number, roles in grants.items()}


class World:
    def __init__(self, build: pathlib.Path, work: pathlib.Path, seed: int):
        self.build, self.work, self.chance = build, work, random.Random(seed)
        self.story: list[str] = []
        self.grants = {number: "Reader" for number in (*STABLE, *VOLATILE[:6], *PROTECTED)}
        self.sandbox, url = self._start_sandbox()
        self.tap = Tap(url, self.chance.randrange(1 << 30))
        self.untouched = self.tap.policies()
        self.promises = Promises(
            owners={MAIN_KEY: OWNER, TWIN_KEY: OWNER, STRANGER_KEY: STRANGER}, reading_keys={READER_KEY},
            max_delete=MAX_DELETE, window=WINDOW, slack=SLACK, untouchable=set(self.untouched),
            always_wanted={instance(number) for number in STABLE},
            protected={instance(number) for number in PROTECTED})
        self.installations: list[Installation] = []
        is_git = self.chance.random() < 0.4 and Repository.is_there()
        source = (Repository if is_git else Directory)(work / "manifests")
        self.story.append(f"manifests in: {source.kind}")
        self.main = self.install("main", OWNER, MAIN_KEY, source)
        self.disk = Disk(self.main.state)
        self.publish()

    def _start_sandbox(self) -> tuple[subprocess.Popen, str]:
        identity = "iam-ServiceId-11111111-2222-4333-8444-555555555555"
        stranger = "iam-ServiceId-22222222-2222-4333-8444-555555555555"
        (self.work / "seed.json").write_text(json.dumps({
            "accounts": [{"id": ACCOUNT, "name": "Chaos"}],
            "api_keys": [{"key": key, "account": ACCOUNT, "name": key,
                          "iam_id": stranger if key == STRANGER_KEY else identity}
                         for key in (MAIN_KEY, READER_KEY, TWIN_KEY, STRANGER_KEY)],
            "policies": foreign_policies()}))
        process = subprocess.Popen(
            [self.build / "daemon/sandbox/iam-sandbox", "--quiet", "--listen=127.0.0.1:0",
             f"--seed={self.work}/seed.json", f"--seed-random={self.chance.randrange(1 << 30)}"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return process, found.group()
        raise SystemExit("chaos: the sandbox did not start")

    # ── installations ───────────────────────────────────────────────────────────────────────────
    def install(self, name: str, owner: str, key: str, source) -> Installation:
        made = Installation(self.build / "daemon/cli/authzd", self.work / name, self.tap, source,
                            self.promises, owner, key)
        made.rails = self.rails()
        made.write_config()
        self.installations.append(made)
        return made

    def named(self, name: str, owner: str, key: str) -> Installation:
        """That installation, created on first use."""
        for each in self.installations:
            if each.name == name:
                return each
        return self.install(name, owner, key, Directory(self.work / f"{name}-manifests"))

    def twin(self) -> Installation:
        return self.named("twin", OWNER, TWIN_KEY)

    def stranger(self) -> Installation:
        return self.named("stranger", STRANGER, STRANGER_KEY)

    @staticmethod
    def rails(are_off: bool = False) -> str:
        counts = "window: 1s, maxDelete: 1000" if are_off else f"window: {WINDOW:g}s, maxDelete: {MAX_DELETE}"
        return (f"{counts}, maxDeletePercent: 100, maxUpdate: 1000, maxCreate: 1000, holdUsedWithin: 0s, "
                "removalGrace: {for: 0s}, holdDelegators: false")

    # ── what is wanted, and what is there ───────────────────────────────────────────────────────
    def publish(self) -> None:
        self.main.source.publish(files_of(self.grants))

    def change_volatile(self, share: float = 0.3) -> None:
        for number in VOLATILE:
            if self.chance.random() < share:
                if number in self.grants and self.chance.random() < 0.6:
                    del self.grants[number]
                else:
                    self.grants[number] = self.chance.choice(sorted(ROLE_WORDS))

    def wanted(self) -> dict[str, set[str]]:
        return {instance(number): ROLE_WORDS[roles] for number, roles in self.grants.items()}

    def ours(self) -> dict[str, dict]:
        return {policy_id: policy for policy_id, policy in self.tap.policies().items()
                if policy_id not in self.untouched and owner_of(policy) != STRANGER}

    def take_away_forged_markers(self) -> None:
        """Only a person may repair a policy that someone marked as another installation's."""
        for policy_id, policy in self.tap.policies().items():
            if policy_id not in self.untouched and owner_of(policy) == "other":
                self.tap.edit_by_hand(policy_id, {"state": "deleted"})

    # ── the verdict ─────────────────────────────────────────────────────────────────────────────
    def judge(self) -> list[str]:
        journal = list(self.tap.journal)
        wrong = Witness(self.promises).judge(journal)
        for each in self.installations:
            wrong += judge_record(each.audit_log(), journal, {each.key}, each.has_whole_chain)
        return wrong

    def tell_story(self) -> None:
        (self.work / "story").write_text("\n".join(self.story) + "\n")

    def tell(self) -> None:
        """What is stored about a world."""
        self.tell_story()
        (self.work / "journal").write_text("".join(
            f"{each.at:.2f} {each.key} {each.method} {each.path} {each.status}\n" for each in self.tap.journal))
        if self.disk.is_own:  # it disappears with its namespace
            shutil.copytree(self.main.state, self.work / "main" / "state.kept", dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("ballast"))

    def close(self) -> None:
        for each in self.installations:
            each.close()
            each.source.close()
        self.disk.close()
        self.tap.stop()
        self.sandbox.terminate()
        self.sandbox.wait()
