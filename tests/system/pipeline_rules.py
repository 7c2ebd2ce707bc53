#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""The rules of manifests/template/policy, by an engine for Rego that is no part of conftest (regopy, of
PyPI), on plans that authzd made. Without that package the test is skipped.
usage: pipeline_rules.py BUILD-DIRECTORY"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

POLICY = pathlib.Path(__file__).resolve().parent.parent.parent / "manifests/template/policy/plan.rego"
ENGINE = "regopy==1.5.2"
ACCOUNT = "1" * 32
MANIFEST = """\
apiVersion: authzd/v1
kind: Authorization
metadata: {name: %s}
spec: {source: {service: %s}, target: {service: kms}, roles: [%s]}
"""
# Runs with the engine: prints what each set of messages has for the plan on standard input.
JUDGE = """\
import json, sys, regopy
engine = regopy.Interpreter()
engine.add_module("plan", open(sys.argv[1]).read())
engine.set_input(json.load(sys.stdin))
answer = json.loads(str(engine.query("data.main")))["expressions"][0]
print(json.dumps({kind: answer[kind] for kind in ("deny", "warn")}))
"""


def check(condition, *what):
    if not condition:
        sys.exit("pipeline_rules.py: " + " ".join(str(each) for each in what))


def install(work):
    """A Python that has the engine."""
    python = work / "engine/bin/python"
    for command in ([sys.executable, "-m", "venv", work / "engine"],
                    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ENGINE]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip().split("\n")
            print(f"pipeline_rules: skipped: no {ENGINE} here: {said[-1]}", file=sys.stderr)
            sys.exit(77)
    return python


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        python = install(work)

        def judge(plan):
            done = subprocess.run([python, "-c", JUDGE, POLICY], input=json.dumps(plan), capture_output=True, text=True)
            check(done.returncode == 0, done.stderr)
            return json.loads(done.stdout)

        def plan(manifests, listed):
            """Of these manifests against a list that IAM is said to have."""
            folder = work / "manifests"
            folder.mkdir(exist_ok=True)
            for old in folder.iterdir():
                old.unlink()
            for manifest, (source, role) in manifests.items():
                (folder / f"{manifest}.yaml").write_text(MANIFEST % (manifest, source, role))
            (work / "list.json").write_text(json.dumps({"policies": listed}))
            done = subprocess.run(
                [build / "daemon/cli/authzd", "plan", "--manifests", folder, "--account", ACCOUNT, "--owner", "platform",
                 "--against", work / "list.json", "--allow-empty-account",
                 "-o", "json"], capture_output=True, text=True,
                env={**os.environ, "IBMCLOUD_API_KEY": "none"})
            check(done.returncode == 0, done.stdout, done.stderr)
            return json.loads(done.stdout)

        wanted = {f"reader-{number}": (service, "Reader") for number, service in enumerate((
            "messagehub", "server-protect", "cloud-object-storage", "databases-for-redis", "databases-for-mysql",
            "databases-for-mongodb", "databases-for-postgresql"))}
        quiet = plan(wanted, [])
        check(quiet["counts"]["create"] == len(wanted), quiet["counts"])
        check(judge(quiet) == {"deny": [], "warn": []}, judge(quiet))
        check(judge({"accounts": [quiet, quiet]})["deny"] == [], "a plan of several accounts")

        # The same policies, and no manifest but one that wants them.
        made = [{**action["body"], "id": f"00000000-0000-4000-8000-{number:012d}", "type": "authorization",
                 "state": "active"} for number, action in enumerate(quiet["actions"])]
        removals = plan({"other": ("containers-kubernetes", "Reader")}, made)
        deletes = [action for action in removals["actions"] if action["verb"] == "delete"]
        check(len(deletes) == len(wanted), removals["actions"])
        found = judge(removals)
        check(found["deny"] == [f"{ACCOUNT}: 7 deletes in one change; split it"], found)
        check(found["warn"] and "a rail holds 7 actions" in found["warn"][0], found)
        check(judge({"accounts": [quiet, removals]}) == found, "the second account is not looked at")

        strong = plan({"strong": ("messagehub", "Reader")}, [])
        strong["actions"][0]["after"]["roles"] = ["crn:v1:bluemix:public:iam::::serviceRole:Manager"]
        check("strong grants crn:" in judge(strong)["deny"][0], judge(strong))
    print("pipeline_rules: the rules say what they should")


if __name__ == "__main__":
    main()
