# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Situations of commands that no daemon answers. Each function is a scene, and its text the heading."""
import time

from message_stage import ACCOUNT, INSTANCE, OTHER, policy_of

ALONE = {"config": False}


def usage(it):
    """The command line"""
    account = ["--account", ACCOUNT]
    full = [*account, "--manifests", "manifests", "--owner", "demo"]
    key = {"IBMCLOUD_API_KEY": "a-key", "IBMCLOUD_IAM_API_ENDPOINT": it.sandbox.url}
    it.manifest("disks", "server-protect")
    it.say("no command", **ALONE)
    it.say("a command that is misspelt", "aply", **ALONE)
    it.say("an option that is misspelt", "plan", "--acount", ACCOUNT, **ALONE)
    it.say("an option without its value", "plan", "--account", **ALONE)
    it.say("a word that is none of the choices", "plan", "--mode", "write", **ALONE)
    it.say("a duration that is none", "sync", "--wait", "--timeout", "soon", **ALONE)
    it.say("an argument that is needed", "approve", **ALONE)
    it.say("two that exclude each other", "release", "disks", "--all", **ALONE)
    it.say("neither of two", "release", **ALONE)
    it.say("--out without a file", "plan", "--out", "json", **ALONE)
    it.say("a form that audit does not have", "audit", "check", **ALONE)
    it.say("no configuration, and not all that a call without one needs", "plan", *account, **ALONE)
    it.say("apply without --mode", "apply", *full, env=key, **ALONE)
    it.say("no account", "list", env=key, **ALONE)
    it.say("two accounts without a configuration", "plan", *full, "--account", OTHER, env=key, **ALONE)
    it.say("an account id that is none", "list", "--account", "production", env=key, **ALONE)
    it.say("an owner that cannot mark", "plan", *account, "--manifests", "manifests", "--owner", "My Team",
           env=key, **ALONE)
    it.say("no API key", "plan", *full, **ALONE)
    it.say("an endpoint that is none", "list", *account,
           env={**key, "IBMCLOUD_IAM_API_ENDPOINT": "iam.cloud.ibm.com"}, **ALONE)
    it.say("a proxy that is none", "list", *account, env={**key, "HTTPS_PROXY": "socks5://proxy"}, **ALONE)
    it.say("a configuration, and manifests besides", "plan", "--manifests", "manifests")
    it.say("a configuration, and an owner besides", "plan", "--owner", "demo")
    it.say("release without an owner", "release", "disks", *account, env=key, **ALONE)


def validate(it):
    """validate"""
    it.say("nothing there", "validate", "manifests", **ALONE)
    it.say("a path that is not there", "validate", "nowhere", **ALONE)
    it.write("manifests/notes.yaml", "# nothing yet\n")
    it.say("no authorization", "validate", "manifests", **ALONE)
    it.say("no authorization, and that is meant", "validate", "manifests", "--allow-empty", **ALONE)
    it.manifest("disks", "server-protect")
    it.say("valid", "validate", "manifests", **ALONE)
    it.write("manifests/kustomization.yaml", "resources: [disks.yaml]\n")
    it.say("a file of another program", "validate", "manifests", **ALONE)
    it.write("manifests/.authzdignore", "kustomization.yaml\n")
    it.say("a file that is ignored", "validate", "manifests", **ALONE)
    it.manifest("mail", "mesagehub", role="Reder")
    it.say("a service that is misspelt", "validate", "manifests/mail.yaml", **ALONE)
    it.write("manifests/mail.yaml", "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: mail}\n"
             "spec: {source: {service: KeyProtect}, targets: [{service: kms, instanz: x}], roles: []}\n")
    it.say("several mistakes", "validate", "manifests", **ALONE)
    it.drop("mail")
    it.say("standard input", "validate", "-", stdin=(it.manifests / "disks.yaml").read_text(), **ALONE)
    it.say("nothing at standard input", "validate", "-", **ALONE)
    it.say("a configuration", "validate", "authzd.yaml", **ALONE)
    it.say("the manifests of a configuration", "validate")
    two = ", ".join((it.account("prod", more=", paths: [prod]"), it.account("test", OTHER, ", paths: [test]")))
    it.configure(accounts=f"[{two}]")
    it.manifest("disks", "server-protect", folder="manifests/prod")
    it.say("two accounts, one without manifests", "validate")
    it.say("a configuration of two accounts", "validate", "authzd.yaml", **ALONE)
    it.configure(mode="synch")
    it.say("a configuration that is not valid", "validate", "authzd.yaml", **ALONE)
    it.say("the manifests of a configuration that is not valid", "validate")
    it.say("no configuration, and no path", "validate", **ALONE)


