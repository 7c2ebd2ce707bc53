# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""What messages.py shares: scenes with a folder, a sandbox and a daemon of their own, calls of the real
program whose output is kept with the situation, and the text of all of it without what varies."""
import contextlib
import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import termios
import time
import urllib.request

PATIENCE = 60  # seconds, for every wait
ACCOUNT = "a1234567a1234567a1234567a1234567"
OTHER = "b7654321b7654321b7654321b7654321"
NOBODY = 65534
PERSON = "IBMid-270000ABCD"
INSTANCE = "51042d7f-f0df-4915-bd39-6a49957c9175"

# What varies from run to run, or from machine to machine, in this order.
VARIES = [(re.compile(pattern), word) for pattern, word in (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"127\.0\.0\.1:\d{4,5}", "127.0.0.1:PORT"),
    (r"127\.0\.0\.1 port \d{4,5}", "127.0.0.1 port PORT"),
    (r"\bdir:[0-9a-f]{32}\b", "dir:REVISION"),
    (r"\b[0-9a-f]{40}\b", "COMMIT"),
    (rf"\b(?!{INSTANCE}|0{{8}}-)[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\b", "POLICY"),
    (r"\b(?!0{64})[0-9a-f]{64}\b", "HASH"),
    # IAM's times are whole seconds: what was made in the second in which the window began may count or not.
    (r"\d+ polic(?:y|ies) of ours(?: when the window began)?, that is (\d+),\s(?:\| )?allowed; approve it,\s(?:\| )?or"
     r"\s(?:\| )?raise", r"N policies of ours, that is \1, allowed; approve it, or raise"),
    (rf"\b(?!{ACCOUNT}|{OTHER}|0{{32}})[0-9a-f]{{32}}\b", "TRANSACTION"),
    (r"(?<![0-9a-f-])(?!0{12})[0-9a-f]{12}\b", "RUN"),
    (r"\S+ \(uid \d+\)(, login uid \d+)?", "USER"),
    (r"authzd-admin \S+, as root", "authzd-admin USER, as root"),
    (r"\bprocess \d+", "process PID"),
    (r"\b\d+[smh] ago", "AGO"),
    (r"\bin \d+[smh]\b", "in A-WHILE"),
    (r"once \d more have approved it\.( This call comes from no login, .*\.)?", "once N more have approved it."),
)]


def attributes(**named):
    return [{"name": name, "value": value} for name, value in named.items()]


def policy_of(number, source, target, role="Reader", **more):
    """A policy that a person has made, in the seed's format."""
    crn = f"crn:v1:bluemix:public:iam::::serviceRole:{role}"
    return {"id": f"00000000-0000-4000-8000-{number:012}", "created_by_id": PERSON,
            "created_at": "2023-04-24T17:26:35.077Z", **more,
            "policy": {"type": "authorization",
                       "subjects": [{"attributes": attributes(serviceName=source, accountId=ACCOUNT)}],
                       "roles": [{"role_id": crn}],
                       "resources": [{"attributes": attributes(accountId=ACCOUNT, serviceName=target)}]}}


