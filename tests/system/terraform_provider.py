#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Does what IBM's Terraform provider does with ibm_iam_authorization_policy: looks roles up, creates
policies with the bodies that the provider sends, and keeps the state that it keeps.

usage: terraform_provider.py IAM ACCOUNT STATE-FILE
"""
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

KEYS = "51042d7f-f0df-4915-bd39-6a49957c9175"
BUCKETS = "e5d4c3b2-a190-4807-9f6e-5d4c3b2a1908"
SCALARS = {
    "source": [("source_service_name", "serviceName"), ("source_service_account", "accountId"),
               ("source_resource_instance_id", "serviceInstance"), ("source_resource_type", "resourceType"),
               ("source_resource_group_id", "resourceGroupId")],
    "target": [("target_service_name", "serviceName"), (None, "accountId"),
               ("target_resource_instance_id", "serviceInstance"), ("target_resource_type", "resourceType"),
               ("target_resource_group_id", "resourceGroupId")],
}

# (module, name, [(key, arguments)]): count, for_each, modules, blocks, "*".
RESOURCES = [
    ("", "notices", [(None, {"source_service_name": "event-notifications", "source_resource_instance_id": KEYS.upper(),
                             "target_service_name": "cloud-object-storage", "target_resource_instance_id": BUCKETS,
                             "roles": ["Reader", "Object Writer"], "description": "Notices are kept in buckets."})]),
    ("", "counted", [(0, {"source_service_name": "databases-for-postgresql", "target_service_name": "kms", "target_resource_instance_id": KEYS,
                          "roles": ["Reader", "Authorization Delegator"]}),
                     (1, {"source_service_name": "databases-for-redis", "target_service_name": "kms", "target_resource_instance_id": KEYS,
                          "roles": ["Reader", "Authorization Delegator"]})]),
    ("module.logs[0]", "cos_policy", [("a b", {"source_service_name": "logs", "target_service_name": "cloud-object-storage",
                                               "roles": ["Writer"]})]),
    ("", "group", [(None, {"source_resource_group_id": "*", "target_service_name": "kms",
                           "target_resource_instance_id": KEYS, "roles": ["Reader"]})]),
    ("", "servers", [(None, {"source_service_name": "is", "source_resource_type": "backup-policy", "roles": ["Operator"],
                             "resource_attributes": [("serviceName", "stringEquals", "is"),
                                                     ("accountId", "stringEquals", "OWN"),
                                                     ("instanceId", "stringExists", "true")]})]),
]


class Provider:
    def __init__(self, iam, account):
        self.iam, self.account = iam, account
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "demo-user-key"}
        reply = urllib.request.urlopen(f"{iam}/identity/token", urllib.parse.urlencode(form).encode())
        self.token = json.load(reply)["access_token"]

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.iam + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            sys.exit(f"{method} {path}: {error} {error.read().decode()}")

    def attribute(self, name, operator, value):
        if operator == "stringExists":
            return {"key": name, "operator": operator, "value": value == "true"}
        return {"key": name, "operator": operator, "value": self.account if value == "OWN" else value}

    def side(self, arguments, kind):
        blocks = arguments.get("resource_attributes") if kind == "target" else None
        if blocks:
            return [self.attribute(*block) for block in blocks]
        out = []
        for argument, name in SCALARS[kind]:
            value = self.account if name == "accountId" else arguments.get(argument)
            if value == "*":
                out.append(self.attribute(name, "stringExists", "true"))
            elif value:
                out.append(self.attribute(name, "stringEquals", value))
        return out

    def role_ids(self, arguments, target):
        pair = {"policy_type": "authorization", "service_name": target,
                "source_service_name": arguments.get("source_service_name", "")}
        table = self.call("GET", "/v2/roles?" + urllib.parse.urlencode(pair))
        known = {role["display_name"]: role["crn"] for group in ("system_roles", "service_roles", "custom_roles")
                 for role in table.get(group, [])}
        return [{"role_id": known[name]} for name in arguments["roles"]]

    def create(self, arguments):
        resource = self.side(arguments, "target")
        target = next(each["value"] for each in resource if each["key"] == "serviceName")
        body = {"type": "authorization", "control": {"grant": {"roles": self.role_ids(arguments, target)}},
                "subject": {"attributes": self.side(arguments, "source")}, "resource": {"attributes": resource}}
        if "description" in arguments:
            body["description"] = arguments["description"]
        made = self.call("POST", "/v2/policies", body)
        return self.read(self.call("GET", f"/v2/policies/{made['id']}"), arguments)

    @staticmethod
    def read(policy, arguments):
        """What a refresh keeps: each attribute of the target as a block, and most as an argument, too."""
        sides = {"source": policy["subject"]["attributes"], "target": policy["resource"]["attributes"]}
        kept = {"id": policy["id"], "description": policy.get("description"), "roles": arguments["roles"],
                "subject_attributes": [], "transaction_id": "7d816e7e", "version": None,
                "resource_attributes": [{"name": each["key"], "operator": each["operator"],
                                         "value": str(each["value"]).lower() if each["value"] is True else each["value"]}
                                        for each in sides["target"]]}
        for kind, scalars in SCALARS.items():
            for argument, name in scalars:
                found = [each["value"] for each in sides[kind] if each["key"] == name]
                if argument:
                    kept[argument] = ("*" if found[0] is True else found[0]) if found else ""
        return kept


def main(iam, account, path):
    provider = Provider(iam, account)
    resources = [{"mode": "managed", "type": "ibm_resource_key", "name": "secret",
                  "provider": 'provider["registry.terraform.io/ibm-cloud/ibm"]',
                  "instances": [{"schema_version": 0, "attributes": {"id": "k", "credentials": "s3cret-0f-another"}}]}]
    for module, name, instances in RESOURCES:
        resource = {"mode": "managed", "type": "ibm_iam_authorization_policy", "name": name,
                    "provider": 'provider["registry.terraform.io/ibm-cloud/ibm"]', "instances": []}
        if module:
            resource["module"] = module
        for key, arguments in instances:
            instance = {"schema_version": 0, "attributes": provider.create(arguments), "sensitive_attributes": []}
            if key is not None:
                instance["index_key"] = key
            resource["instances"].append(instance)
        resources.append(resource)
    state = {"version": 4, "terraform_version": "1.9.8", "serial": 7, "lineage": "0b1c2d3e-4f50-4617-8829-3a4b5c6d7e8f",
             "outputs": {}, "resources": resources, "check_results": None}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(state, file, indent=2)


if __name__ == "__main__":
    main(*sys.argv[1:])
