# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""One daemon with many accounts, over TLS against a fast IAM that holds what the manifests ask for."""
import json
import os
import pathlib
import queue
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import urllib.request

from sandbox import write_manifests

CERTIFICATES = pathlib.Path(__file__).parent.parent / "integration/net/make_certificates.sh"
TICKS = os.sysconf("SC_CLK_TCK")


def account_id(number):
    """As fast_iam.cpp names them."""
    return f"a{number:031d}"


class Fleet:
    """A running daemon and its IAM; a context manager that ends both."""

    def __init__(self, build, work, accounts, policies, interval):
        self.accounts, self.work = accounts, work / f"fleet-{accounts}-{policies}"
        self.work.mkdir()
        manifests = write_manifests(self.work / "manifests", policies)
        tls = self.work / "tls"
        tls.mkdir()
        subprocess.run(["sh", CERTIFICATES, tls], check=True, stderr=subprocess.DEVNULL)
        self.daemon = None
        self.iam = subprocess.Popen(
            [build / "tests/bench/bench_iam", str(accounts), manifests, tls / "good.pem",
             tls / "good.key"], stdout=subprocess.PIPE, text=True)
        self.url = self.iam.stdout.readline().strip()
        self.trust = ssl.create_default_context(cafile=tls / "ca.pem")
        self.configure(manifests, tls / "ca.pem", interval)
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.bind(str(self.work / "notify"))
        self.readies = queue.Queue()
        threading.Thread(target=self.take_notices, daemon=True).start()
        self.daemon = subprocess.Popen(
            [build / "tests/bench/bench_turns", "run", "--config", self.work / "authzd.yaml"],
            stdout=subprocess.PIPE, text=True,
            env={"NOTIFY_SOCKET": str(self.work / "notify"), "PATH": os.environ["PATH"]})

    def configure(self, manifests, roots, interval):
        accounts = []
        for number in range(self.accounts):
            key = self.work / f"key-{number}"
            key.write_text(f"bench-{account_id(number)}")
            key.chmod(0o600)
            accounts.append(f"  - {{name: bench-{number}, id: {account_id(number)}, "
                            f"auth: {{apiKeyFile: {key}}}}}\n")
        (self.work / "authzd.yaml").write_text(f"""apiVersion: authzd/v1
kind: Configuration
owner: bench
mode: sync
interval: {interval}s
source: {{directory: {{path: {manifests}}}}}
state: {self.work}/state.db
admin: {{socket: {self.work}/admin.sock}}
iam: {{endpoint: "{self.url}", caFile: {roots}, totalRequestsPerSecond: 5000}}
accounts:
{''.join(accounts)}""")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.send_signal(signal.SIGTERM)
        for process in (self.daemon, self.iam):
            if process is self.iam:
                process.terminate()
            process.wait()
            process.stdout.close()
        self.notices.close()

    def take_notices(self):
        """As a service manager: a daemon waits where nobody takes what it says."""
        while True:
            try:
                notice = self.notices.recv(65536)
            except OSError:
                return  # closed
            if b"READY=1" in notice:
                self.readies.put(time.monotonic())

    def wait_ready(self, seconds=120):
        """Until the service manager is told that it is ready (again); how long that took."""
        begun = time.monotonic()
        try:
            return self.readies.get(timeout=seconds) - begun
        except queue.Empty:
            raise SystemExit("report.py: the daemon with many accounts does not become ready") from None

    def cpu(self):
        """Seconds of CPU time that the daemon has used."""
        fields = pathlib.Path(f"/proc/{self.daemon.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident(self):
        """MiB: now, and at most."""
        status = pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text()
        return [int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) / 1024
                for name in ("VmRSS", "VmHWM")]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.pid}/fd"))

    def lists(self):
        """How often a whole list of an account has been read."""
        with urllib.request.urlopen(self.url + "/bench/lists", context=self.trust) as reply:
            return json.load(reply)["lists"]

    def wait_for_passes(self, number, seconds=600):
        """Until every account has, on average, had so many cycles since the start."""
        end = time.monotonic() + seconds
        while self.lists() < number * self.accounts:
            if time.monotonic() > end:
                raise SystemExit("report.py: the daemon with many accounts makes no progress")
            time.sleep(0.2)

    def turns(self):
        """CPU time of the longest turns of the loop since the last call, in ms."""
        self.daemon.send_signal(signal.SIGUSR1)
        return [each / 1000 for each in json.loads(self.daemon.stdout.readline())["longest_us"]]

    def reload(self):
        """CPU time and time until the daemon has taken the configuration over, in seconds."""
        path = self.work / "authzd.yaml"
        path.write_text(path.read_text().replace("mode: sync", "mode: upsert-only"))
        while not self.readies.empty():
            self.readies.get()
        before = self.cpu()
        self.daemon.send_signal(signal.SIGHUP)
        took = self.wait_ready()
        return self.cpu() - before, took
