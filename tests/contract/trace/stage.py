# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""What the tests of traces share: the programs, a sandbox over TLS, and manifests with stand-ins."""
import json
import pathlib
import re
import signal
import subprocess

TREE = pathlib.Path(__file__).resolve().parents[3]
SEED = TREE / "daemon/sandbox/seed/demo.json"
ACCOUNT = "a1234567a1234567a1234567a1234567"
MARKER = re.compile(r"^(.*?) ?\(authzd: ([^/]+)/([^#]+)#([0-9a-f]{12})\)$", re.S)


class Stage:
    def __init__(self, build, work):
        self.work = work
        self.authzd, self.sandbox = build / "daemon/cli/authzd", build / "daemon/sandbox/iam-sandbox"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
             "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
             work / "key.pem", "-out", work / "cert.pem"], check=True, capture_output=True)

    def start(self, *options):
        """(the sandbox, its URL); stop() ends it."""
        log = open(self.work / "sandbox.log", "w+", encoding="utf-8")
        process = subprocess.Popen(
            [self.sandbox, "--listen", "127.0.0.1:0", "--tls-cert", self.work / "cert.pem", "--tls-key",
             self.work / "key.pem", *options], stdout=subprocess.PIPE, stderr=log, text=True)
        process.log = log
        for line in process.stdout:
            found = re.search(r"https://127\.0\.0\.1:\d+", line)
            if found:
                return process, found[0]
        raise AssertionError("the sandbox does not listen: " + (self.work / "sandbox.log").read_text())

    def stop(self, process):
        """What it said on standard error."""
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        assert process.wait(30) == 0, "the sandbox failed"
        process.log.close()
        return (self.work / "sandbox.log").read_text()

    def call(self, *words, code=0):
        """(standard output, standard error) of authzd."""
        done = subprocess.run([self.authzd, *map(str, words)], cwd=self.work, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120)
        assert done.returncode == code, f"authzd {words}: {done.returncode}, not {code}\n{done.stdout}{done.stderr}"
        return done.stdout, done.stderr

    def configure(self, name, url, account, owner, manifests, key="demo-api-key", more=""):
        """Writes a configuration with its manifests and its key; returns its path."""
        folder = self.work / name
        (folder / "manifests").mkdir(parents=True)
        (folder / "key").write_text(key)
        (folder / "key").chmod(0o600)
        for manifest in manifests:
            file = folder / "manifests" / (manifest["metadata"]["name"] + ".yaml")
            file.write_text(json.dumps(manifest))
        config = {
            "apiVersion": "authzd/v1", "kind": "Configuration", "owner": owner, "mode": "upsert-only",
            "source": {"directory": {"path": str(folder / "manifests")}},
            "iam": {"endpoint": url, "caFile": str(self.work / "cert.pem")},
            "state": str(folder / "state.db"), "audit": {"file": str(folder / "audit.log")},
            "admin": {"socket": str(folder / "admin.sock")},
            "accounts": [{"name": "prod", "id": account, "auth": {"apiKeyFile": str(folder / "key")}}],
            **json.loads(more or "{}")}
        path = folder / "authzd.yaml"
        path.write_text(json.dumps(config))
        return path


def manifest(name, source, target, text, instance=None):
    to = {"service": target, **({"instance": instance} if instance else {})}
    return {"apiVersion": "authzd/v1", "kind": "Authorization", "metadata": {"name": name},
            "spec": {"description": text, "source": {"service": source}, "target": to, "roles": ["Reader"]}}


def read(path):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return lines[0], lines[1:]


def what_it_does(plan):
    """A plan as JSON, without what depends on files, and on hashes of names."""
    def bare(part):
        if isinstance(part, dict):
            return {name: bare(each) for name, each in part.items() if name not in ("hash", "position", "holds")}
        if isinstance(part, list):
            return [bare(each) for each in part]
        return re.sub(r"#[0-9a-f]{12}", "#", part) if isinstance(part, str) else part

    plan = json.loads(plan)
    return {"counts": plan["counts"], "actions": sorted(map(bare, plan["actions"]), key=json.dumps)}


def values(policy, side):
    return {each["key"]: each["value"] for each in policy[side]["attributes"]}


def created(exchanges):
    """The bodies of the creates."""
    return [each["request"]["body"] for each in exchanges
            if each["request"]["method"] == "POST" and each["request"]["path"] == "/v2/policies"]


def listed(exchanges):
    """The policies of lists that authzd made."""
    pages = [each["reply"]["body"] for each in exchanges
             if each["request"]["method"] == "GET" and each["request"]["path"] == "/v2/policies"]
    return [policy for page in pages for policy in page["policies"] if MARKER.match(policy.get("description", ""))]


def stand_ins(policies, manifests):
    """(account, owner, manifests, {text: stand-in}) as the policies of a trace have them."""
    made, names = [], {}
    for policy in policies:
        source, target = values(policy, "subject"), values(policy, "resource")
        text, owner, name, _ = MARKER.match(policy["description"]).groups()
        [original] = [each for each in manifests
                      if each["spec"]["source"]["service"] == source["serviceName"]
                      and each["spec"]["target"]["service"] == target["serviceName"]]
        made.append(manifest(name, source["serviceName"], target["serviceName"], text, target.get("serviceInstance")))
        names |= {original["metadata"]["name"]: name, original["spec"]["description"]: text}
        if "instance" in original["spec"]["target"]:
            names[original["spec"]["target"]["instance"]] = target["serviceInstance"]
    account = values(policies[0], "resource")["accountId"]
    return account, owner, made, names | {ACCOUNT: account}
