#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the real daemon against the sandbox and a listener of our own: each thing that happens is
told once, signed, and a listener that is down keeps no grant from being made.
usage: notices.py BUILD-DIRECTORY"""
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import queue
import signal
import subprocess
import sys
import tempfile
import threading

from sandbox import start_sandbox

ACCOUNT = "a1234567a1234567a1234567a1234567"
PATIENCE = 30  # seconds, for every wait
KEY = "the-hmac-key"
NOTICE_KEY = hmac.new(KEY.encode(), b"authzd-notice-v1", hashlib.sha256).hexdigest()
MANIFEST = """\
apiVersion: authzd/v1
kind: Authorization
metadata: {name: disks}
spec: {source: {service: server-protect}, target: {service: kms}, roles: [%s]}
"""


class Listener(http.server.BaseHTTPRequestHandler):
    events = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamp = self.headers["X-Authzd-Timestamp"]
        mac = hmac.new(NOTICE_KEY.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert self.headers["X-Authzd-Signature"] == f"sha256={mac}", "the signature does not fit"
        self.send_response(204)
        self.end_headers()
        self.events.put((self.path, json.loads(body)))

    def log_message(self, *_):
        pass


def next_event(daemon, log):
    try:
        path, event = Listener.events.get(timeout=PATIENCE)
    except queue.Empty:
        sys.exit(f"notices.py: no event came; the daemon: {daemon.poll()}\n{log.read_text()[-4000:]}")
    assert path == "/hooks/s3cret", path
    return event


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        manifests = work / "manifests"
        manifests.mkdir()
        (manifests / "disks.yaml").write_text(MANIFEST % "Reader")
        (work / "key").write_text("a-key")
        (work / "hmac").write_text(KEY)
        (work / "url").write_text(f"http://127.0.0.1:{listener.server_port}/hooks/s3cret\n")
        for secret in ("key", "hmac", "url"):
            (work / secret).chmod(0o600)
        (work / "seed.json").write_text(json.dumps({
            "accounts": [{"id": ACCOUNT, "name": "Notices"}],
            "api_keys": [{"key": "a-key", "account": ACCOUNT, "name": "authzd",
                          "iam_id": "iam-ServiceId-11111111-2222-4333-8444-555555555555"}]}))
        sandbox, iam = start_sandbox(build, work / "seed.json")
        (work / "authzd.yaml").write_text(
            "apiVersion: authzd/v1\nkind: Configuration\nowner: notices\nmode: sync\ninterval: 5s\n"
            f"state: {work}/state.db\nadmin: {{socket: {work}/admin.sock}}\n"
            f"audit: {{file: {work}/audit.log}}\n"
            f"notify: [{{urlFile: {work}/url, secretFile: {work}/hmac}}]\n"
            f"source: {{directory: {{path: {manifests}}}}}\niam: {{endpoint: \"{iam}\", allowEmptyAccount: true}}\n"
            "rails: {removalGrace: {for: 0s}}\n"
            f"accounts: [{{name: prod, id: {ACCOUNT}, auth: {{apiKeyFile: {work}/key}}}}]\n")
        log = work / "daemon.log"
        run = [build / "daemon/cli/authzd", "run", "--config", work / "authzd.yaml", "--log-json"]
        daemon = subprocess.Popen(run, stderr=log.open("w"))
        try:
            event = next_event(daemon, log)
            assert event["type"] == "authzd.v1.ChangeApplied", event
            assert event["data"]["created"] == 1 and event["subject"] == "prod", event

            (manifests / "broken.yaml").write_text("kind: [\n")
            event = next_event(daemon, log)
            assert event["type"] == "authzd.v1.AccountFailing", event
            assert event["data"]["reason"] == "RevisionRefused", event

            (manifests / "broken.yaml").unlink()
            assert next_event(daemon, log)["type"] == "authzd.v1.AccountRecovered"

            os.rename(manifests / "disks.yaml", work / "disks.yaml")
            (manifests / "other.yaml").write_text(
                (MANIFEST % "Reader").replace("disks", "other").replace("server-protect", "is"))
            events = {each["type"]: each for each in (next_event(daemon, log), next_event(daemon, log))}
            hold = events["authzd.v1.PlanHeld"]["data"]["holds"][0]
            assert hold["rail"] == "firstDeletes" and len(hold["hash"]) == 64, hold
            assert events["authzd.v1.ChangeApplied"]["data"]["created"] == 1

            # Calls of a timer, and a restarted daemon, know what was reported.
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(PATIENCE) == 0
            for _ in range(2):
                once = subprocess.run([*run, "--once"], stderr=log.open("a"), timeout=PATIENCE)
                assert once.returncode == 3, f"run --once ends with {once.returncode}\n{log.read_text()}"
            assert Listener.events.empty(), Listener.events.get()
            daemon = subprocess.Popen(run, stderr=log.open("a"))

            # Rotated as by logrotate: later lines go to the new file.
            os.rename(work / "audit.log", work / "audit.log.1")
            listener.shutdown()
            listener.server_close()
            os.rename(work / "disks.yaml", manifests / "disks.yaml")
            (manifests / "disks.yaml").write_text(MANIFEST % "Reader, Authorization Delegator")
            daemon.send_signal(signal.SIGHUP)
            for line in iter_lines(work / "audit.log", daemon):
                if line["event"] == "outcome":
                    break
            assert line["outcome"] == "Done" and line["why"]["name"] == "disks", line
            old = [json.loads(each) for each in (work / "audit.log.1").read_text().splitlines()]
            assert [each["event"] for each in old] == ["intent", "outcome"] * 2, old

            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(PATIENCE) == 0
            said = log.read_text()
            assert "s3cret" not in said and KEY not in said, "a secret is in the log"
            assert Listener.events.empty(), Listener.events.get()
            print("each thing told once, signed; the audit log rotated; a dead listener held nothing up")
        finally:
            daemon.kill()
            daemon.wait()
            sandbox.terminate()
            sandbox.wait()


def iter_lines(path, daemon):
    """The lines of a file that a process creates and writes, as they arrive."""
    end = threading.Event()
    timer = threading.Timer(PATIENCE, end.set)
    timer.start()
    seen = 0
    try:
        while not end.is_set() and daemon.poll() is None:
            lines = path.read_text().splitlines() if path.exists() else []
            yield from map(json.loads, lines[seen:])
            seen = len(lines)
            end.wait(0.05)
    finally:
        timer.cancel()
    sys.exit(f"notices.py: {path.name} does not go on; the daemon: {daemon.poll()}")


if __name__ == "__main__":
    main()
