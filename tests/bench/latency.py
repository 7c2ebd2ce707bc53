# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""How long a person waits: from a push to the write that it asks for, and from a poke to a repair.

A daemon on a repository of its own, which only hooks and pokes wake: its interval is an hour.
"""
import hashlib
import hmac
import os
import shutil
import signal
import socket
import statistics
import subprocess
import time
import urllib.request

from sandbox import ACCOUNT, KEY, write_manifests

HOOK_SECRET = "a-secret-for-the-hooks"
POKE_GAP = 5  # seconds: at most one cycle each, for all pokes
GRANTS = 100


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Watched:
    """The daemon, its repository and its sandbox; a context manager that ends all but the sandbox."""

    def __init__(self, sandbox, work):
        self.sandbox, self.work = sandbox, work / "latency"
        self.work.mkdir()
        self.git_port, self.port = free_port(), free_port()
        self.author = self.work / "author"
        self.git("init", "-q", "--bare", "-b", "main", self.work / "served/manifests.git", cwd=work)
        self.git("init", "-q", "-b", "main", self.author, cwd=work)
        self.git("remote", "add", "origin", self.work / "served/manifests.git")
        self.served = subprocess.Popen(
            ["git", "daemon", "--reuseaddr", "--export-all", "--listen=127.0.0.1",
             f"--port={self.git_port}", f"--base-path={self.work}/served"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.push(GRANTS)
        self.daemon = subprocess.Popen(
            [sandbox.build / "daemon/cli/authzd", "run", "--log-level=warning",
             "--config", self.configuration()])
        self.wait_for_write("POST", GRANTS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.terminate()
        self.daemon.wait()
        os.killpg(self.served.pid, signal.SIGTERM)
        self.served.wait()

    def git(self, *args, cwd=None):
        subprocess.run(["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", *args],
                       cwd=cwd or self.author, check=True, stdout=subprocess.DEVNULL)

    def push(self, grants):
        manifests = write_manifests(self.work / "fresh", grants)
        shutil.copytree(manifests, self.author / "manifests", dirs_exist_ok=True)
        self.git("add", "-A")
        self.git("commit", "-qm", "change")
        self.git("push", "-q", "origin", "HEAD:main")

    def configuration(self):
        for name, text in (("key", KEY), ("hook", HOOK_SECRET)):
            (self.work / name).write_text(text)
            (self.work / name).chmod(0o600)
        path = self.work / "authzd.yaml"
        path.write_text(f"""apiVersion: authzd/v1
kind: Configuration
owner: bench
mode: sync
interval: 1h
settle: 1s
source:
  git: {{url: "git://127.0.0.1:{self.git_port}/manifests.git", path: manifests}}
state: {self.work}/state.db
admin: {{socket: {self.work}/admin.sock, listen: "127.0.0.1:{self.port}",
         hookSecretFile: {self.work}/hook}}
iam: {{endpoint: "{self.sandbox.url}", allowEmptyAccount: true}}
rails: {{maxCreate: {GRANTS + 100}}}
accounts:
  - {{name: bench, id: {ACCOUNT}, auth: {{apiKeyFile: {self.work}/key}}}}
""")
        return path

    def writes(self, method):
        return [each for each in self.sandbox.log()
                if each["method"] == method and "/v2/policies" in each["target"]]

    def wait_for_write(self, method, number, seconds=60):
        """Until so many writes were sent in all."""
        end = time.monotonic() + seconds
        while len(self.writes(method)) < number:
            if time.monotonic() > end:
                raise SystemExit(f"report.py: no {method} within {seconds} s")
            time.sleep(0.01)

    def hook(self):
        body = f'{{"ref":"refs/heads/main","n":{time.monotonic_ns()}}}'.encode()
        signature = hmac.new(HOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/hook/github", body,
                                         {"X-Hub-Signature-256": "sha256=" + signature})
        with urllib.request.urlopen(request) as reply:
            reply.read()

    def push_to_write(self, times=3):
        """Seconds, the median: a new grant is pushed, its hook sent, and its policy created."""
        took = []
        for number in range(1, times + 1):
            time.sleep(POKE_GAP + 1)
            self.push(GRANTS + number)
            begun = time.monotonic()
            self.hook()
            self.wait_for_write("POST", GRANTS + number)
            took.append(time.monotonic() - begun)
        return statistics.median(took)

    def poke_to_repair(self, times=3):
        """Seconds, the median: somebody edits a policy, and a poke has it put back. Each time another
        one: a write that is needed again and again backs off."""
        took = []
        policies = [each for each in self.sandbox.ask("/sandbox/v1/policies")["policies"]
                    if each["state"] == "active"]
        for policy in policies[:times]:
            time.sleep(POKE_GAP + 1)
            before = len(self.writes("PUT"))
            self.sandbox.ask(f"/sandbox/v1/policies/{policy['id']}",
                             {"as": "IBMid-somebody", "description": "edited"})
            begun = time.monotonic()
            self.daemon.send_signal(signal.SIGHUP)
            self.wait_for_write("PUT", before + 1)
            took.append(time.monotonic() - begun)
        return statistics.median(took)