def configuration(it):
    """The configuration"""
    it.manifest("disks", "server-protect")
    it.say("it is not there", "plan", "--config", "nowhere.yaml", **ALONE)
    it.say("it is a folder", "plan", "--config", "manifests", **ALONE)
    (it.folder / "authzd.yaml").chmod(0)
    it.say("it may not be read", "plan", as_other=True)
    it.say("it may not be read, for a command that needs the daemon", "status", as_other=True)
    (it.folder / "authzd.yaml").chmod(0o644)
    it.say("an account that it does not have", "plan", "--account", "production")
    it.configure(mode="synch", intervall="1h", accounts="[]")
    it.say("it is not valid", "plan")
    it.configure(mode=None)
    it.say("it has no mode", "plan")
    it.write("authzd.yaml", "kind: [\n")
    it.say("it is no YAML, for a command that needs the daemon", "status")
    it.configure()
    it.configure(accounts=f"\n  - name: prod\n    id: {ACCOUNT}\n    auth: {{apiKeyFile: {it.folder}/key}}")
    (it.folder / "key").chmod(0o644)
    it.say("the key's file may be read by all", "list")
    (it.folder / "key").unlink()
    it.say("the key's file is not there", "list")
    it.secret("key", "")
    it.say("the key's file is empty", "list")
    it.secret("key", "a-key")
    it.configure(source="{directory: {path: /nowhere/manifests}}")
    it.say("the manifests are not there", "plan")
    it.configure(state="/nowhere/state.db")
    it.say("the state's directory is not there", "apply", "--yes")
    it.configure()
    it.write("state.db", "not a database, though it is long enough to be looked at")
    it.say("the state is something else", "apply", "--yes")
    it.say("the state is something else, for a command that only reads", "plan", only_end=True)


def iam(it):
    """IAM"""
    sandbox = it.sandbox
    it.manifest("disks", "server-protect")
    it.secret("key", "revoked-key")
    it.say("the key is refused", "plan")
    it.secret("key", "a-key")
    short = "timeouts: {connect: 1s, total: 2s, list: 2s}"
    it.configure(iam='{endpoint: "http://127.0.0.1:1", %s}' % short)
    it.say("nobody listens", "plan")
    it.configure(iam='{endpoint: "https://iam.invalid", %s}' % short)
    it.say("there is no such host", "plan")
    it.configure(iam='{endpoint: "http://iam.example.com"}')
    it.say("the endpoint would get the key in clear text", "plan")
    it.configure(iam='{endpoint: "%s"}' % sandbox.url)
    it.say("the account shows no authorization", "plan")
    it.configure(accounts=f"[{it.account('test', OTHER)}]")
    it.say("the key is of another account", "plan")
    it.configure()
    sandbox.forbid("GET", "/v2/policies")
    it.say("the list is refused", "plan")
    sandbox.heal()
    sandbox.fault(path="/v2/policies", times=0, status=200, body="<html>", headers={"Content-Type": "text/html"})
    it.say("the reply is none of IAM's", "plan")
    sandbox.heal()
    sandbox.forbid("GET", "/v2/roles")
    it.say("the roles may not be read", "plan")
    sandbox.heal()
    it.secret("key", "viewer-key")
    it.say("the key may only read, and plans", "plan", only_end=True)
    it.say("the key may only read, and applies", "apply", "--yes")


def plan(it):
    """plan"""
    alone = ["--manifests", "manifests", "--owner", "demo", "--account"]
    key = {"IBMCLOUD_API_KEY": "a-key", "IBMCLOUD_IAM_API_ENDPOINT": it.sandbox.url}
    it.manifest("disks", "server-protect")
    it.manifest("mail", "messagehub")
    it.say("something to do, and policies that are not managed", "plan")
    it.say("with --detailed-exitcode", "plan", "--detailed-exitcode", only_end=True)
    it.say("one authorization", "plan", "--name", "disks", only_end=True)
    it.say("one that is not there", "plan", "--name", "disk")
    it.say("a file that cannot be written", "plan", "--out", "json=/nowhere/plan.json")
    against = ["plan", *alone, ACCOUNT, "--against"]
    it.say("a saved list that is not there", *against, "nowhere.json", **ALONE)
    it.write("saved.json", "{")
    it.say("a saved list that is no JSON", *against, "saved.json", **ALONE)
    it.write("saved.json", '{"policies": 1}')
    it.say("a saved list that is none", *against, "saved.json", **ALONE)
    it.quietly("apply", "--yes")
    it.write("saved.json", it.quietly("list", "--output", "json").out)
    it.say("a saved list of another account", "plan", *alone, OTHER, "--against", "saved.json", **ALONE)
    it.say("nothing to do", "plan")
    it.manifest("mail", "messagehub", role="Redaer")
    it.say("a role that IAM does not offer", "plan", "--detailed-exitcode")
    it.write("manifests/mail.yaml", "kind: [\n")
    it.say("the manifests are not valid any more", "plan")
    it.drop("mail")
    it.drop("disks")
    it.say("there is no manifest any more", "plan")
    it.say("there is none, and no configuration", "plan", *alone, ACCOUNT, env=key, **ALONE)


