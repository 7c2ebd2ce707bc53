#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""The repository to start from, manifests/template: its very scripts, against the sandbox and a local
server in place of GitHub and GitLab, as a pull request goes through them.
usage: pipeline.py BUILD-DIRECTORY"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import socketserver
import stat
import subprocess
import sys
import tempfile
import threading
import urllib.request

from pipeline_forge import PROJECT, Forge
from pipeline_workflows import check_workflows
from sandbox import start_sandbox

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATE = HERE.parent.parent / "manifests/template"
PROD, TEST = "1" * 32, "2" * 32  # as in authzd.yaml of the template
WRITERS = {PROD: "iam-ServiceId-11111111-1111-4111-8111-111111111111",
           TEST: "iam-ServiceId-22222222-2222-4222-8222-222222222222"}
TOKENS = {"github": "ghs_5ecretTokenOfGitHub", "gitlab": "glpat-5ecretTokenOfGitLab"}
READERS = {"IBMCLOUD_API_KEY_PROD": "5ecret-reader-prod", "IBMCLOUD_API_KEY_TEST": "5ecret-reader-test"}
KEYS = {"IBMCLOUD_API_KEY_PROD": "5ecret-writer-prod", "IBMCLOUD_API_KEY_TEST": "5ecret-writer-test"}
SECRET = re.compile("5ecret")
HEAD, MERGED = "a" * 40, "b" * 40  # commits
# Stands before the real programs in PATH, notes how they were called, and becomes them.
SHIM = """#!/bin/sh
for word in "$0" "$@"; do printf '%%s\\n' "$word"; done >>%(log)s
env >>%(log)s
exec %(program)s "$@"
"""
SHIMMED = ("authzd", "awk", "cat", "curl", "jq", "sed", "tail", "tee", "unzip")
MANIFEST = """\
apiVersion: authzd/v1
kind: Authorization
metadata: {name: %s}
spec: {source: {service: %s}, target: {service: kms}, roles: [%s]}
"""


def check(condition, *what):
    if not condition:
        sys.exit("pipeline.py: " + "\n".join(str(each) for each in what))


