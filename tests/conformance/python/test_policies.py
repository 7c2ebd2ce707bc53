# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Policies and roles, as IBM's Python SDK asks for them and reads them into its own models."""
from ibm_platform_services.iam_policy_management_v1 import (
    PoliciesPager, PolicyCollection, RoleCollection, V2PoliciesPager, V2Policy, V2PolicyCollection)

from sandbox import ACCOUNT, DELEGATOR, OTHER_ACCOUNT, READER, VIEWER, SandboxTest, authorization

# Of an instance that the seed has no authorization for.
INSTANCE = {"key": "serviceInstance", "operator": "stringEquals", "value": "0b5a3f2e-1111-4222-8333-444455556666"}


class Policies(SandboxTest):
    def test_a_v2_authorization_is_created_read_replaced_deleted_and_restored(self):
        sent = authorization("server-protect", "kms", [DELEGATOR, READER], [INSTANCE])
        created = self.iam.create_v2_policy(**sent)
        self.assertEqual(created.get_status_code(), 201)
        policy = V2Policy.from_dict(created.get_result())
        self.assertEqual(policy.resource.to_dict(), sent["resource"])
        self.assertEqual(policy.subject.to_dict(), sent["subject"])
        self.assertEqual(policy.state, "active")

        read = self.iam.get_v2_policy(id=policy.id)
        etag = read.get_headers()["ETag"]
        changed = self.iam.replace_v2_policy(policy.id, etag, **{**sent, "description": "new"})
        self.assertEqual(changed.get_result()["description"], "new")
        self.assertNotEqual(changed.get_headers()["ETag"], etag)
        status, error = self.refusal(self.iam.replace_v2_policy, policy.id, etag, **sent)
        self.assertEqual((status, error["code"]), (409, "policy_conflict_error"))

        self.assertEqual(self.iam.delete_v2_policy(id=policy.id).get_status_code(), 204)
        gone = self.iam.get_policy(policy_id=policy.id)
        self.assertEqual(gone.get_result()["state"], "deleted")
        back = self.iam.update_policy_state(policy.id, gone.get_headers()["ETag"], state="active")
        self.assertEqual(back.get_result()["id"], policy.id)

    def test_lists_of_both_versions_fit_the_models_and_the_pagers_see_all(self):
        v1 = PolicyCollection.from_dict(self.iam.list_policies(account_id=ACCOUNT).get_result())
        v2 = V2PolicyCollection.from_dict(self.iam.list_v2_policies(account_id=ACCOUNT).get_result())
        ids = sorted(each.id for each in v2.policies)
        self.assertEqual(sorted(each.id for each in v1.policies), ids)
        self.assertTrue(all(each.created_at.tzinfo for each in v2.policies), "times are read with their zone")
        for every in (v1.policies, v2.policies):
            self.assertEqual([each.template.root_version for each in every if each.template], ["1"])

        for pager in (V2PoliciesPager(client=self.iam, account_id=ACCOUNT, limit=2),
                      PoliciesPager(client=self.iam, account_id=ACCOUNT, limit=3)):
            self.assertEqual(sorted(each["id"] for each in pager.get_all()), ids)

    def test_a_list_is_filtered_sorted_and_shows_use(self):
        def listed(**options):
            return self.iam.list_v2_policies(account_id=ACCOUNT, **options).get_result()["policies"]
        self.assertEqual([each["id"] for each in listed(sort="-id")],
                         sorted((each["id"] for each in listed()), reverse=True))
        self.assertEqual({each["type"] for each in listed(type="authorization")}, {"authorization"})
        self.assertTrue(any(each.get("last_permit_at") for each in listed(format="include_last_permit")))
        display = listed(format="display", service_name="hs-crypto")[0]
        self.assertEqual(display["control"]["grant"]["roles"][0]["display_name"], "Reader")
        self.assertEqual(self.iam.list_v2_policies(account_id=OTHER_ACCOUNT).get_result()["policies"], [])

    def test_what_is_refused_is_said_in_ibms_words(self):
        made = self.iam.create_v2_policy(**authorization("server-protect", "kms", resource=[INSTANCE])).get_result()
        status, error = self.refusal(self.iam.create_v2_policy,
                                     **authorization("server-protect", "kms", [DELEGATOR], [INSTANCE]))
        self.assertEqual((status, error["code"]), (409, "policy_conflict_error"))
        self.assertEqual(error["details"]["conflicts_with"]["policy"]["id"], made["id"])

        unknown = "00000000-0000-4000-8000-000000000000"
        status, error = self.refusal(self.iam.get_v2_policy, id=unknown)
        self.assertEqual((status, error["message"]), (404, f"Policy with Id {unknown} not found."))

        twice = authorization("server-protect", "kms", resource=[INSTANCE, INSTANCE])
        status, error = self.refusal(self.iam.create_v2_policy, **twice)
        self.assertEqual((status, error["code"]), (400, "invalid_body"))

    def test_the_sdk_gets_over_a_429_by_itself(self):
        self.admin("faults", {"method": "GET", "path": "/v2/policies", "status": 429, "headers": {"Retry-After": "1"}})
        self.iam.enable_retries(max_retries=2, retry_interval=1.0)
        self.assertEqual(self.iam.list_v2_policies(account_id=ACCOUNT).get_status_code(), 200)


class Roles(SandboxTest):
    def roles(self, **query):
        return RoleCollection.from_dict(self.iam.list_roles(account_id=ACCOUNT, **query).get_result())

    def test_of_a_pair_of_services(self):
        found = self.roles(service_name="kms", source_service_name="server-protect", policy_type="authorization")
        self.assertEqual([each.crn for each in found.service_roles], [READER])
        self.assertEqual([each.display_name for each in found.system_roles], ["Authorization Delegator"])
        none = self.roles(service_name="event-notification", source_service_name="kms", policy_type="authorization")
        self.assertEqual((none.custom_roles, none.service_roles, none.system_roles), ([], [], []))

    def test_of_a_service_and_of_a_group_of_services(self):
        self.assertIn(VIEWER, [each.crn for each in self.roles(service_name="secrets-manager").system_roles])
        self.assertIn("crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator",
                      [each.crn for each in self.roles(service_group_id="IAM").service_roles])

    def test_custom_ones_are_created_read_replaced_and_deleted(self):
        sent = {"display_name": "SDK role", "actions": ["iam-groups.groups.read"], "name": "TestPythonRole",
                "account_id": ACCOUNT, "service_name": "iam-groups", "description": "a role"}
        role = self.iam.create_role(**sent).get_result()
        etag = self.iam.get_role(role_id=role["id"]).get_headers()["ETag"]
        renamed = self.iam.replace_role(role["id"], etag, display_name="renamed", actions=sent["actions"])
        self.assertEqual(renamed.get_result()["display_name"], "renamed")
        self.assertEqual([each.id for each in self.roles(service_name="iam-groups").custom_roles], [role["id"]])
        self.assertEqual(self.iam.delete_role(role_id=role["id"]).get_status_code(), 204)
        self.assertEqual(self.refusal(self.iam.get_role, role_id=role["id"])[1]["code"], "role_not_found")