class Sandbox:
    def __init__(self, program, folder, policies):
        key = {"account": ACCOUNT, "name": "authzd"}
        (folder / "seed.json").write_text(json.dumps({
            "accounts": [{"id": ACCOUNT, "name": "Production"}, {"id": OTHER, "name": "Test"}],
            "api_keys": [
                {**key, "key": "a-key", "iam_id": "iam-ServiceId-11111111-2222-4333-8444-555555555555"},
                {"account": OTHER, "name": "other", "key": "other-key",
                 "iam_id": "iam-ServiceId-bbbbbbbb-2222-4333-8444-555555555555"},
                {**key, "key": "viewer-key", "access": "viewer",
                 "iam_id": "iam-ServiceId-66666666-7777-4888-8999-aaaaaaaaaaaa"}],
            "policies": policies}))
        self.process = subprocess.Popen(
            [program, "--quiet", "--listen=127.0.0.1:0", f"--seed={folder}/seed.json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = next((found.group() for line in self.process.stdout
                         if (found := re.search(r"http://127\.0\.0\.1:\d+", line))), None)
        assert self.url, "the sandbox did not start"

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/sandbox/v1/{path}", data=data, method=method)
        with urllib.request.urlopen(request) as reply:
            return json.loads(reply.read() or "null")

    def fault(self, **rule):
        self.ask("faults", rule)

    def forbid(self, method, path, times=0):
        """IAM refuses, as if a role were missing."""
        self.fault(method=method, path=path, times=times, status=403, body=json.dumps(
            {"trace": "t", "errors": [{"code": "insufficent_permissions", "message": "You are not allowed"}]}))

    def heal(self):
        self.ask("faults", method="DELETE")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Said:
    """The result of a call."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def find(self, pattern, which=0):
        found = re.findall(pattern, self.out + self.err)
        assert found, f"no {pattern} in:\n{self.out}{self.err}"
        return found[which]


class Scene:
    """A folder with a configuration, and an account with `policies`."""

    def __init__(self, build, work, title, policies=()):
        self.authzd, self.folder, self.daemon = str(build / "daemon/cli/authzd"), work, None
        self.work, self.manifests = work.parent, work / "manifests"
        self.manifests.mkdir(parents=True)
        self.sandbox = Sandbox(build / "daemon/sandbox/iam-sandbox", work, list(policies))
        self.secret("key", "a-key")
        self.configure()
        self.lines = [f"# {title}\n"]

    def secret(self, name, text):
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o600)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def configure(self, name="authzd.yaml", **changes):
        """Values as YAML; None leaves the key out."""
        keys = {"owner": "demo", "mode": "sync", "interval": "1h",
                "source": "{directory: {path: %s}, quiet: 0s}" % self.manifests,
                "iam": '{endpoint: "%s", allowEmptyAccount: true}' % self.sandbox.url,
                "state": f"{self.folder}/state.db", "admin": "{socket: %s/admin.sock}" % self.folder,
                "audit": "{file: %s/audit.log}" % self.folder,
                "rails": "{removalGrace: 0s, maxDeletePercent: 100}",
                "accounts": f"[{self.account()}]", **changes}
        self.write(name, "apiVersion: authzd/v1\nkind: Configuration\n" + "".join(
            f"{key}: {value}\n" for key, value in keys.items() if value is not None))

    def account(self, name="prod", id=ACCOUNT, more=""):
        return "{name: %s, id: %s, auth: {apiKeyFile: %s/key}%s}" % (name, id, self.folder, more)

    def manifest(self, name, source, target="kms", role="Reader", folder="manifests", more=""):
        self.write(f"{folder}/{name}.yaml",
                   f"apiVersion: authzd/v1\nkind: Authorization\nmetadata: {{name: {name}}}\n"
                   f"spec:\n  source: {{service: {source}}}\n  target: {{service: {target}}}\n"
                   f"  roles: [{role}]\n{more}")

    def drop(self, name):
        (self.manifests / f"{name}.yaml").unlink()

    def call(self, words, *, answer=None, columns=400, stdin="", env=None, as_other=False):
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(env or {})}
        if answer is not None:
            return self.call_at_terminal(words, answer, columns, environment)
        program, who = self.authzd, {}
        if as_other and os.geteuid() == 0:  # nothing is refused to root
            program = self.work / "authzd"  # only root may be able to enter its folder
            who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            if not program.exists():
                shutil.copy(self.authzd, program)
        done = subprocess.run([program, *words], cwd=self.folder, env=environment, input=stdin, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE, **who)
        return Said(done.returncode, done.stdout, done.stderr)

    def call_at_terminal(self, words, answer, columns, environment):
        """Standard input and error are a terminal, at which `answer` is typed. It is so wide that nothing is
        folded, unless a scene says how wide: folds depend on the length of the folder's name."""
        mine, its = pty.openpty()
        termios.tcsetwinsize(its, (25, columns))
        mode = termios.tcgetattr(its)
        mode[1] &= ~termios.OPOST
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(its, termios.TCSANOW, mode)
        with (self.folder / "out").open("w+") as out:
            process = subprocess.Popen([self.authzd, *words], cwd=self.folder, env=environment,
                                       stdin=its, stdout=out, stderr=its)
            os.close(its)
            os.write(mine, f"{answer}\n".encode())
            err = b""
            with contextlib.suppress(OSError):  # the peer is gone
                while select.select([mine], [], [], PATIENCE)[0]:
                    err += os.read(mine, 65536)
            os.close(mine)
            code = process.wait(PATIENCE)
            out.seek(0)
            return Said(code, out.read(), err.decode())

    def say(self, situation, *words, config=True, only_end=False, table=False, **how):
        """Calls, and stores the output. `only_end`: the plan before it is shown elsewhere."""
        words = [str(word) for word in words]
        said = self.call([*words, *(["--config", "authzd.yaml"] if config else [])], **how)
        out = said.out.splitlines()
        if only_end and len(out) > 3:
            out = ["…", *out[-2:]]
        if table:
            out = [re.sub(r"(?<=\S) {2,}", "  ", self.without_what_varies(line)) for line in out]
        text = f"## {situation}\n$ {shlex.join(['authzd', *words])}\nexit code {said.code}\n"
        text += "".join(f"{mark} {line}".rstrip() + "\n"
                        for mark, lines in (("|", out), ("!", said.err.splitlines())) for line in lines)
        self.lines.append(self.without_what_varies(text))
        return said

    def follow(self, said, pattern, *more):
        """Calls a command that was printed for copying, unchanged."""
        words = shlex.split(said.find(pattern))
        return self.say(f"the command that it names: {words[0]}", *words, *more, config=False, only_end=True)

    def quietly(self, *words, **how):
        return self.call([*map(str, words), "--config", "authzd.yaml"], **how)

    def start(self):
        """Starts a daemon, or the same one again: its first cycle begins at once."""
        self.stop_daemon()
        with (self.folder / "daemon.log").open("a") as log:
            self.daemon = subprocess.Popen([self.authzd, "run", "--config", "authzd.yaml", "--log-json"],
                                           cwd=self.folder, stderr=log, stdout=log, stdin=subprocess.DEVNULL)
        self.until("the daemon to listen", lambda: (self.folder / "admin.sock").exists())

    def start_and_rest(self, *states):
        self.start()
        self.rest(*states)

    def reload(self):
        self.daemon.send_signal(signal.SIGHUP)

    def rest(self, *states):
        """Waits until `status` shows the account in one of the states."""
        shown = "|".join(states or ["Ready"])
        self.until(f"{shown}", lambda: re.search(rf"^prod .* ({shown}) ", self.quietly("status").out, re.M))

    def until(self, what, is_there):
        end = time.monotonic() + PATIENCE
        while not is_there():
            assert time.monotonic() < end, f"{self.lines[0]}: waited in vain for {what}\n{self.log()}"
            time.sleep(0.03)

    def log(self):
        path = self.folder / "daemon.log"
        return path.read_text()[-4000:] if path.exists() else ""

    def without_what_varies(self, text):
        text = text.replace(f"{self.folder}", "/SCENE")
        for pattern, word in VARIES:
            text = pattern.sub(word, text)
        return text

    def stop_daemon(self):
        if self.daemon is None:
            return
        self.daemon.terminate()
        self.daemon.wait(PATIENCE)
        self.daemon = None

    def close(self):
        self.stop_daemon()
        self.sandbox.stop()