plan.policies = [policy_of(1, "server-protect", "kms"), policy_of(2, "is", "kms")]


def apply(it):
    """apply"""
    sandbox = it.sandbox
    it.manifest("disks", "server-protect")
    it.manifest("mail", "messagehub")
    it.say("at a terminal, and the answer is no", "apply", answer="no", only_end=True)
    it.say("no terminal to ask on", "apply", only_end=True)
    it.say("a hash of no plan", "apply", "--plan-hash", "0" * 64, only_end=True)
    it.say("a hash that is cut", "apply", "--plan-hash", "0123456789", only_end=True)
    it.configure(mode="observe")
    it.say("mode observe", "apply", "--yes", only_end=True)
    it.configure()
    it.quietly("suspend")
    it.say("suspended", "apply", "--yes", only_end=True)
    it.quietly("resume")
    sandbox.forbid("POST", "/v2/policies", times=1)
    it.say("one of two is refused", "apply", "--yes")
    sandbox.heal()
    sandbox.fault(method="POST", path="/v2/policies", times=0, cut="before_reply")
    sandbox.fault(method="GET", path="/v2/policies", skip=1, times=0, cut="before_reply")
    it.say("the reply is lost, and IAM cannot be read", "apply", "--yes")
    sandbox.heal()
    it.say("the next one", "apply", "--yes")
    it.configure(settle="1s")
    time.sleep(1.5)  # from now on a list would show it
    it.say("once a read can tell", "apply", "--yes")
    it.configure()
    it.say("nothing to do", "apply", "--yes")
    it.say("one authorization", "apply", "--yes", "--name", "disks")
    it.say("one that is not there", "apply", "--yes", "--name", "disk")
    it.drop("mail")
    said = it.say("a rail holds", "apply", "--yes")
    it.follow(said, r"  authzd (approve .*)", "--yes")
    it.say("once it is approved", "apply", "--yes")
    it.drop("disks")
    it.manifest("mail", "messagehub")
    it.configure(rails="{removalGrace: 0s, maxDelete: 0}")
    said = it.say("another rail holds a part", "apply", "--yes")
    it.follow(said, r"  authzd (approve .*)", "--yes")
    said = it.say("the plan that is left", "plan", only_end=True)


def approvals_end(it):
    """What holds until a person acts, and ends"""
    it.manifest("disks", "server-protect")
    it.configure(rails="{removalGrace: 0s, maxCreate: 0, approvalTtl: 1s}")
    said = it.say("wait for what a rail holds", "wait", "disks")
    it.follow(said, r"  authzd (plan .*)")
    hash = it.quietly("plan").find(r"Plan hash (\S+)")
    it.quietly("approve", it.quietly("plan").find(r"authzd approve (\S+)"), "--yes")
    time.sleep(2.5)  # its time is told in whole seconds
    it.say("an approval that has ended", "apply", "--yes", only_end=True)
    it.say("approvals", "approvals")
    it.say("a plan that was made too long ago", "apply", "--plan-hash", hash, only_end=True)
    it.configure()
    it.quietly("apply", "--yes")
    it.manifest("disks", "server-protect", more="  protect: true\n")
    it.quietly("apply", "--yes")
    it.say("release of what is protected", "release", "disks", "--yes")
    it.drop("disks")
    it.manifest("mail", "messagehub")
    it.say("a delete of what is protected", "apply", "--yes")


def without_configuration(it):
    """Without a configuration"""
    key = {"IBMCLOUD_API_KEY": "a-key", "IBMCLOUD_IAM_API_ENDPOINT": it.sandbox.url}
    alone = {"config": False, "env": key}
    options = ["--account", ACCOUNT, "--manifests", "manifests", "--owner", "demo", "--allow-empty-account"]
    it.manifest("disks", "server-protect")
    it.manifest("mail", "messagehub")
    it.say("an account that shows no authorization", "plan", *options[:-1], **alone)
    it.say("apply", "apply", *options, "--mode", "sync", "--yes", only_end=True, **alone)
    it.drop("mail")
    said = it.say("a delete", "apply", *options, "--mode", "sync", "--yes", **alone)
    it.say("the command that it names", *said.find(r"  authzd (apply .*)").split(), only_end=True, **alone)
    it.say("nothing is deleted in this mode", "apply", *options, "--mode", "create-only", "--yes",
           only_end=True, **alone)


