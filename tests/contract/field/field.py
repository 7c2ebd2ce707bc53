#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Authorizations that IBM documents, each through all that a user does with it, from outside: the
built authzd as processes of their own against the built sandbox, which offers here only the pairs and
roles that IBM documents.

usage: field.py BUILD-DIRECTORY CASES.yaml

A case has the page of IBM's, or the module of IBM's, that documents it (`documented_by`, as in
daemon/data/pairs.json), a `manifest`, the `bodies` that IAM must get (POST /v2/policies, all of it but
authzd's marker; ACCOUNT is the account itself), the rails that must hold its create and its delete
(`held`), where it is right but unusual, what `validate` says (`warning`), and the `instances` that its
account has, where it calls any by name. The CRN of a role is
the published one, else the one by IBM's naming. Each case has an account whose state is new, and in
which somebody has an authorization already. The steps are the same for all:

  validate     says nothing against it, or the one warning
  plan         creates exactly these bodies; where a rail holds them, it is the one that is named
  apply        sends exactly these bodies; what was held goes by the hash of the plan that was read
  apply again  nothing to do, and nothing is sent
  list         shows each policy, as the IBM Cloud CLI does
  export       gives manifests that plan to "nothing to do"
  drift        somebody changes roles and text: the plan names him, and the bodies are sent again
  delete       without its manifest, it is deleted: once approved, of the first case each hold by
               itself, of the others the plan as a whole
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

import cases
import recorder

TREE = pathlib.Path(__file__).resolve().parents[3]
OWNER, SOMEBODY = "field", "IBMid-270000ABCD"
PLATFORM = [f"crn:v1:bluemix:public:iam::::role:{each}" for each in ("Viewer", "Operator", "Editor")]
UNTOUCHED = ("cloudcerts", "internet-svcs")  # what the account has already


class Field:
    def __init__(self, build, path, work):
        self.cases = {each.name: each for each in cases.load(path)}
        self.work, self.authzd = work, build / "daemon/cli/authzd"
        self.failures = collections.defaultdict(list)
        self.sandbox, self.url = start_sandbox(build, work, self.cases.values())
        self.recorder = recorder.Recorder(self.url)

    def stop(self):
        self.recorder.stop()
        self.sandbox.terminate()
        self.sandbox.wait()
        self.sandbox.stdout.close()

    # ── what is asked of authzd and of the sandbox ──
    def call(self, *words, config="authzd.yaml"):
        """(exit code, standard output, standard error) of authzd with these words."""
        options = [] if config is None else ["--config", self.work / config]
        done = subprocess.run([self.authzd, *words, *options], cwd=self.work, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def plan(self, config="authzd.yaml"):
        code, out, err = self.call("plan", "--detailed-exitcode", "--output", "json", config=config)
        try:
            document = json.loads(out)
        except json.JSONDecodeError:
            raise SystemExit(f"plan ended with {code}: {err or out}") from None
        listed = document["accounts"] if "accounts" in document else [document]
        return code, {each["account"]["name"]: each for each in listed}

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(self.url + path, data) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def truth(self):
        """What the sandbox holds by case: policies that are active."""
        by_account = {each.account: name for name, each in self.cases.items()}
        found = collections.defaultdict(list)
        for policy in self.ask("/sandbox/v1/policies")["policies"]:
            account = next(each["value"] for each in policy["resource"]["attributes"] if each["key"] == "accountId")
            if policy["state"] == "active":
                found[by_account[account]].append(policy)
        return found

    # ── what is expected ──
    def expect(self, name, step, is_so, what):
        if not is_so:
            self.failures[name].append(f"{step}: {what}")

    def same(self, name, step, found, wanted):
        self.expect(name, step, found == wanted, f"{show(found)}\n    expected {show(wanted)}")

    def sent(self, method):
        """Bodies of this method by case, since the last time; other writes are failures."""
        by_account = {each.account: name for name, each in self.cases.items()}
        found = collections.defaultdict(list)
        for write in self.recorder.take():
            if write.method != method or write.status not in (200, 201, 204):
                raise SystemExit(f"{write.method} {write.path} was answered with {write.status}: {write.body}")
            if write.body:
                account = next(each["value"] for each in write.body["resource"]["attributes"]
                               if each["key"] == "accountId")
                found[by_account[account]].append(write.body)
        return found

    def apply_as_planned(self, plans):
        """What no rail holds, and then what was held, by the hashes of these plans."""
        held = [each["hash"] for each in plans.values() if each["held"]]
        code, _, err = self.call("apply", "--yes")
        if code not in (0, 3):
            raise SystemExit(f"apply ended with {code}: {err}")
        if held:
            code, out, err = self.call("apply", *(word for each in held for word in ("--plan-hash", each)))
            if code != 0:
                raise SystemExit(f"apply of the plan that was read ended with {code}: {out}{err}")

    # ── the steps ──
    def documented(self):
        pairs = json.loads((TREE / "daemon/data/pairs.json").read_text())
        for name, case in self.cases.items():
            why = cases.undocumented(case, pairs)
            self.expect(name, "documented_by", not why, why)

    def validate(self):
        """In as few calls as can be: two cases that grant the same are a mistake within one call."""
        batches = []
        for name, case in self.cases.items():
            keys = {key_of(each, case.account) for each in case.bodies}
            batch = next((each for each in batches if not each["keys"] & keys), None)
            if batch is None:
                batches.append(batch := {"keys": set(), "folder": self.work / f"batch{len(batches)}"})
                batch["folder"].mkdir()
            batch["keys"] |= keys
            (batch["folder"] / f"{name}.yaml").write_text(case.manifest)
        told = [self.call("validate", each["folder"], config=None) for each in batches]
        text = "".join(err for _, _, err in told)
        for name, case in self.cases.items():
            said = re.findall(rf"/{name}\.yaml:\d+:\d+: (.*)", text)
            wanted = [each for each in said if case.warning and each.startswith("warning: ") and case.warning in each]
            self.expect(name, "validate", said == wanted and len(said) == bool(case.warning), f"it says {said}")
        if any(code for code, _, _ in told):
            raise SystemExit(f"validate: {text}")

    def create(self):
        _, plans = self.plan()
        for name, case in self.cases.items():
            planned = plans[name]["actions"]
            self.same(name, "plan", bodies(each["body"] for each in planned), bodies(case.bodies))
            self.expect(name, "plan", {each["verb"] for each in planned} == {"create"}, "it does more than create")
            self.same(name, "plan, held by", rails(planned), case.held.get("create", []))
        self.apply_as_planned(plans)
        sent = self.sent("POST")
        for name, case in self.cases.items():
            self.same(name, "apply", bodies(sent[name]), bodies(case.bodies))
            for each in sent[name]:
                marked = re.search(rf"\(authzd: {OWNER}/{name}#[0-9a-f]{{12}}\)$", each.get("description", ""))
                self.expect(name, "apply", marked, f"no marker of ours in {each.get('description')!r}")

    def rest(self):
        """Nothing to do, and nothing is sent."""
        code, out, _ = self.call("apply", "--yes")
        if code != 0 or self.recorder.take():
            raise SystemExit(f"the second apply ended with {code}, or wrote: {out}")
        code, plans = self.plan()
        for name in self.cases:
            self.expect(name, "apply again", plans[name]["nothingToDo"], show(plans[name]["actions"]))
            self.same(name, "apply again, drift", plans[name]["drift"], [])
        if code != 0:
            raise SystemExit(f"a plan with nothing to do ended with {code}")

    def show_and_export(self):
        truth, folder = self.truth(), self.work / "exported"
        for name, case in self.cases.items():
            _, out, _ = self.call("list", "--output", "json", "--account", name)
            listed = {each["id"]: each for each in json.loads(out)}
            self.same(name, "list", sorted(listed), sorted(each["id"] for each in truth[name]))
            for policy in truth[name]:
                shown = sorted(each["role_id"] for each in listed[policy["id"]]["roles"])
                self.same(name, "list", shown, sorted(role_ids(policy)))
            code, out, err = self.call("export", "--account", name)
            self.expect(name, "export", code == 0 and "none left out" in err, f"ended with {code}: {err}")
            (folder / name).mkdir(parents=True)
            (folder / name / "exported.yaml").write_text(out)
        code, plans = self.plan("exported.yaml")
        for name in self.cases:
            self.expect(name, "export and plan", plans[name]["nothingToDo"], show(plans[name]["actions"]))

    def drift(self):
        for name, policies in self.truth().items():
            for policy in (each for each in policies if is_ours(each)):
                other = next(each for each in PLATFORM if each not in role_ids(policy))
                text = "by hand " + policy["description"]
                self.ask(f"/sandbox/v1/policies/{policy['id']}", {
                    "as": SOMEBODY, "description": text, "control": {"grant": {"roles": [{"role_id": other}]}}})
        _, plans = self.plan()
        for name, case in self.cases.items():
            changed = plans[name]["actions"]
            self.same(name, "drift", [each["verb"] for each in changed], ["update"] * len(case.bodies))
            for each in changed:
                self.expect(name, "drift", SOMEBODY in json.dumps(each["drift"]), f"it does not say who: {each['drift']}")
        self.apply_as_planned(plans)
        sent = self.sent("PUT")
        for name, case in self.cases.items():
            wanted = bodies(case.bodies) if "description" in case.bodies[0] else \
                bodies({**each, "description": "by hand"} for each in case.bodies)
            self.same(name, "repair", bodies(sent[name]), wanted)

    def delete(self):
        for name in self.cases:
            (self.work / "manifests" / name / "manifest.yaml").unlink()
        _, plans = self.plan()
        for name, case in self.cases.items():
            gone = plans[name]["actions"]
            self.same(name, "delete", [each["verb"] for each in gone], ["delete"] * len(case.bodies))
            self.same(name, "delete, held by", rails(gone), case.held.get("delete", []))
        code, _, _ = self.call("apply", "--yes")
        if any(each["held"] for each in plans.values()) and code != 3:
            raise SystemExit(f"apply of held deletes ended with {code}")
        kept = self.truth()
        for name, case in self.cases.items():
            left = [each for each in kept[name] if is_ours(each)]
            wanted = len(case.bodies) if case.held.get("delete") else 0
            self.expect(name, "delete", len(left) == wanted, f"{len(left)} policies remain before approval, {wanted} expected")
        self.approve(next(iter(self.cases)))
        self.apply_as_planned(self.plan()[1])
        self.sent("DELETE")
        for name, policies in self.truth().items():
            self.expect(name, "delete", not any(map(is_ours, policies)), "it is still there")
            self.expect(name, "untouched", [services(each) for each in policies] == [UNTOUCHED],
                        "what somebody else has was touched")

    def approve(self, name):
        """Each hold of this case by its hash."""
        _, plans = self.plan()
        for each in sorted({hold["hash"] for action in plans[name]["actions"] for hold in action["holds"]}):
            code, out, err = self.call("approve", "--yes", each)
            if code != 0:
                raise SystemExit(f"approve {each} ended with {code}: {out}{err}")
        code, out, err = self.call("apply", "--yes", "--account", name)
        self.expect(name, "delete, approved", code == 0, f"apply ended with {code}: {out}{err}")


def start_sandbox(build, work, every):
    keys = [{"key": f"key-of-{each.name}", "account": each.account, "name": "authzd",
             "iam_id": "iam-ServiceId-11111111-2222-4333-8444-555555555555"} for each in every]
    seed = {"accounts": [{"id": each.account, "name": each.name} for each in every], "api_keys": keys,
            "instances": [instance for each in every for instance in each.instances],
            "policies": [{"created_by_id": SOMEBODY, "policy": of_somebody(each.account)} for each in every]}
    (work / "seed.json").write_text(json.dumps(seed))
    process = subprocess.Popen([build / "daemon/sandbox/iam-sandbox", "--quiet", "--strict",
                                "--listen=127.0.0.1:0", f"--seed={work}/seed.json"],
                               stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return process, found.group()
    raise SystemExit("the sandbox did not start")


def of_somebody(account):
    def side(service):
        return {"attributes": [{"key": "serviceName", "operator": "stringEquals", "value": service},
                               {"key": "accountId", "operator": "stringEquals", "value": account}]}
    return {"type": "authorization", "subject": side(UNTOUCHED[0]), "resource": side(UNTOUCHED[1]),
            "control": {"grant": {"roles": [{"role_id": "crn:v1:bluemix:public:iam::::serviceRole:Reader"}]}}}


def write_files(field):
    for name, case in field.cases.items():
        (field.work / "manifests" / name).mkdir(parents=True)
        (field.work / "manifests" / name / "manifest.yaml").write_text(case.manifest)
        key = field.work / f"{name}.key"
        key.write_text(f"key-of-{name}")
        key.chmod(0o600)
    for config, folder in (("authzd.yaml", "manifests"), ("exported.yaml", "exported")):
        accounts = [{"name": name, "id": case.account, "paths": [name], "allowEmpty": True,
                     "auth": {"apiKeyFile": f"{field.work}/{name}.key"}} for name, case in field.cases.items()]
        (field.work / config).write_text(json.dumps({
            "apiVersion": "authzd/v1", "kind": "Configuration", "owner": OWNER, "mode": "sync",
            "source": {"directory": {"path": f"{field.work}/{folder}"}, "quiet": "0s"},
            "state": f"{field.work}/{folder}.db", "admin": {"socket": f"{field.work}/admin.sock"},
            "iam": {"endpoint": field.recorder.url}, "accounts": accounts}))


def bodies(every):
    return sorted(cases.text_of(cases.comparable(each)) for each in every)


def rails(actions):
    return sorted({hold["rail"] for each in actions for hold in each["holds"]})


def role_ids(policy):
    return [each["role_id"] for each in policy["control"]["grant"]["roles"]]


def is_ours(policy):
    return f"(authzd: {OWNER}/" in policy.get("description", "")


def services(policy):
    return tuple(next((each["value"] for each in policy[side]["attributes"] if each["key"] == "serviceName"), "")
                 for side in ("subject", "resource"))


def key_of(body, account):
    """What is the same for two bodies of which an account takes one."""
    return json.dumps([body["subject"], body["resource"]], sort_keys=True).replace(account, "ACCOUNT")


def show(value):
    return value if isinstance(value, str) else json.dumps(value)[:1500]


def run(build, path, work):
    """The failures of each case, and what ended the run before its end, if anything did."""
    field = Field(build, path, work)
    try:
        write_files(field)
        for step in (field.documented, field.validate, field.create, field.rest, field.show_and_export,
                     field.drift, field.rest, field.delete):
            step()
    except SystemExit as ended:
        return field, str(ended)
    finally:
        field.stop()
    return field, ""


def main(build, path):
    with tempfile.TemporaryDirectory() as work:
        field, ended = run(pathlib.Path(build).resolve(), pathlib.Path(path), pathlib.Path(work))
    print(f"1..{len(field.cases)}")
    for number, name in enumerate(field.cases, 1):
        print(f"{'not ok' if ended or field.failures[name] else 'ok'} {number} - {name}")
        for each in field.failures[name]:
            print(f"  {each}")
    failed = len(field.cases) if ended else sum(map(bool, field.failures.values()))
    if ended:
        print(f"Bail out! {ended}")
    print(f"{len(field.cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} BUILD-DIRECTORY CASES.yaml")
    sys.exit(main(sys.argv[1], sys.argv[2]))
