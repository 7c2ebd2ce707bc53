#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes what the browser is to see: a seed of the sandbox with many accounts, their manifests, and a
configuration. Most accounts are well; the others each have a trouble of their own.

usage: world.py FOLDER IAM-URL PORT ACCOUNTS   (the seed does not need the URL: it is written first)
"""
import json
import os
import pathlib
import sys

TROUBLES = ["broken-key", "conflicting", "held", "observed", "suspended", "waiting", "widened"]
CATALOGUE = [("server-protect", "kms"), ("cloud-object-storage", "kms"), ("databases-for-postgresql", "kms"),
             ("containers-kubernetes", "kms"), ("is", "cloud-object-storage"),
             ("event-notifications", "cloud-object-storage"), ("codeengine", "secrets-manager")]
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> \u202e\u001b[2J & 'quoted'"
READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader"
WRITER = "crn:v1:bluemix:public:iam::::serviceRole:Writer"


def names_of(count):
    return TROUBLES + [f"team-{number:03}" for number in range(1, count - len(TROUBLES) + 1)]


def id_of(number):
    return f"{number + 1:032x}".replace("0", "a", 8)


def policy(account, source, target, by, role=READER, description="", instance=None, **more):
    def attributes(service, **others):
        return [{"name": name, "value": value} for name, value in
                {"serviceName": service, "accountId": account, **others}.items()]
    resource = attributes(target, **({"serviceInstance": instance} if instance else {}))
    return {"created_by_id": by, "created_at": "2026-01-05T08:00:00.000Z", **more,
            "policy": {"type": "authorization", "description": description,
                       "subjects": [{"attributes": attributes(source)}], "roles": [{"role_id": role}],
                       "resources": [{"attributes": resource}]}}


def seed(names):
    accounts, keys, policies = [], [], []
    for number, name in enumerate(names):
        account = id_of(number)
        accounts.append({"id": account, "name": name})
        keys.append({"key": f"api-key-of-{name}", "account": account, "name": "authzd",
                     "iam_id": f"iam-ServiceId-{number:08x}-2222-4333-8444-555555555555"})
        policies.append(policy(account, "schematics", "kms", "IBMid-270000ABCD", description=HOSTILE))
        policies.append(policy(account, "toolchain", "secrets-manager", "IBMid-270000ABCD",
                               description="Deployed by hand"))
        policies.append(policy(account, "is", "kms", "crn:v1:bluemix:public:is::a/1::::",
                               description="Made by the service"))
        policies.append(policy(account, "logs", "cloud-object-storage", "IBMid-270000ABCD", WRITER,
                               description="Theirs (authzd: another-team/logs#0123456789ab)"))
        for share in range(number % 5):
            policies.append(policy(account, "databases-for-mysql", "kms", "IBMid-270000EFGH",
                                   instance=f"51042d7f-f0df-4915-bd39-6a49957c917{share}"))
        if name == "conflicting":
            policies.append(policy(account, "server-protect", "kms", "IBMid-270000ABCD", WRITER))
    return {"accounts": accounts, "api_keys": keys, "profiles": [], "instances": [], "policies": policies}


def manifest(name, source, target, description):
    return {"apiVersion": "authzd/v1", "kind": "Authorization", "metadata": {"name": name},
            "spec": {"description": description, "source": {"service": source},
                     "target": {"service": target}, "roles": ["Reader"]}}


def write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document) + "\n")  # JSON is YAML


def manifests(folder, names):
    for number, (source, target) in enumerate(CATALOGUE):
        name = f"{source}-to-{target}"
        write(folder / "common" / f"{name}.yaml",
              manifest(name, source, target, f"Rule {number + 1} of the platform team & <b>friends</b>"))
    for name in names:
        write(folder / name / "own.yaml", manifest("own", "cloud-object-storage", "hs-crypto", "Of this account"))
    for trouble in ("held", "waiting"):
        for number in range(6):
            target = "kms" if trouble == "waiting" else "secrets-manager"
            source = ["atracker", "messagehub", "sysdig-monitor", "power-iaas", "dns-svcs", "satellite"][number]
            write(folder / trouble / f"old-{number}.yaml",
                  manifest(f"old-{number}", source, target, "To be removed"))


def configuration(folder, url, port, names):
    accounts = []
    for number, name in enumerate(names):
        key = folder / "keys" / name
        key.parent.mkdir(exist_ok=True)
        wrong = name == "broken-key"
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("a-key-that-is-wrong" if wrong else f"api-key-of-{name}")
        account = {"name": name, "id": id_of(number), "paths": ["common", name], "auth": {"apiKeyFile": str(key)}}
        if name == "observed":
            account["mode"] = "observe"
        if name == "widened":
            account["mode"] = "create-only"
        accounts.append(account)
    return {"apiVersion": "authzd/v1", "kind": "Configuration", "owner": "platform", "mode": "sync",
            "interval": "1h", "source": {"directory": {"path": str(folder / "manifests")}},
            "iam": {"endpoint": url}, "state": str(folder / "state.db"),
            "audit": {"file": str(folder / "audit.log")},
            "admin": {"socket": str(folder / "admin.sock"), "listen": f"127.0.0.1:{port}",
                      "tokenFile": str(folder / "token")},
            "rails": {"maxDeletePercent": 100}, "accounts": accounts}


def main():
    folder, url, port, count = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    names = names_of(count)
    write(folder / "seed.json", seed(names))
    manifests(folder / "manifests", names)
    write(folder / "authzd.yaml", configuration(folder, url, port, names))


if __name__ == "__main__":
    main()