def without_daemon(it):
    """Without a daemon"""
    it.manifest("disks", "server-protect")
    it.say("status", "status")
    it.say("sync", "sync")
    it.say("status, without a configuration", "status", **ALONE)
    it.say("runs, and there is no state", "runs")
    it.say("runs, and --state names none that is there", "runs", "--state", "nowhere.db")
    it.say("runs, without a configuration and a state", "runs", **ALONE)
    it.quietly("apply", "--yes")
    said = it.say("runs", "runs", table=True)
    it.say("approve of what is not held", "approve", "0" * 64, "--yes")
    it.say("approvals", "approvals")
    it.say("unpin", "unpin")
    it.say("unpin of what is not pinned", "unpin", "disks")
    it.say("undo of what is not there", "undo", "0" * 12, "--yes")
    it.say("suspend", "suspend")
    it.say("suspend, again", "suspend")
    it.say("suspend of an account that is not there", "suspend", "production")
    it.say("undo while suspended", "undo", said.find(r"\b[0-9a-f]{12}\b"), "--yes")
    it.say("resume of one account, and all are suspended", "resume", "prod")
    it.say("resume", "resume")
    it.say("resume, and nothing is suspended", "resume")
    it.quietly("suspend", "prod")
    it.say("resume of all, and one is suspended by its name", "resume")
    it.quietly("resume", "prod")
    it.say("--local beside a state", "apply", "--yes", "--local", only_end=True)
    it.say("wait", "wait", "disks")
    it.say("wait for what is not there", "wait", "disk")
    it.manifest("mail", "messagehub")
    it.say("wait for what is not granted", "wait", "mail", "--timeout", "0s")
    it.say("wait for what is not settled", "wait", "disks", "--for", "settled", "--timeout", "0s")
    it.say("release of what is not there", "release", "disk", "--yes")
    it.say("release, and no terminal", "release", "disks", only_end=True)
    it.say("release", "release", "disks", "--yes")
    it.say("release of all, and nothing is left", "release", "--all", "--yes")


def run_once(it):
    """run"""
    it.manifest("disks", "server-protect")
    it.manifest("mail", "messagehub")
    it.say("--once --dry-run", "run", "--once", "--dry-run")
    it.say("--once", "run", "--once")
    it.say("--once, and nothing to do", "run", "--once")
    it.drop("mail")
    it.say("--once, and a rail holds", "run", "--once")
    it.say("--once --dry-run, and a rail holds", "run", "--once", "--dry-run")
    it.write("manifests/mail.yaml", "kind: [\n")
    it.say("--once, and the manifests are not valid", "run", "--once")
    it.drop("mail")
    it.secret("key", "revoked-key")
    it.say("--once, and the key is refused", "run", "--once")
    it.secret("key", "a-key")
    it.start_and_rest("Held")
    it.say("--once, and a daemon is at work", "run", "--once")
    it.say("a second daemon", "run")
    it.say("another command on its state", "runs", "--state", "state.db")
    it.stop_daemon()
    it.configure(admin="{socket: /nowhere/admin.sock}")
    it.say("a daemon that cannot listen", "run")


def lists(it):
    """list and export"""
    it.say("list", "list")
    it.say("list, and nothing has a marker", "list", "--names")
    it.say("list of an owner who has nothing", "list", "--owner", "demo")
    said = it.say("export: one is left out", "export")
    it.write("exported/all.yaml", said.out)
    it.say("validate what was exported", "validate", "exported", **ALONE)
    it.sandbox.forbid("GET", "/v2/policies")
    it.say("export, and the list is refused", "export")


lists.policies = [policy_of(1, "server-protect", "kms"),
                  policy_of(2, "is", "kms", template={"id": "t-1", "version": "1"})]


