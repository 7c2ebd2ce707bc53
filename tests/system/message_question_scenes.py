# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Situations of questions about access, and of what a daemon tells of the past. Each function is a scene, and
its text the heading."""
import json

from message_daemon_scenes import held_delete, two_grants
from message_stage import ACCOUNT, INSTANCE, OTHER, attributes, policy_of

KEY = f"crn:v1:bluemix:public:kms:eu-de:a/{ACCOUNT}:{INSTANCE}:key:0815"
KEY_OF_OTHER = KEY.replace(ACCOUNT, OTHER)


def of_key(number, key):
    """A policy for one key of the instance."""
    policy = policy_of(number, "schematics", "kms")
    policy["policy"]["resources"][0]["attributes"] += attributes(
        serviceInstance=INSTANCE, resourceType="key", resource=key)
    return policy


def of_instance(number, source):
    policy = policy_of(number, source, "kms")
    policy["policy"]["resources"][0]["attributes"] += attributes(serviceInstance=INSTANCE)
    return policy


POLICIES = [policy_of(1, "messagehub", "kms"), of_instance(2, "is"), of_key(3, "0815")]


def two_accounts(it):
    it.secret("other-key", "other-key")
    other = "{name: test, id: %s, auth: {apiKeyFile: %s/other-key}}" % (OTHER, it.folder)
    it.configure(accounts=f"[{it.account()}, {other}]")


def why(it):
    """why"""
    it.manifest("mail", "messagehub")
    it.say("yes", "why", "--source", "messagehub", "--target", "kms", "--role", "Reader")
    it.say("no", "why", "--source", "logs", "--target", "kms")
    it.say("no, and a script asks", "why", "--source", "logs", "--target", "kms", "--detailed-exitcode",
           "-o", "manifest")
    it.say("it depends on the instance", "why", "--source", "is", "--target", "kms")
    it.say("the CRN of a key", "why", "--source", "schematics", "--target", KEY)
    it.say("the CRN of another key", "why", "--source", "schematics", "--target", KEY.replace("0815", "4711"))
    it.say("the CRN of a key of another account", "why", "--source", "schematics", "--target", KEY_OF_OTHER)
    it.say("a CRN without an account", "why", "--source", "is", "--target", "crn:v1:bluemix:public:kms:eu-de:a/1:::")
    it.say("a CRN that is none", "why", "--source", "is", "--target", "crn:v1:foo")
    it.say("a source by its CRN, and another account", "why", "--source", KEY, "--source-account", OTHER,
           "--target", "kms")
    it.say("a service that is misspelt", "why", "--source", "mesagehub", "--target", "kms", "--role", "Reader")
    it.say("a role that is misspelt", "why", "--source", "messagehub", "--target", "kms", "--role", "Reeder")
    it.say("the name of a product", "why", "--source", "messagehub", "--target", "KeyProtect")
    it.say("an instance whose name nobody knows", "why", "--source", "is", "--target", "kms:prod")
    it.sandbox.ask("instances", {"name": "prod", "service": "kms", "account": ACCOUNT, "guid": INSTANCE,
                                 "region": "eu-de", "resource_group_id": "0" * 32}, "POST")
    it.say("an instance by its name", "why", "--source", "is", "--target", "kms:prod")
    it.say("no source", "why", "--target", "kms")
    two_accounts(it)
    it.say("the CRN is of one of two accounts", "why", "--source", "schematics", "--target", KEY)


why.policies = POLICIES


def reach(it):
    """reach"""
    it.say("a service", "reach", "kms")
    it.say("the CRN of a key", "reach", KEY)
    it.say("the CRN of a key of another account", "reach", KEY_OF_OTHER)
    it.say("a CRN that is none", "reach", "crn:v1:foo")
    it.say("a CRN without an account", "reach", "crn:v1:bluemix:public:kms:eu-de:a/1:::")
    it.say("a service that is misspelt", "reach", "kmss")
    it.say("a role that nobody has", "reach", "kms", "--role", "Reeder")
    it.say("an instance whose name nobody knows", "reach", "kms:prod")
    it.sandbox.ask("instances", {"name": "prod", "service": "kms", "account": ACCOUNT, "guid": INSTANCE,
                                 "region": "eu-de", "resource_group_id": "0" * 32}, "POST")
    it.say("an instance by its name", "reach", "kms:prod")
    two_accounts(it)
    it.say("two accounts", "reach", "kms")
    it.say("the CRN is of one of two accounts", "reach", KEY)


reach.policies = POLICIES


def report(it):
    """report"""
    it.say("no kind", "report")
    it.say("a kind that is none", "report", "unusd")
    it.say("no configuration", "report", "changes", "--account", ACCOUNT, "--owner", "demo", config=False)
    it.say("a date that is none", "report", "changes", "--since", "yesterday")
    it.say("--since for what has no past", "report", "broad", "--since", "1d")
    it.say("unused", "report", "unused", table=True)
    it.say("broad", "report", "broad", table=True)
    it.say("expiring: none", "report", "expiring", table=True)
    it.say("changes: none", "report", "changes")
    it.say("drift: none", "report", "drift")
    it.manifest("mail", "logs")
    it.quietly("apply", "--yes")
    it.say("changes", "report", "changes", table=True)
    for number in range(5):
        it.manifest(f"mail-{number}", "logs", f"kms, instance: 51042d7f-f0df-4915-bd39-00000000000{number}")
    it.quietly("apply", "--yes")
    it.say("broad: many within one, and instances that the Resource Controller does not show", "report", "broad",
           table=True)


report.policies = POLICIES


def past(it):
    """A daemon: the past of two accounts"""
    hash = held_delete(it)
    it.quietly("approve", hash, "--yes")
    it.rest()
    runs = it.quietly("runs").out.splitlines()
    run = next(line.split()[0] for line in runs if " -1 " in line)
    it.say("the run of an approved delete", "show", run)
    it.quietly("undo", run, "--yes")
    runs = it.quietly("runs").out.splitlines()
    undo = next(line.split()[0] for line in runs if " undo " in line)
    it.say("the undo of it", "show", undo)
    it.say("the same to undo again, on a narrow terminal", "undo", run, answer="no", columns=60)
    it.say("unpin: nearly its name", "unpin", "mial")
    it.say("sync of one account, as with other commands", "sync", "--account", "prod")
    it.say("status of one account, as with other commands", "status", "--account", "prod", table=True)


def stalled_and_held(it):
    """A daemon: a rail holds, and then IAM refuses the list"""
    two_grants(it, rails="{maxDelete: 0, maxDeletePercent: 0, removalGrace: 1h}")
    it.manifest("logs", "logs")
    it.start_and_rest()
    it.drop("mail")
    it.drop("logs")
    it.start_and_rest("Held")
    it.say("status: several holds", "status", table=True)
    it.sandbox.forbid("GET", "/v2/policies")
    it.quietly("sync", "--wait")
    it.rest("Stalled")
    it.say("status: the holds are those of the last plan", "status", table=True)


def many_pins(it):
    """A daemon: an undo of many"""
    it.configure(rails="{removalGrace: 0s, maxDelete: 100, maxDeletePercent: 100}")
    for number in range(22):
        it.manifest(f"keys-{number:02}", "is", f"kms, instance: 51042d7f-f0df-4915-bd39-0000000000{number:02}")
    it.start_and_rest()
    for number in range(22):
        it.drop(f"keys-{number:02}")
    it.manifest("mail", "messagehub")
    it.start_and_rest("Held")
    it.quietly("approve", it.quietly("plan").find(r"authzd approve ([0-9a-f]{64})"), "--yes")
    it.rest()
    run = next(line.split()[0] for line in it.quietly("runs").out.splitlines() if " -22 " in line)
    it.quietly("undo", run, "--yes")
    it.say("again", "undo", run, "--yes")
    it.say("plan: all are pinned", "plan")
    it.say("plan without the state, which does not know it", "plan", "--local", only_end=True)


def checkout(it):
    """validate of a checkout"""
    it.write("checkout/prod/keys.yaml", "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: keys}\n"
             'spec: {source: {service: is}, target: {service: kms, instance: "${params.kms}"}, roles: [Reader]}\n')
    it.manifest("disks", "server-protect", folder="manifests/prod")
    it.configure(accounts=f"[{it.account(more=', paths: [prod]')}]")
    it.say("what the configuration names", "validate")
    it.say("a folder in its place", "validate", "checkout")
    it.say("--online with the file as an argument", "validate", "--online", "authzd.yaml", config=False)
    it.say("--online with manifests", "validate", "--online", "manifests", config=False)
    it.configure(accounts="[{name: prod, id: %s, auth: {apiKeyFile: ./kye}}]" % ACCOUNT)
    it.say("the name of the key's file is misspelt", "validate", "authzd.yaml", config=False)


def unmet_selector(it):
    """A selector that means no account"""
    it.secret("other-key", "other-key")
    it.configure(accounts="[%s, {name: test, id: %s, labels: {env: test}, auth: {apiKeyFile: %s/other-key}}]" % (
        it.account(more=", labels: {env: prod}"), OTHER, it.folder))
    it.manifest("disks", "server-protect")
    it.write("manifests/keys.yaml", "apiVersion: authzd/v1\nkind: Authorization\n"
             "metadata: {name: keys, accounts: {matchLabels: {env: prd}}}\n"
             "spec: {source: {service: is}, target: {service: kms}, roles: [Reader]}\n")
    it.say("plan", "plan", only_end=True)
    it.say("plan of one account, which cannot tell", "plan", "--account", "prod", only_end=True)
    it.start_and_rest()
    it.until("both accounts to have read it", lambda: "no account" in it.quietly("status").err)
    it.say("status", "status", table=True)


def unreadable(it):
    """A policy of others that cannot be read"""
    odd = {"id": "00000000-0000-4000-8000-000000000009", "type": "authorization", "state": "inactive",
           "created_by_id": "IBMid-270000ABCD", "subject": {"attributes": []}, "resource": {"attributes": []},
           "control": {"grant": {"roles": []}}}
    it.configure(mode="observe")
    it.manifest("disks", "server-protect")
    it.sandbox.fault(method="GET", path="/v2/policies", times=0, status=200,
                     body=json.dumps({"policies": [odd], "limit": 100}))
    it.say("export", "export")
    it.start_and_rest("OutOfSync")
    it.say("status", "status", table=True)


def elsewhere(it):
    """Called from elsewhere"""
    it.configure(admin="{socket: ./no/admin.sock}")
    it.say("status, and the socket is a relative path", "status")


SCENES = [why, reach, report, past, stalled_and_held, many_pins, checkout, unmet_selector, unreadable,
          elsewhere]
