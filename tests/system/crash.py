#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""SIGKILLs the real daemon at random moments while it converges, and restarts it: it reaches the same end,
deletes nothing twice and forgets nothing, and no write reached IAM without its line in the audit log. The
moments are counted in requests to the sandbox, not in time. usage: crash.py BUILD-DIRECTORY [SEED]"""
import collections
import contextlib
import hashlib
import hmac
import json
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

from sandbox import start_sandbox

ACCOUNT = "a1234567a1234567a1234567a1234567"
GRANTS = 16
ROUNDS = 6
PATIENCE = 60  # seconds, for every wait
ROLES = ["Reader", "Authorization Delegator"]


class Sandbox:
    def __init__(self, build, work):
        seed = work / "seed.json"
        seed.write_text(json.dumps({
            "accounts": [{"id": ACCOUNT, "name": "Crash"}],
            "api_keys": [{"key": "a-key", "account": ACCOUNT, "name": "authzd",
                          "iam_id": "iam-ServiceId-11111111-2222-4333-8444-555555555555"}]}))
        self.process, self.url = start_sandbox(build, seed)

    def ask(self, path):
        with urllib.request.urlopen(self.url + "/sandbox/v1/" + path) as reply:
            return json.load(reply)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def wait_for(what, is_there, daemon):
    end = time.monotonic() + PATIENCE
    while not is_there():
        if daemon.poll() is not None:
            raise SystemExit(f"crash.py: the daemon ended by itself, with {daemon.returncode}")
        if time.monotonic() > end:
            raise SystemExit(f"crash.py: waited in vain for {what}")


def write_manifests(directory, chance):
    """Writes some of the grants, each with one of two roles; returns them."""
    wanted = {}
    for number in range(GRANTS):
        path = directory / f"g{number:02}.yaml"
        path.unlink(missing_ok=True)
        if chance.random() < 0.3:
            continue
        instance = f"51042d7f-f0df-4915-bd39-{number:012x}"
        wanted[instance] = role = chance.choice(ROLES)
        path.write_text(f"apiVersion: authzd/v1\nkind: Authorization\nmetadata: {{name: g{number}}}\n"
                        f"spec:\n  source: {{service: server-protect}}\n"
                        f"  target: {{service: kms, instance: {instance}}}\n  roles: [{role}]\n")
    return wanted


def holds(sandbox):
    """What the account has: instance → the last word of its role."""
    found = {}
    for policy in sandbox.ask("policies")["policies"]:
        if policy["state"] != "active":
            continue
        instance = next(each["value"] for each in policy["resource"]["attributes"]
                        if each["key"] == "serviceInstance")
        assert instance not in found, f"two policies for {instance}"
        found[instance] = policy["control"]["grant"]["roles"][0]["role_id"].rsplit(":", 1)[1]
    return found


def approve_first_deletes(authzd, config, manifests):
    """As a person does it: one manifest is removed, the rail holds the delete, and it is approved."""
    next(iter(sorted(manifests.iterdir()))).unlink()
    plan = json.loads(subprocess.run([authzd, "plan", "--config", config, "--output", "json"], check=True,
                                     capture_output=True, text=True).stdout)
    hashes = {hold["hash"] for action in plan["actions"] for hold in action["holds"]}
    assert hashes, "nothing is held"
    subprocess.run([authzd, "approve", *sorted(hashes), "--yes", "--config", config], check=True,
                   capture_output=True, stdin=subprocess.DEVNULL)


def check_audit_log(path, requests):
    """Every write that IAM received was announced: each change of a policy has an intent."""
    intents = collections.Counter()
    for line in map(json.loads, path.read_text().splitlines()):
        if line["event"] == "intent":
            intents[line["write"], line["policyId"]] += 1
    words = {"POST": "create", "PUT": "replace", "DELETE": "remove"}
    seen = collections.Counter((words[each["method"]], each["target"].partition("/v2/policies/")[2])
                               for each in requests
                               if each["method"] in words and "/v2/policies" in each["target"])
    assert seen, "the sandbox saw no writes"
    unannounced = seen - intents
    assert not unannounced, f"writes without a line in the audit log: {unannounced}"
    return sum(seen.values())


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "manifests").mkdir()
        (work / "key").write_text("a-key")
        (work / "key").chmod(0o600)
        sandbox = Sandbox(build, work)
        (work / "authzd.yaml").write_text(
            "apiVersion: authzd/v1\nkind: Configuration\nowner: crash\nmode: sync\ninterval: 5s\n"
            f"settle: 1s\nstate: {work}/state.db\nadmin: {{socket: {work}/admin.sock}}\n"
            f"audit: {{file: {work}/audit.log}}\n"
            f"source: {{directory: {{path: {work}/manifests}}}}\n"
            f"iam: {{endpoint: \"{sandbox.url}\", allowEmptyAccount: true}}\n"
            "rails: {window: 1s, removalGrace: 0s, holdDelegators: false, maxDelete: 1000, maxDeletePercent: 100, maxUpdate: 1000, maxCreate: 1000}\n"
            f"accounts: [{{name: crash, id: {ACCOUNT}, auth: {{apiKeyFile: {work}/key}}}}]\n")
        log = (work / "daemon.log").open("w")
        started = []

        def start(*more):
            started.append(subprocess.Popen([build / "daemon/cli/authzd", "run", "--config",
                                             work / "authzd.yaml", "--log-json", *more], stderr=log))
            return started[-1]

        def requests():
            return sandbox.ask("counters")["requests"]

        def cycles():
            return (work / "daemon.log").read_text().count('"cycle done"')

        try:
            write_manifests(work / "manifests", chance)
            assert start("--once").wait(PATIENCE) == 0, "the first cycle failed"
            approve_first_deletes(build / "daemon/cli/authzd", work / "authzd.yaml", work / "manifests")
            for round_number in range(ROUNDS):
                write_manifests(work / "manifests", chance)
                target = requests() + chance.randrange(2, 2 * GRANTS)
                before = cycles()
                daemon = start()
                wait_for("the moment of the kill",
                         lambda: requests() >= target or cycles() > before, daemon)
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
                print(f"round {round_number}: killed at {requests()} requests", flush=True)
            wanted = write_manifests(work / "manifests", chance)
            goal = {instance: role.rsplit(" ", 1)[-1].replace("Delegator", "AuthorizationDelegator")
                    for instance, role in wanted.items()}
            daemon = start()
            wait_for("the same end", lambda: holds(sandbox) == goal, daemon)
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(PATIENCE) == 0, "the daemon did not stop well"

            unsafe = sandbox.ask("counters")["unsafe"]
            assert start("--once").wait(PATIENCE) == 0, "the last cycle failed"
            assert sandbox.ask("counters")["unsafe"] == unsafe, "it is not at rest"
            sent = collections.Counter(each["target"] for each in sandbox.ask("log")["requests"]
                                       if each["method"] == "DELETE")
            twice = [target for target, times in sent.items() if times > 1]
            assert not twice, f"deleted twice: {twice}"
            with contextlib.closing(sqlite3.connect(work / "state.db")) as database:
                open_ends = database.execute("SELECT count(*) FROM actions WHERE sent IS NOT NULL AND "
                                             "ended IS NULL").fetchone()[0]
                pending = database.execute("SELECT count(*) FROM pending_deletes").fetchone()[0]
            assert open_ends == 0 and pending == 0, f"{open_ends} outcomes unknown, {pending} pending"
            writes = check_audit_log(work / "audit.log", sandbox.ask("log")["requests"])
            print(f"{len(goal)} grants as wanted, {sum(sent.values())} deletes, none twice; all "
                  f"{writes} writes in the audit log")
        except BaseException:
            print((work / "daemon.log").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            for each in started:
                each.kill()
                each.wait()
            log.close()
            sandbox.stop()


if __name__ == "__main__":
    main()