class Stage:
    """A copy of the template, a sandbox with its two accounts, and GitHub's and GitLab's API."""

    def __init__(self, build, work):
        self.work, self.repository = work, work / "repository"
        shutil.copytree(TEMPLATE, self.repository)
        self.output = ""
        self.authzd = build / "daemon/cli/authzd"
        self.forge = Forge(TOKENS)
        self.shims = self.make_shims(build)
        seed = {"accounts": [{"id": PROD, "name": "Production"}, {"id": TEST, "name": "Test"}], "api_keys": []}
        for account, name in ((PROD, "prod"), (TEST, "test")):
            seed["api_keys"] += [
                {"key": f"5ecret-writer-{name}", "account": account, "name": "writer", "iam_id": WRITERS[account]},
                {"key": f"5ecret-reader-{name}", "account": account, "name": "reader", "access": "viewer",
                 "reads": ["kms", "cloud-object-storage"], "iam_id": f"iam-ServiceId-reader-{name}"}]
        (work / "seed.json").write_text(json.dumps(seed))
        self.sandbox, self.iam = start_sandbox(build, work / "seed.json")
        # An account that shows nothing at all is not believed: each has a policy of somebody else.
        for name in ("prod", "test"):
            self.grant(f"5ecret-writer-{name}", PROD if name == "prod" else TEST, "databases-for-redis")
        self.configure("mode: observe", "mode: sync")
        with (self.repository / "authzd.yaml").open("a") as file:
            file.write(f"iam: {{endpoint: {self.iam}}}\n")

    def make_shims(self, build):
        folder = self.work / "bin"
        folder.mkdir()
        for name in SHIMMED:
            program = self.authzd if name == "authzd" else shutil.which(name)
            check(program, f"there is no {name} here")
            (folder / name).write_text(SHIM % {"log": self.work / "calls", "program": program})
            (folder / name).chmod(0o755)
        return folder

    def close(self):
        self.sandbox.terminate()
        self.sandbox.wait()
        self.forge.server.shutdown()

    def configure(self, old, new):
        file = self.repository / "authzd.yaml"
        check(old in file.read_text(), f"authzd.yaml of the template has no {old!r}")
        file.write_text(file.read_text().replace(old, new, 1))

    def manifest(self, file, source, roles="Reader"):
        path = self.repository / "manifests" / file
        path.write_text(MANIFEST % (path.stem, source, roles))
        return path

    def run(self, script, *arguments, code=0, **environment):
        """Runs ci/SCRIPT with no more than these variables; its output, with both streams in one."""
        done = subprocess.run(
            [f"ci/{script}", *arguments], cwd=self.repository, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=120,
            env={"PATH": f"{self.shims}:/usr/bin:/bin", "HOME": str(self.work), **environment})
        self.output += done.stdout
        check(done.returncode == code, f"ci/{script}: exit code {done.returncode}, expected {code}", done.stdout)
        return done.stdout

    def ask_sandbox(self, path):
        with urllib.request.urlopen(f"{self.iam}/sandbox/v1/{path}") as reply:
            return json.load(reply)

    def writes(self):
        return self.ask_sandbox("counters")["writes"]

    def ours(self):
        """The names of our policies, sorted; one a policy."""
        found = [re.search(r"\(authzd: platform/([^#]+)#", each.get("description") or "")
                 for each in self.ask_sandbox("policies")["policies"] if each["state"] == "active"]
        return sorted(each.group(1) for each in found if each)

    def grant(self, key, account, source):
        """A policy that somebody else makes: `source` may read keys."""
        form = f"grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey={key}".encode()
        with urllib.request.urlopen(f"{self.iam}/identity/token", data=form) as reply:
            token = json.load(reply)["access_token"]

        def side(name):
            return {"attributes": [{"key": "accountId", "operator": "stringEquals", "value": account},
                                   {"key": "serviceName", "operator": "stringEquals", "value": name}]}
        policy = {"type": "authorization", "subject": side(source), "resource": side("kms"),
                  "control": {"grant": {"roles": [{"role_id": "crn:v1:bluemix:public:iam::::serviceRole:Reader"}]}}}
        request = urllib.request.Request(
            f"{self.iam}/v2/policies", data=json.dumps(policy).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        urllib.request.urlopen(request).close()

    def hashes(self):
        file = self.repository / "plan/hashes"
        return file.read_text().split() if file.exists() else []


def github(**more):
    return {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/authorizations", "GITHUB_SHA": MERGED, **more}


def forge_variables(stage, kind, token=None):
    token = token or TOKENS[kind]
    if kind == "github":
        return github(GITHUB_API_URL=stage.forge.url, GITHUB_TOKEN=token, AUTHZD_PULL_REQUEST="7")
    return {"CI_API_V4_URL": f"{stage.forge.url}/api/v4", "CI_PROJECT_ID": str(PROJECT), "GITLAB_TOKEN": token,
            "CI_MERGE_REQUEST_IID": "7", "CI_COMMIT_SHA": MERGED}


def installs(stage):
    """What authzd's address and checksum in ci/install say, and nothing else; without a network."""
    stage.run("install")  # it is there already
    folder, package = stage.work / "bare", stage.work / "authzd.tar.gz"
    folder.mkdir()
    for name in ("bash", "dirname", "find", "head", "id", "mkdir", "mktemp", "rm", "sha256sum", "tar", "gzip", "cp"):
        (folder / name).symlink_to(shutil.which(name))
    for name, last in (("curl", f'while [ "$1" != --output ]; do shift; done; cp {package} "$2"'),
                       ("sudo", '"$@"'), ("install", f'cp "$3" {folder}/authzd')):
        (folder / name).write_text(f"#!/usr/bin/env bash\n{last}\n")
        (folder / name).chmod(0o755)
    program = stage.work / "authzd-1/bin/authzd"
    program.parent.mkdir(parents=True)
    program.write_text("#!/usr/bin/env bash\necho authzd of the package\n")
    program.chmod(0o755)
    subprocess.run(["tar", "-czf", package, "-C", stage.work, "authzd-1"], check=True)
    script = stage.repository / "ci/install"
    whole = script.read_text()
    bare = {"PATH": str(folder)}
    check("fill in url and sha256" in stage.run("install", code=1, **bare), "nobody says what to fill in")
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    for sha256, code, words in (("0" * 64, 1, "its checksum differs"), (digest, 0, "authzd of the package")):
        text = whole.replace("url='' ", "url='https://authzd.example.org/authzd.tar.gz' ")
        script.write_text(text.replace("sha256='' ", f"sha256='{sha256}' "))
        said = stage.run("install", code=code, **bare)
        check(words in said, said)
    script.write_text(whole)


def validates(stage):
    """Green and red, without a key."""
    said = stage.run("validate")
    check("Valid: account prod" in said and "Valid: account test" in said, said)
    check("::error" not in stage.run("validate", **github()), "an annotation of what is right")
    bad = stage.manifest("prod/bad.yaml", "KMS")
    said = stage.run("validate", code=4, **github())
    check("::error file=manifests/prod/bad.yaml,line=4,col=26::account prod: no service is called \"KMS\"" in said, said)
    sarif = json.loads((stage.repository / "plan/authzd.sarif").read_text())
    at = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    check(at == "manifests/prod/bad.yaml", sarif)
    said = stage.run("validate", code=4)
    check("manifests/prod/bad.yaml:4:26: error:" in said and "::error" not in said, said)
    bad.unlink()
    stage.configure("mode: sync", "mode: synch")
    said = stage.run("validate", code=4, **github())
    check("::error file=authzd.yaml,line=15," in said, said)
    said = stage.run("plan", code=1, **READERS)
    check("authzd.yaml is not valid" in said, said)
    stage.configure("mode: synch", "mode: sync")


class GitDaemon(socketserver.BaseRequestHandler):
    """One connection to `git daemon`, which serves every repository below a folder."""
    folder = None

    def handle(self):
        subprocess.run(["git", "daemon", "--inetd", "--export-all", f"--base-path={self.folder}"],
                       stdin=self.request, stdout=self.request, stderr=subprocess.DEVNULL, check=False)


def is_followed_by_a_daemon(stage):
    """The configuration as it is, less the address: a Git source reads the manifests and nothing else."""
    git = ["git", "-C", stage.repository, "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for command in (["init", "--quiet", "--initial-branch=main"], ["add", "."], ["commit", "--quiet", "-m", "Start"]):
        subprocess.run([*git, *command], check=True)
    GitDaemon.folder = stage.work
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), GitDaemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stage.configure("https://git.example.com/platform/authorizations.git",
                        f"git://127.0.0.1:{server.server_address[1]}/repository")
        done = subprocess.run([stage.authzd, "validate", "--config", "authzd.yaml"], cwd=stage.repository, text=True,
                              capture_output=True, timeout=120,
                              env={**os.environ, "CREDENTIALS_DIRECTORY": "/nowhere"})
        server.shutdown()
    check(done.returncode == 0, done.stdout, done.stderr)
    check(done.stdout.count("Valid: account ") == 2 and "4 files, 3 authorizations" in done.stdout, done.stdout)


def fork_plans_nothing(stage):
    before = stage.ask_sandbox("counters")
    said = stage.run("plan", **github())
    check("a pull request from a fork gets no secrets, and is validated only" in said, said)
    check(not stage.hashes() and not (stage.repository / "plan/plan.md").exists(), "a plan without a key")
    check(stage.ask_sandbox("counters") == before, "IAM was asked without a key")
    check("no plan to show" in stage.run("comment", **github()), "nothing to show, and nobody says so")
    said = stage.run("plan", code=1, IBMCLOUD_API_KEY_PROD=READERS["IBMCLOUD_API_KEY_PROD"])
    check("no API key for these accounts: test (IBMCLOUD_API_KEY_TEST)" in said, said)
    said = stage.run("apply", code=1, **KEYS)
    check("there is no hash of a reviewed plan" in said and "nothing was written" in said, said)


def plans(stage, **more):
    """Of a pull request, by a key that reads; returns the hashes."""
    before = stage.writes()
    said = stage.run("plan", AUTHZD_COMMIT=HEAD, **READERS, **more)
    check(stage.writes() == before, "a plan wrote")
    plan = json.loads((stage.repository / "plan/plan.json").read_text())
    hashes = [each["hash"] for each in plan["accounts"]]
    check(stage.hashes() == hashes, "plan/hashes is not what plan.json has")
    text = (stage.repository / "plan/plan.md").read_text()
    check(text.startswith(f"### authzd: plan of {HEAD}\n"), text)
    check(all(each in text.partition("### authzd: account")[0] for each in hashes), text)
    return said, hashes


def comments(stage, kind):
    """One comment, found behind a page of others, and changed in place."""
    forge, environment = stage.forge, forge_variables(stage, kind)
    own = {"github": "github-actions[bot]", "gitlab": "project_42_bot"}[kind]
    bait = forge.add_comment(kind, "mallory", "<!-- authzd: plan -->\nAll is well.")
    quote = forge.add_comment(kind, own, "> <!-- authzd: plan -->\nNot it.")
    for number in range(130):
        forge.add_comment(kind, "ada", f"Comment {number}")

    said = stage.run("comment", code=1, **forge_variables(stage, kind, token="5ecretWrong"))
    check("401: Bad credentials" in said and "\x1b" not in said, said)
    check(not forge.writes, "something was written with a wrong token")

    stage.run("comment", **environment)
    comment = forge.comments[kind][-1]
    check(comment["body"].startswith("<!-- authzd: plan -->\n### authzd: plan of "), comment)
    check(stage.hashes()[0] in comment["body"], comment)
    (stage.repository / "plan/plan.md").write_text("### authzd: another plan\n")
    stage.run("comment", **environment)
    check(comment["body"] == "<!-- authzd: plan -->\n### authzd: another plan\n", comment)

    # One that is too long is cut between lines, and says by how much.
    line = "- a policy of somebody's, with a line of its own 🔑\n"
    (stage.repository / "plan/plan.md").write_text("### Top\n<details>\n" + line * 5000 + "</details>\n")
    stage.run("comment", **environment)
    kept = comment["body"].count(line)
    check(kept > 1000 and f"**{5001 - kept} more lines are not shown" in comment["body"], comment["body"][-300:])
    check(comment["body"].count("</details>") == 1, comment["body"][-300:])
    changes = {"github": "PATCH", "gitlab": "PUT"}[kind]
    check(forge.writes == [(kind, "POST", None)] + [(kind, changes, comment["id"])] * 2, forge.writes)
    check(bait["body"].endswith("All is well.") and quote["body"].endswith("Not it."), "another comment was changed")
    forge.writes.clear()


def long_plan_fits(stage):
    """400 grants, in each of two accounts."""
    grants = "---\n".join(
        (MANIFEST % (f"many-{number}", "messagehub", "Reader")).replace("kms", f"kms, instance: i-{number:030}")
        for number in range(400))
    file = stage.repository / "manifests/common/many.yaml"
    file.write_text(grants)
    _, hashes = plans(stage)
    text = (stage.repository / "plan/plan.md").read_text()
    check(len(text) < 60000 and text.count(" more are not shown.") == 2, len(text), text[-1000:])
    check(all(f"Plan hash {each}\n" in text for each in hashes), "a hash was cut off")
    file.unlink()


def hash_travels(stage, hashes):
    """From the plan job of the pull request to the job on main, through both APIs."""
    forge = stage.forge
    (stage.repository / "plan/hashes").unlink()
    said = stage.run("reviewed", code=1, **forge_variables(stage, "github"))
    check("no merged pull request brought commit" in said and "::error::" in said, said)
    forge.pulls = [{"merged_at": None, "head": {"sha": "c" * 40}}, {"merged_at": "2026-12-01", "head": {"sha": HEAD}}]

    def artefact(text, created, fork=False, **more):
        run = {"head_sha": HEAD, "repository_id": 1, "head_repository_id": 2 if fork else 1}
        return {"name": f"authzd-plan-{HEAD}", "expired": False, "created_at": created, "workflow_run": run,
                "files": {"hashes": text}, **more}
    evil = "\n".join("e" * 64 for _ in hashes) + "\n"
    forge.artefacts = [artefact(evil, "2026-12-03", fork=True), artefact(evil, "2026-12-04", expired=True)]
    said = stage.run("reviewed", code=1, **forge_variables(stage, "github"))
    check("it came from a fork, or its plan is too old" in said, said)
    forge.artefacts += [artefact(evil, "2026-12-01"), artefact("\n".join(hashes) + "\n", "2026-12-02")]
    stage.run("reviewed", **forge_variables(stage, "github"))
    check(stage.hashes() == hashes, stage.hashes())
    forge.artefacts[-1]["files"]["hashes"] = "--yes\n"
    said = stage.run("reviewed", code=1, **forge_variables(stage, "github"))
    check("not hashes of plans" in said and not stage.hashes(), said)

    forge.requests = [{"iid": 7, "state": "merged"}]
    forge.pipelines = [{"id": 90, "project_id": PROJECT + 1}]
    said = stage.run("reviewed", code=1, **forge_variables(stage, "gitlab"))
    check("it came from a fork" in said, said)
    forge.pipelines += [{"id": 80, "project_id": PROJECT}, {"id": 70, "project_id": PROJECT}]
    forge.jobs = [{"id": 2, "pipeline": 70, "name": "plan", "status": "success"},
                  {"id": 3, "pipeline": 80, "name": "validate", "status": "success"}]
    said = stage.run("reviewed", code=1, **forge_variables(stage, "gitlab"))
    check("the last pipeline of merge request 7 made no plan" in said, said)
    forge.jobs.append({"id": 4, "pipeline": 80, "name": "plan", "status": "success"})
    forge.files = {4: "\n".join(hashes) + "\n"}
    stage.run("reviewed", **forge_variables(stage, "gitlab"))
    check(stage.hashes() == hashes, stage.hashes())


def applies_what_was_reviewed(stage):
    said = stage.run("apply", **KEYS, **github())
    check("the reviewed plan is applied" in said, said)
    check(stage.ours() == ["block-storage-keys", "bucket-keys", "bucket-keys", "event-streams-keys",
                           "event-streams-keys", "flow-logs"], stage.ours())
    stage.run("apply", **KEYS)  # again: nothing is left to do
    said, _ = plans(stage)
    check(said.count("Nothing to do") == 2, said)


def refuses_what_has_changed(stage):
    """The manifest of a second pull request changes the plan of the first."""
    stage.manifest("prod/mongodb.yaml", "databases-for-mongodb")
    _, hashes = plans(stage)
    stage.manifest("prod/mysql.yaml", "databases-for-mysql")
    before = stage.writes()
    said = stage.run("apply", code=1, **KEYS, **github())
    check(stage.writes() == before, "a plan that nobody saw was applied")
    check("::error::Nothing was written: the plan is not the reviewed one any more." in said, said)
    now = re.search(r'AUTHZD_PLAN_HASH="([0-9a-f]{64})"', said)
    check(now and now.group(1) not in hashes, said)
    said = stage.run("apply", code=1, AUTHZD_PLAN_HASH="0123; true", **KEYS)
    check("64 hex digits" in said and stage.writes() == before, said)
    # By hand, with the hash of the plan that was read.
    stage.run("apply", AUTHZD_PLAN_HASH=now.group(1), **KEYS)
    check({"mongodb", "mysql"} <= set(stage.ours()), stage.ours())

    # A delete needs the hash of the plan that shows it as held.
    (stage.repository / "manifests/prod/mysql.yaml").unlink()
    said, _ = plans(stage, **github())
    check("Held by firstDeletes" in said and "(exit code 3)" in said, said)
    check("--account prod --config plan/authzd.yaml --local" in said, said)
    stage.run("apply", **KEYS)
    check("mysql" not in stage.ours(), stage.ours())


def tells_its_exit_codes(stage):
    stage.manifest("prod/mysql.yaml", "databases-for-mysql")
    stage.manifest("test/wrong.yaml", "databases-for-mysql", "Wizard")
    said, _ = plans(stage)
    check("the plan has conflicts (exit code 5)" in said, said)
    said = stage.run("apply", code=5, **KEYS, **github())
    check("::error::The plan was applied in part, or conflicts remain (exit code 5)" in said, said)
    check("mysql" in stage.ours(), "a conflict of one account held up the other")
    (stage.repository / "manifests/test/wrong.yaml").unlink()

    stage.manifest("prod/bad.yaml", "KMS")
    said = stage.run("plan", code=1, **READERS)
    check("authzd plan ended with exit code 4" in said and not stage.hashes(), said)
    check("no plan of this commit" in (stage.repository / "plan/plan.md").read_text(), "an old plan is left")
    said = stage.run("apply", code=4, AUTHZD_PLAN_HASH="a" * 64, **KEYS, **github())
    check("::error::The manifests or the configuration are invalid (exit code 4)" in said, said)
    (stage.repository / "manifests/prod/bad.yaml").unlink()

    # What only named approvers may let through stays, whatever was reviewed.
    with (stage.repository / "authzd.yaml").open("a") as file:
        file.write("rails: {approvers: {need: 2}}\n")
    (stage.repository / "manifests/prod/mysql.yaml").unlink()
    plans(stage)
    said = stage.run("apply", code=3, **KEYS, **github())
    check("::error::A rail holds a part of the plan, which was not done (exit code 3)" in said, said)
    check("mysql" in stage.ours(), "what is held was deleted")

    stage.configure("mode: sync", "mode: observe")
    stage.manifest("test/mysql.yaml", "databases-for-mysql")
    plans(stage)
    text = (stage.repository / "plan/plan.md").read_text()
    check("test: the mode does not allow 1 more" in text, text)
    before = stage.writes()
    said = stage.run("apply", **KEYS, **github())
    check("::error::Nothing was written in an account whose mode is observe" in said, said)
    check("the reviewed plan is applied" not in said and stage.writes() == before, said)


def keeps_secrets(stage):
    check(not stage.forge.faults, *stage.forge.faults)
    check(not SECRET.search(stage.output), "a secret was printed")
    calls = (stage.work / "calls").read_text()
    check("--plan-hash" in calls and "--header" in calls, "the programs were not called through the shims")
    found = [line for line in calls.split("\n") if SECRET.search(line)]
    check(not found, "a secret is in the arguments or the environment of a program:", *found)
    left = [str(path) for path in stage.repository.rglob("*")
            if path.is_file() and SECRET.search(path.read_text(errors="replace"))]
    check(not left, "a secret is left in", *left)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    check_workflows(TEMPLATE)
    for script in (TEMPLATE / "ci").iterdir():
        executable = bool(script.stat().st_mode & stat.S_IXUSR)
        check(executable == (script.name != "lib.sh"), f"{script.name} is executable: {executable}")
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as name:
        stage = Stage(build, pathlib.Path(name))
        try:
            installs(stage)
            is_followed_by_a_daemon(stage)
            validates(stage)
            fork_plans_nothing(stage)
            long_plan_fits(stage)
            _, hashes = plans(stage)
            plan = (stage.repository / "plan/plan.md").read_text()
            for kind in ("github", "gitlab"):
                (stage.repository / "plan/plan.md").write_text(plan)
                comments(stage, kind)
            hash_travels(stage, hashes)
            applies_what_was_reviewed(stage)
            refuses_what_has_changed(stage)
            tells_its_exit_codes(stage)
            keeps_secrets(stage)
        finally:
            stage.close()
    print("pipeline: validated, planned, shown, reviewed and applied; no secret was seen")


if __name__ == "__main__":
    main()
