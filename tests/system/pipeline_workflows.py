# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""What must hold of the workflow files of manifests/template: they parse, call scripts that exist, ask
for no right that a job does not need, and take no text of others into a script."""
import re
import sys

import yaml

# All that a job may ask for. Whoever adds a right, adds it here, too.
PERMISSIONS = {
    "validate": {"contents": "read"},
    "plan": {"contents": "read"},
    "comment": {"contents": "read", "pull-requests": "write"},
    "apply": {"contents": "read", "actions": "read", "pull-requests": "read"},
}
HAVE_KEYS = {"plan", "apply"}  # jobs with a key of IAM; the others have none
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
SCRIPT = re.compile(r"\bci/[a-z]+\b")


def check(condition, *what):
    if not condition:
        sys.exit("pipeline_workflows.py: " + " ".join(str(each) for each in what))


def check_scripts(template, text, where):
    names = SCRIPT.findall(text)
    for name in names:
        check((template / name).is_file(), f"{where} calls {name}, which does not exist")
    return names


def check_github(template):
    file = template / ".github/workflows/authzd.yaml"
    workflow = yaml.safe_load(file.read_text())
    events = workflow[True]  # YAML 1.1 takes "on" for a boolean
    check(set(events) == {"pull_request", "push", "workflow_dispatch"}, "events:", events)
    check(events["push"]["branches"] == ["main"], "push of other branches")
    check(workflow["permissions"] == {}, "rights for all jobs:", workflow["permissions"])
    jobs = workflow["jobs"]
    check({name: job["permissions"] for name, job in jobs.items()} == PERMISSIONS, "rights of jobs")
    for name, job in jobs.items():
        check(("IBMCLOUD_API_KEY" in str(job)) == (name in HAVE_KEYS), f"job {name} and keys")
        check("secrets." not in str({**job, "steps": []}), f"job {name}: secrets belong to one step")
        for step in job["steps"]:
            if "uses" in step:
                check(PINNED.fullmatch(step["uses"]), f"{step['uses']} is not pinned to a commit")
                if "checkout" in step["uses"]:
                    check(step["with"]["persist-credentials"] is False, "the checkout keeps its token")
                continue
            check("${{" not in step["run"], f"a script with text of others in it: {step['run']}")
            check(check_scripts(template, step["run"], file.name), f"{step['run']} is no script of ci/")
    check("head.repo.full_name == github.repository" in jobs["plan"]["if"], "a fork's pull request is planned")
    check("refs/heads/main" in jobs["apply"]["if"] and jobs["apply"]["environment"], "who may apply")
    check("READER_KEY" in str(jobs["plan"]) and "WRITER_KEY" not in str(jobs["plan"]), "the plan's keys")


def check_gitlab(template):
    file = template / ".gitlab-ci.yml"
    pipeline = yaml.safe_load(file.read_text())
    jobs = {name: pipeline[name] for name in PERMISSIONS}
    check(set(pipeline) - set(jobs) == {"workflow", "stages", "default"}, "what else is in", file.name)
    for name, job in jobs.items():
        check(check_scripts(template, str(job["script"]), file.name), f"job {name} calls no script of ci/")
    check_scripts(template, str(pipeline["default"]["before_script"]), file.name)
    for name in ("plan", "comment"):
        rules = jobs[name]["rules"]
        check(all("SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID" in each["if"] for each in rules),
              f"a fork's merge request runs {name}")
    check(all("$CI_DEFAULT_BRANCH" in each["if"] for each in jobs["apply"]["rules"]), "other branches are applied")


def check_pre_commit(template):
    file = template / ".pre-commit-config.yaml"
    hooks = [hook for each in yaml.safe_load(file.read_text())["repos"] for hook in each["hooks"]]
    check([hook["entry"] for hook in hooks] == ["ci/validate"], "hooks:", hooks)
    check_scripts(template, hooks[0]["entry"], file.name)
    check(re.search(hooks[0]["files"], "manifests/prod/a.yaml"), "the hook misses a manifest")


def check_workflows(template):
    check_github(template)
    check_gitlab(template)
    check_pre_commit(template)