def imports(it):
    """import"""
    it.say("no file", "import", "tfstate", **ALONE)
    it.say("a file that is not there", "import", "tfstate", "nowhere.tfstate", **ALONE)
    it.write("bad.tfstate", "{")
    it.say("a state that is no JSON", "import", "tfstate", "bad.tfstate", **ALONE)
    it.write("bad.tfstate", '{"version": 3}')
    it.say("a state of an old version", "import", "tfstate", "bad.tfstate", **ALONE)
    it.write("empty.tfstate", '{"version": 4, "resources": []}')
    it.say("a state without an authorization", "import", "tfstate", "empty.tfstate", **ALONE)
    it.write("state.tfstate", TERRAFORM_STATE)
    it.say("a state", "import", "tfstate", "state.tfstate", "--to", "imported", "--owner", "demo", **ALONE)
    it.write("imported/removed.tf", "# mine\n")
    it.say("a folder that has other files", "import", "tfstate", "state.tfstate", "--to", "imported", **ALONE)
    it.write("list.json", it.quietly("list", "--output", "json").out)
    it.say("cli: a list", "import", "cli", "list.json", **ALONE)
    it.write("list.json", "[]")
    it.say("cli: an empty list", "import", "cli", "list.json", **ALONE)
    it.manifest("disks", "server-protect", "hs-crypto")
    it.say("pair: no --from", "import", "pair", "--manifests", "manifests", **ALONE)
    it.say("pair: no manifests", "import", "pair", "--from", "hs-crypto", "--to", f"kms:{INSTANCE}", **ALONE)
    it.say("pair", "import", "pair", "--from", "hs-crypto", "--to", f"kms:{INSTANCE}", "--manifests", "manifests",
           **ALONE)
    it.say("an account that is none", "import", "cli", "list.json", "--account", "production", **ALONE)


imports.policies = [policy_of(1, "server-protect", "kms")]
TERRAFORM_STATE = """{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "resources": [
  {"mode": "managed", "type": "ibm_iam_authorization_policy", "name": "disks",
   "provider": "provider[\\"registry.terraform.io/ibm-cloud/ibm\\"]", "instances": [{"attributes": {
     "id": "00000000-0000-4000-8000-000000000001", "roles": ["Reader"], "description": null,
     "source_service_name": "server-protect", "target_service_name": "kms",
     "source_service_account": "%s",
     "source_resource_group_id": null, "target_resource_instance_id": null}}]}]}
""" % ACCOUNT


def audit(it):
    """audit verify"""
    it.say("no configuration", "audit", "verify", **ALONE)
    it.say("no line yet", "audit", "verify")
    it.manifest("disks", "server-protect")
    it.quietly("apply", "--yes")
    it.say("whole", "audit", "verify")
    it.say("a file", "audit", "verify", "audit.log", **ALONE)
    log = it.folder / "audit.log"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:-1]))
    it.say("the last line is missing", "audit", "verify")
    log.write_text("".join(lines[1:]))
    it.say("the first line is missing", "audit", "verify")
    log.write_text("".join(lines).replace("disks", "discs"))
    it.say("a line was changed", "audit", "verify")
    log.write_text("".join(lines)[:-9])
    it.say("it ends inside a line", "audit", "verify")
    log.unlink()
    it.say("it is gone", "audit", "verify")
    it.say("a file that is not there", "audit", "verify", "audit.log", **ALONE)
    it.configure(audit=None)
    it.say("it is the journal's", "audit", "verify")


def fleet(it):
    """Many accounts"""
    it.write("manifests/keys.yaml", "apiVersion: authzd/v1\nkind: Authorization\n"
             "metadata: {name: keys, accounts: {matchLabels: {env: prod}}}\n"
             'spec: {source: {service: is}, target: {service: kms, instance: "${params.kms}"}, roles: [Reader]}\n')
    labels = ", labels: {env: prod}"
    it.configure(accounts=f"[{it.account(more=labels)}, {it.account('test', OTHER, ', labels: {env: test}')}]")
    it.say("an account lacks a parameter, and no document is for another", "validate")
    it.say("the same account alone", "validate", "-l", "env=prod")
    it.say("no account has a label", "accounts", "-l", "env=stage", "--local")
    it.say("a selector that is none", "accounts", "-l", "env in (prod)", "--local")
    it.say("labels without a configuration", "list", "-l", "env=prod", env={"IBMCLOUD_API_KEY": "a-key"}, **ALONE)
    it.say("the accounts", "accounts", "--local", table=True)
    it.configure(accounts="[{file: fleet.yaml, auth: {apiKeyFile: %s/key}}]" % it.folder)
    it.say("a file of accounts that is not there", "validate")
    it.write("manifests/fleet.yaml", "apiVersion: authzd/v1\nkind: Fleet\n"
             f"accounts: [{{name: prod, id: {ACCOUNT}, labels: {{env: prod}}, auth: {{}}}}]\n")
    it.say("a file of accounts with an error", "validate")


SCENES = [usage, configuration, validate, fleet, iam, plan, apply, approvals_end, without_configuration, without_daemon, run_once,
          lists, imports, audit]
