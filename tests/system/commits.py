#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the real daemon on a repository, with a chat and a forge of our own: who committed a change is
in status, in the run and in one message for both accounts, the forge shows the result beside the
commit, and nothing of that is repeated.
usage: commits.py BUILD-DIRECTORY"""
import http.server
import json
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from sandbox import start_sandbox

ACCOUNTS = {"prod": "a1234567a1234567a1234567a1234567", "test": "b1234567b1234567b1234567b1234567"}
PATIENCE = 60  # seconds, for every wait
TOKEN = "s3cret-token"
MANIFEST = """\
apiVersion: authzd/v1
kind: Authorization
metadata: {name: disks}
spec: {source: {service: server-protect}, target: {service: kms}, roles: [Reader]}
"""


class Outside(http.server.BaseHTTPRequestHandler):
    """The chat and the forge."""
    chat = queue.Queue()
    forge = queue.Queue()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/hooks/teams":
            self.chat.put(body)
        else:
            assert self.headers["Authorization"] == f"Bearer {TOKEN}", "the forge knows nobody else"
            self.forge.put((self.path, body))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_):
        pass


class Repository:
    """Served by git daemon."""

    def __init__(self, work):
        self.author = work / "author"
        self.env = {"HOME": str(work), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1",
                    "GIT_COMMITTER_NAME": "Forge", "GIT_COMMITTER_EMAIL": "forge@example.com",
                    "GIT_AUTHOR_EMAIL": "ada@example.com"}
        self.git("init", "-q", "--bare", "-b", "main", work / "repositories/m.git", at=work)
        self.git("init", "-q", "-b", "main", self.author, at=work)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.server = subprocess.Popen(
            ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={self.port}",
             f"--base-path={work}/repositories", "--export-all"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.env)

    def git(self, *words, at=None, **env):
        done = subprocess.run(["git", *words], cwd=at or self.author, env={**self.env, **env},
                              check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, name, subject):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject, GIT_AUTHOR_NAME=name)
        self.git("push", "-q", "../repositories/m.git", "HEAD:main")
        return self.git("rev-parse", "HEAD")


def expect(events, what, log):
    try:
        return events.get(timeout=PATIENCE)
    except queue.Empty:
        sys.exit(f"commits.py: {what} did not come\n{log.read_text()[-4000:]}")


def expect_status(commit, state, log):
    """The next one that is not pending: pending is sent only if the accounts end their cycles apart."""
    while True:
        path, body = expect(Outside.forge, f"the status {state} of {commit}", log)
        assert path == f"/repos/org/m/statuses/{commit}", path
        assert body["context"] == "authzd/acme" and len(body["description"]) <= 140, body
        if body["state"] != "pending" or state == "pending":
            assert body["state"] == state, body
            return body["description"]


def texts_of(card):
    return [run["text"] for block in card["attachments"][0]["content"]["body"]
            for run in block["inlines"]]


def main():
    if shutil.which("git") is None:
        print("SKIPPED: git is not installed")
        sys.exit(77)
    build = pathlib.Path(sys.argv[1]).resolve()
    outside = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Outside)
    threading.Thread(target=outside.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{outside.server_port}"
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        repository = Repository(work)
        for file, text in (("key-prod", "key-prod"), ("key-test", "key-test"), ("token", TOKEN),
                           ("url", f"{origin}/hooks/teams")):
            (work / file).write_text(text)
            (work / file).chmod(0o600)
        (work / "seed.json").write_text(json.dumps({
            "accounts": [{"id": each, "name": name} for name, each in ACCOUNTS.items()],
            "api_keys": [{"key": f"key-{name}", "account": each, "name": "authzd",
                          "iam_id": f"iam-ServiceId-11111111-2222-4333-8444-55555555555{n}"}
                         for n, (name, each) in enumerate(ACCOUNTS.items())]}))
        sandbox, iam = start_sandbox(build, work / "seed.json")
        (work / "authzd.yaml").write_text(
            "apiVersion: authzd/v1\nkind: Configuration\nowner: acme\nmode: sync\ninterval: 5s\n"
            f"state: {work}/state.db\nadmin: {{socket: {work}/admin.sock}}\n"
            f"notify: [{{urlFile: {work}/url, format: teams}}]\n"
            f"iam: {{endpoint: \"{iam}\", allowEmptyAccount: true}}\nsource:\n  git:\n"
            f"    url: \"git://127.0.0.1:{repository.port}/m.git\"\n"
            "    link: \"https://git.example/m/{commit}\"\n"
            f"    commitStatus: {{github: {{repository: org/m, tokenFile: {work}/token, apiUrl: \"{origin}\"}}}}\n"
            "accounts:\n" + "".join(f"  - {{name: {each}, id: {id}, auth: {{apiKeyFile: {work}/key-{each}}}}}\n"
                                    for each, id in ACCOUNTS.items()))
        log = work / "daemon.log"
        authzd = build / "daemon/cli/authzd"
        run = [authzd, "run", "--config", work / "authzd.yaml", "--log-json"]

        def ask(*words):
            done = subprocess.run([authzd, *words, "--config", work / "authzd.yaml"],
                                  capture_output=True, text=True, timeout=PATIENCE)
            return done.stdout

        (repository.author / "disks.yaml").write_text(MANIFEST)
        first = repository.commit("Ada @channel", "Give [disks](https://evil.example) their key")
        daemon = subprocess.Popen(run, stderr=log.open("w"))
        try:
            said = texts_of(expect(Outside.chat, "a message", log))
            assert said[0] == "authzd (acme), 2 accounts: 2 created, 0 updated, 0 deleted", said
            committed = f'{first[:12]} "Give [disks](https://evil.example) their key" by Ada @channel'
            assert f"Commit {committed}" in said, said
            shown = [line for line in said if line.startswith("authzd show ")]
            assert len(shown) == 2, said
            assert expect_status(first, "success", log) == "2 accounts match it"
            run_text = ask("show", shown[0].split()[2])
            assert f"Link     https://git.example/m/{first}" in run_text, run_text

            (repository.author / "disks.yaml").write_text("kind: [\n")
            second = repository.commit("Eve", "Trust me")
            assert expect_status(second, "failure", log).startswith("refused in ")
            said = texts_of(expect(Outside.chat, "a message", log))
            assert f'Commit {second[:12]} "Trust me" by Eve' in said, said
            ends = time.monotonic() + PATIENCE
            while True:
                accounts = json.loads(ask("status", "-o", "json"))["accounts"]
                if all(each["attemptedCommit"]["id"] == second for each in accounts):
                    break
                assert time.monotonic() < ends, accounts
            for account in accounts:
                assert account["attemptedCommit"]["subject"] == "Trust me", account
                assert account["appliedCommit"]["author"] == "Ada @channel", account
            assert '"Trust me" by Eve' in ask("status")

            # Calls of a timer know what was told.
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(PATIENCE) == 0
            while not Outside.forge.empty():
                expect_status(second, "failure", log)
            for _ in range(2):
                subprocess.run([*run, "--once"], stderr=log.open("a"), timeout=PATIENCE)
            assert Outside.forge.empty(), Outside.forge.get()
            assert Outside.chat.empty(), Outside.chat.get()
            assert "s3cret" not in log.read_text(), "a secret is in the log"
            print("one message and one status for each commit, with who committed it")
        finally:
            daemon.kill()
            daemon.wait()
            sandbox.terminate()
            repository.server.terminate()
            sandbox.wait()
            repository.server.wait()


if __name__ == "__main__":
    main()
