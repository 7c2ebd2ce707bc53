# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""One installation of authzd: its owner, its key, its manifests, its folder with state, audit log and
socket, and its processes."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from clock import FakeClock
from tap import Tap
from witness import Promises, Silence

ACCOUNT = "a1234567a1234567a1234567a1234567"
PATIENCE = 400.0  # seconds, for every wait: more than any of authzd's own time limits
OUTCOMES = {0, 1, 3, 4, 5}  # every exit code that a call may have


class Violation(Exception):
    """A broken promise that was seen at once, without the witness."""


class Installation:
    def __init__(self, program: pathlib.Path, folder: pathlib.Path, tap: Tap, source, promises: Promises,
                 owner: str, key: str):
        self.program, self.folder, self.tap, self.source = program, folder, tap, source
        self.promises, self.owner, self.key = promises, owner, key
        self.name = folder.name
        self.rails = ""
        self.has_whole_chain = True  # the stored end of the audit log is undamaged
        self.processes: list[subprocess.Popen] = []
        self.state = folder / "state"
        self.state.mkdir(parents=True)
        self.clock = FakeClock(folder / "clock")
        self.key_file = folder / "key"
        self.key_file.write_text(key)
        self.key_file.chmod(0o600)

    # ── configuration ───────────────────────────────────────────────────────────────────────────
    def write_config(self, mode: str = "sync", name: str = "authzd.yaml", key_file=None) -> pathlib.Path:
        path = self.folder / name
        path.write_text(
            f"apiVersion: authzd/v1\nkind: Configuration\nowner: {self.owner}\nmode: {mode}\ninterval: 5s\n"
            f"settle: 1s\nstate: {self.state}/state.db\nadmin: {{socket: {self.folder}/authzd.sock}}\n"
            f"audit: {{file: {self.audit_file()}}}\nsource: {self.source.configuration()}\n"
            f"iam: {{endpoint: \"{self.tap.url}\", allowEmptyAccount: true}}\nrails: {{{self.rails}}}\n"
            f"accounts: [{{name: chaos, id: {ACCOUNT}, auth: {{apiKeyFile: {key_file or self.key_file}}}}}]\n")
        return path

    def audit_file(self) -> pathlib.Path:
        return self.state / "audit.log"

    def audit_log(self) -> str:
        return self.audit_file().read_text(errors="replace") if self.audit_file().exists() else ""

    # ── the program ─────────────────────────────────────────────────────────────────────────────
    def start(self, *words: str, config: str = "authzd.yaml", faked: bool = False, **more) -> subprocess.Popen:
        """The daemon, or with --once one cycle. `faked`: it uses `self.clock`."""
        with (self.folder / "daemon.log").open("a") as log:
            process = subprocess.Popen(
                [self.program, "run", "--config", self.folder / config, "--log-json", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.clock.environment() if faked else dict(os.environ), **more)
        self.processes.append(process)
        return process

    def run_once(self, **more) -> int:
        code = self.wait(self.start("--once", **more), "run --once")
        if code not in OUTCOMES:
            raise Violation(f"{self.name}: run --once ended with {code}")
        return code

    def call(self, *words: str, key: str = "") -> subprocess.CompletedProcess:
        """A command of a person or a pipeline; with a key it runs without the configuration."""
        environment = {**os.environ, "IBMCLOUD_API_KEY": key, "IBMCLOUD_IAM_API_ENDPOINT": self.tap.url}
        if not key:
            words = (*words, "--config", str(self.folder / "authzd.yaml"))
        done = subprocess.run([self.program, *words], env=environment, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE)
        with (self.folder / "calls.log").open("a") as log:
            print(f"$ authzd {' '.join(words)}", done.stdout, done.stderr, f"exit code {done.returncode}\n",
                  sep="\n", file=log)
        if done.returncode < 0:
            raise Violation(f"{self.name}: authzd {words[0]} was ended by signal {-done.returncode}")
        return done

    def wait(self, process: subprocess.Popen, why: str) -> int:
        try:
            return process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Violation(f"{self.name}: no end within {PATIENCE:g} s: {why}") from None

    def end(self, process: subprocess.Popen, number: signal.Signals = signal.SIGTERM) -> int:
        if process.poll() is None:
            process.send_signal(number)
        return self.wait(process, f"after {number.name}")

    def wait_for_requests(self, more: int, process: subprocess.Popen) -> None:
        """Waits until IAM has received that many more, the process has ended, or no more arrive."""
        goal, end = self.tap.requests() + more, time.monotonic() + 8
        while self.tap.requests() < goal and process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)

    def answers(self, process: subprocess.Popen) -> bool:
        """Whether the daemon accepts commands; it may also end, as it does without a state."""
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(str(self.folder / "authzd.sock")) == 0:
                    return True
            time.sleep(0.05)
        return False

    # ── people ──────────────────────────────────────────────────────────────────────────────────
    def approve(self, chance=None) -> None:
        """A person reads the plan, and approves all that it holds; sometimes only one hold."""
        plan = self.call("plan", "--output", "json")
        try:
            actions = json.loads(plan.stdout)["actions"]
        except (ValueError, KeyError):
            return  # no plan, for a reason that the call reported
        held = sorted({hold["hash"] for action in actions for hold in action["holds"]})
        if not held:
            return
        chosen = set(held if chance is None or chance.random() < 0.5 else [chance.choice(held)])
        shown = {action["policyId"] for action in actions if action["policyId"] and action["holds"]
                 and {hold["hash"] for hold in action["holds"]} <= chosen}
        self.promises.approve(self.owner, time.time(), shown)
        self.call("approve", *sorted(chosen), "--yes")

    def silent(self, why: str, key: str = "") -> Silence:
        """From now on this installation must not write, until the silence is ended. Waits for requests
        that a killed process had sent."""
        if all(each.poll() is not None for each in self.processes):
            self.tap.wait_until_idle(PATIENCE)
        silence = Silence(key or self.key, time.time(), why)
        self.promises.silences.append(silence)
        return silence

    # ── the state ───────────────────────────────────────────────────────────────────────────────
    def database(self) -> pathlib.Path:
        return self.state / "state.db"

    def lose_state(self, alone: bool = False) -> None:
        """It is moved away; `alone`: the files beside it are left. The witness starts counting again from here."""
        for path in self.state.glob("state.db*"):
            if not alone or path.name == "state.db":
                path.unlink()
        self.forget()

    def forget(self) -> None:
        self.promises.forgotten.append((self.owner, time.time()))

    def copy_state_to(self, folder: pathlib.Path, without: str = "lock") -> None:
        """Copied as usual: without the copy of the repository, and without a lock."""
        folder.mkdir(exist_ok=True)
        for old in folder.glob("state.db*"):
            if not old.name.endswith(without):
                old.unlink()
        for path in self.state.glob("state.db*"):
            if not path.name.endswith(("lock", without)):
                shutil.copy(path, folder / path.name)

    def close(self) -> None:
        for each in self.processes:
            if each.poll() is None:
                each.send_signal(signal.SIGCONT)
                each.kill()
                each.wait()
