#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong with Terraform's ibm_iam_authorization_policy, and not here: each row of the
table in daemon/docs/coming-from.md, by the built authzd against the sandbox. usage: terraform.py BUILD-DIRECTORY"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from sandbox import start_sandbox

ACCOUNT = "a1234567a1234567a1234567a1234567"
ADA = "IBMid-270000ABCD"
READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader"
MANY = 1000  # authorizations


def grant(name="disks", source="{service: server-protect}", target="{service: kms}", description=""):
    told = f"  description: {description}\n" if description else ""
    return (f"apiVersion: authzd/v1\nkind: Authorization\nmetadata: {{name: {name}}}\nspec:\n{told}"
            f"  source: {source}\n  target: {target}\n  roles: [Reader]\n")


def policy(source, target, instance=None, description=""):
    """As in IAM; Reader."""
    def equals(key, value):
        return {"key": key, "operator": "stringEquals", "value": value}
    of = [equals("serviceInstance", instance)] if instance else []
    return {"type": "authorization", "description": description,
            "subject": {"attributes": [equals("serviceName", source), equals("accountId", ACCOUNT)]},
            "resource": {"attributes": [equals("serviceName", target), equals("accountId", ACCOUNT), *of]},
            "control": {"grant": {"roles": [{"role_id": READER}]}}}


