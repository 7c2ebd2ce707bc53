# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""An iam-sandbox for the benchmarks, the manifests that it is filled by, and a daemon on both."""
import json
import pathlib
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

ACCOUNT = "a1234567a1234567a1234567a1234567"
KEY = "bench-api-key"
ROLE, OTHER_ROLE = "Reader", "Authorization Delegator"  # what is offered for server-protect → kms
TARGETS = 10  # a document
DOCUMENTS = 20  # a file


def write_manifests(directory, grants, role=ROLE, first_role=None):
    """A fresh directory with that many grants; `first_role` is that of the first one alone."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    sizes = [1] if grants else []
    sizes += [min(TARGETS, grants - at) for at in range(1, grants, TARGETS)]
    documents, number = [], 0
    for index, size in enumerate(sizes):
        lines = ["apiVersion: authzd/v1", "kind: Authorization",
                 f"metadata: {{name: bench-{index}, labels: {{team: bench}}}}", "spec:",
                 "  description: Block volumes use customer-managed keys.",
                 "  source: {service: server-protect}", "  targets:"]
        for _ in range(size):
            lines.append(f"    - {{service: kms, instance: 51042d7f-f0df-4915-bd39-{number:012x}}}")
            number += 1
        lines.append(f"  roles: [{first_role if index == 0 and first_role else role}]")
        documents.append("\n".join(lines) + "\n")
    for at in range(0, len(documents), DOCUMENTS):
        text = "---\n".join(documents[at:at + DOCUMENTS])
        (directory / f"part-{at // DOCUMENTS:03}.yaml").write_text(text)
    return directory


class Sandbox:
    """A running iam-sandbox with one account and one key; a context manager that ends it."""

    def __init__(self, build, work, *switches):
        self.build = build
        seed = work / "seed.json"
        seed.write_text(json.dumps({
            "accounts": [{"id": ACCOUNT, "name": "Bench"}],
            "api_keys": [{"key": KEY, "account": ACCOUNT, "name": "authzd",
                          "iam_id": "iam-ServiceId-11111111-2222-4333-8444-555555555555"}]}))
        options = [f"--set={each}" for each in ("quota=100000", *switches)]
        self.process = subprocess.Popen(
            [build / "daemon/sandbox/iam-sandbox", "--quiet", "--listen=127.0.0.1:0",
             f"--seed={seed}", *options], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.url = found.group()
                return
        raise SystemExit("report.py: the sandbox did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, path, body=None, **form):
        data = json.dumps(body).encode() if body is not None else None
        if form:
            data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(self.url + path, data) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def token(self):
        return self.ask("/identity/token", apikey=KEY,
                        grant_type="urn:ibm:params:oauth:grant-type:apikey")["access_token"]

    def log(self):
        return self.ask("/sandbox/v1/log")["requests"]

    def delay(self, milliseconds):
        """Every call for a policy takes that long from now on."""
        self.ask("/sandbox/v1/faults", {"path": "/policies", "times": 0, "perform": True,
                                        "delay_ms": milliseconds})

    def list_url(self):
        return (f"{self.url}/v2/policies?account_id={ACCOUNT}&type=authorization"
                "&format=include_last_permit")

    def environment(self, manifests):
        return {"IBMCLOUD_IAM_API_ENDPOINT": self.url, "IBMCLOUD_API_KEY": KEY,
                "BENCH_ACCOUNT": ACCOUNT, "BENCH_MANIFESTS": str(manifests)}

    def plan_command(self, manifests):
        return [self.build / "daemon/cli/authzd", "plan", "--manifests", manifests, "--account",
                ACCOUNT, "--owner", "bench", "--allow-empty-account"]

    def daemon(self, work, manifests):
        """The real daemon, a cycle every 5 s."""
        (work / "key").write_text(KEY)
        (work / "key").chmod(0o600)
        (work / "authzd.yaml").write_text(f"""apiVersion: authzd/v1
kind: Configuration
owner: bench
mode: sync
interval: 5s
source: {{directory: {{path: {manifests}}}}}
state: {work}/state.db
admin: {{socket: {work}/admin.sock}}
iam: {{endpoint: {self.url}, allowEmptyAccount: true}}
accounts:
  - {{name: bench, id: {ACCOUNT}, auth: {{apiKeyFile: {work}/key}}}}
""")
        return subprocess.Popen([self.build / "daemon/cli/authzd", "run", "--log-level=warning",
                                 "--config", work / "authzd.yaml"])

    def wait_for_cycles(self, number):
        """Until so many cycles began since now, and the last of them has had time to end."""
        def lists():
            return sum(each["method"] == "GET" and "/v2/policies?" in each["target"]
                       for each in self.log())
        begun = lists()
        while lists() < begun + number:
            time.sleep(0.2)
        time.sleep(1.5)
