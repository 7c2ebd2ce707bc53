#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Turns the resources terraform_data of a state that Terraform made into authorizations, each with a
policy of its own, so that their addresses are Terraform's own.

usage: terraform_resources.py STATE-FILE >STATE-FILE
"""
import json
import sys

SOURCES = ["is", "apprapp", "logs", "project", "schematics", "messagehub", "atracker", "toolchain"]


def main(path):
    with open(path, encoding="utf-8") as file:
        state = json.load(file)
    sources = iter(SOURCES)
    for resource in state["resources"]:
        resource["type"] = "ibm_iam_authorization_policy"
        for instance in resource["instances"]:
            account = "a1234567a1234567a1234567a1234567"
            instance["attributes"] = {
                "id": instance["attributes"]["id"], "roles": ["Reader"], "source_service_name": next(sources),
                "source_service_account": account, "target_service_name": "kms",
                "resource_attributes": [{"name": "accountId", "operator": "stringEquals", "value": account},
                                        {"name": "serviceName", "operator": "stringEquals", "value": "kms"}]}
    json.dump(state, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