class Terraform(unittest.TestCase):
    build: pathlib.Path

    def start(self, *policies):
        """A sandbox whose account has these policies of Ada's, and an installation of authzd."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        (self.work / "manifests").mkdir()
        (self.work / "key").write_text("a-key")
        (self.work / "key").chmod(0o600)
        others = [policy("cloudcerts", "internet-svcs"), *policies]
        (self.work / "seed.json").write_text(json.dumps({
            "accounts": [{"id": ACCOUNT, "name": "Terraform"}],
            "api_keys": [{"key": "a-key", "account": ACCOUNT, "name": "authzd", "iam_id": "iam-ServiceId-1"}],
            "policies": [{"created_by_id": ADA, "policy": each} for each in others]}))
        sandbox, self.iam = start_sandbox(self.build, self.work / "seed.json")
        self.addCleanup(sandbox.stdout.close)
        self.addCleanup(sandbox.wait)
        self.addCleanup(sandbox.terminate)
        (self.work / "authzd.yaml").write_text(json.dumps({
            "apiVersion": "authzd/v1", "kind": "Configuration", "owner": "platform", "mode": "sync",
            "source": {"directory": {"path": f"{self.work}/manifests"}, "quiet": "0s"},
            "state": f"{self.work}/state.db", "admin": {"socket": f"{self.work}/admin.sock"},
            "rails": {"removalGrace": {"for": "0s"}, "maxDeletePercent": 100}, "iam": {"endpoint": self.iam},
            "accounts": [{"name": "prod", "id": ACCOUNT, "auth": {"apiKeyFile": f"{self.work}/key"},
                          "allowEmpty": True}]}))

    def manifest(self, text):
        (self.work / "manifests/grants.yaml").write_text(text)

    def authzd(self, *words):
        """(exit code, standard output)"""
        done = subprocess.run([self.build / "daemon/cli/authzd", *words, "--config", self.work / "authzd.yaml"],
                              capture_output=True, stdin=subprocess.DEVNULL, text=True, timeout=120)
        self.said = done.stdout + done.stderr
        return done.returncode, done.stdout

    def apply(self, expected=0):
        code, out = self.authzd("apply", "--yes")
        self.assertEqual(code, expected, self.said)
        return out

    def apply_as_read(self, expected=0):
        """Approves what rails hold, by the hash of the plan that was read."""
        _, out = self.authzd("plan", "--output", "json")
        code, out = self.authzd("apply", "--plan-hash", json.loads(out)["hash"])
        self.assertEqual(code, expected, self.said)
        return out

    def nothing_to_do(self):
        writes = self.ask("counters")["writes"]
        self.assertIn("Nothing to do", self.apply())
        self.assertEqual(self.ask("counters")["writes"], writes)

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.iam}/sandbox/v1/{path}", data) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def ours(self):
        return [each for each in self.ask("policies")["policies"]
                if each["state"] == "active" and "(authzd: platform/" in each.get("description", "")]

    def test_a_refused_delete_is_not_reported_as_done(self):
        self.start()
        self.manifest(grant())
        self.apply()
        self.manifest("")
        self.ask("faults", {"method": "DELETE", "path": "/policies/", "times": 0, "status": 403, "body": {
            "errors": [{"code": "insufficent_permissions", "message": "not allowed"}], "status_code": 403}})
        out = self.apply_as_read(expected=1)
        self.assertIn("0 deleted; 1 failed", out)
        self.assertEqual(len(self.ours()), 1)
        self.assertEqual(self.authzd("plan", "--detailed-exitcode")[0], 3, "it is still to be done")

    def test_a_lost_reply_leaves_one_policy_that_is_known(self):
        self.start()
        self.manifest(grant())
        self.ask("faults", {"method": "POST", "path": "/v2/policies", "perform": True, "cut": "before_reply"})
        self.assertIn("1 created", self.apply())
        self.assertEqual(len(self.ours()), 1)
        self.nothing_to_do()

    def test_a_policy_that_is_there_already_is_no_error_and_is_taken_over_by_its_id(self):
        self.start(policy("server-protect", "kms"))
        self.manifest(grant())
        before = {each["id"] for each in self.ask("policies")["policies"]}
        self.assertIn("already grants this", self.apply())
        self.assertEqual(self.ours(), [])
        code, _ = self.authzd("apply", "--yes", "--adopt", "identical")
        self.assertEqual(code, 0, self.said)
        self.assertEqual(len(self.ours()), 1)
        self.assertEqual({each["id"] for each in self.ask("policies")["policies"]}, before)

    def test_a_grant_of_any_resource_group_is_not_replaced_at_each_apply(self):
        self.start()
        self.manifest(grant(source='{resourceGroup: "*"}', target="{service: cloud-object-storage}"))
        self.apply_as_read()
        made = self.ours()
        self.assertEqual(len(made), 1)
        self.nothing_to_do()
        self.assertEqual(self.ours(), made)

    def test_a_description_alone_is_sent(self):
        self.start()
        self.manifest(grant(description="for volumes"))
        self.apply()
        id_ = self.ours()[0]["id"]
        self.manifest(grant(description="for volumes of the data centre"))
        self.assertIn("1 updated", self.apply())
        self.assertEqual(self.ours()[0]["id"], id_)
        self.assertTrue(self.ours()[0]["description"].startswith("for volumes of the data centre"))
        self.nothing_to_do()

    def test_a_plan_asks_for_pages_and_not_for_each_policy(self):
        instances = [f"51042d7f-f0df-4915-bd39-{number:012x}" for number in range(MANY)]
        self.start(*(policy("server-protect", "kms", each) for each in instances))
        targets = "".join(f"    - {{service: kms, instance: {each}}}\n" for each in instances)
        self.manifest("apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks}\nspec:\n"
                      f"  source: {{service: server-protect}}\n  targets:\n{targets}  roles: [Reader]\n")
        code, out = self.authzd("plan", "--output", "json")
        self.assertEqual(code, 0, self.said)
        self.assertEqual(json.loads(out)["counts"]["create"], 0)
        asked = self.ask("log")["requests"]
        pages = [each for each in asked if each["target"].startswith("/v2/policies?")]
        self.assertLessEqual(len(pages), MANY // 100 + 1)
        rest = sorted(each["target"].partition("?")[0] for each in asked if each not in pages)
        self.assertEqual(rest, ["/identity/token", "/v2/roles"])


if __name__ == "__main__":
    Terraform.build = pathlib.Path(sys.argv.pop()).resolve()
    unittest.main()
