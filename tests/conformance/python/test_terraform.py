# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""What IBM's Terraform provider asks of IAM for ibm_iam_authorization_policy, its data source and its
detach, in its order, by the SDK: what it reads must be there. The provider itself is run by ../terraform."""
import base64
import json
import urllib.parse
import urllib.request

from sandbox import ACCOUNT, READER, SandboxTest, authorization


class AsTerraformAsks(SandboxTest):
    def crn_of(self, name, **query):
        """Of a role by its display name, as the provider looks it up: no account is named."""
        found = self.iam.list_roles(policy_type="authorization", **query).get_result()
        return {role["display_name"]: role["crn"] for kind in ("custom_roles", "service_roles", "system_roles")
                for role in found[kind]}[name]

    def exists(self, policy_id):
        found = self.iam.get_policy(policy_id=policy_id).get_result()
        return found["id"] == policy_id and found["state"] != "deleted"

    def test_a_resource_is_created_refreshed_updated_and_destroyed(self):
        sent = authorization("schematics", "kms", [self.crn_of("Reader", service_name="kms", source_service_name="schematics")])
        made = self.iam.create_v2_policy(**sent, headers={"Transaction-Id": "terraformAuthorizationPolicy"})
        self.assertEqual(made.get_headers()["Transaction-Id"], "terraformAuthorizationPolicy")
        policy_id = made.get_result()["id"]
        self.assertTrue(self.exists(policy_id))

        read = self.iam.get_v2_policy(id=policy_id)
        self.assertEqual(read.get_result()["subject"], sent["subject"], "one attribute more, and the provider ends")
        self.assertEqual(read.get_result()["control"]["grant"]["roles"][0]["role_id"], READER)
        self.iam.replace_v2_policy(policy_id, read.get_headers()["ETag"], **{**sent, "description": "changed"})
        self.assertEqual(self.iam.delete_policy(policy_id=policy_id).get_status_code(), 204)
        self.assertFalse(self.exists(policy_id))

    def test_roles_are_found_for_anything_in_a_group_and_for_groups_as_targets(self):
        self.assertEqual(self.crn_of("Reader", service_name="cloud-object-storage", source_service_name=""), READER)
        self.assertIn(":role:Viewer", self.crn_of("Viewer", service_name="resource-controller",
                                                  source_service_name="project"))

    def test_the_data_source_finds_in_each_policy_what_it_reads(self):
        listed = self.iam.list_policies(account_id=ACCOUNT, type="authorization", sort="-id").get_result()["policies"]
        self.assertTrue(listed)
        for policy in listed:
            self.assertTrue(all(role["display_name"] for role in policy["roles"]), policy)
            self.assertTrue(policy["subjects"][0]["attributes"] and policy["resources"][0]["attributes"], policy)

    def test_detach_deletes_any_policy_and_is_told_of_an_error(self):
        standing = self.iam.list_policies(account_id=ACCOUNT, type="authorization").get_result()["policies"][0]["id"]
        self.assertEqual(self.iam.delete_policy(policy_id=standing).get_status_code(), 204)
        unknown = "00000000-0000-4000-8000-000000000000"
        self.assertEqual(self.refusal(self.iam.delete_policy, policy_id=unknown)[0], 404)

    def test_a_token_has_the_claims_that_the_provider_needs_and_can_be_refreshed(self):
        def token(**form):
            request = urllib.request.Request(f"{self.url}/identity/token", urllib.parse.urlencode(form).encode(),
                                             {"Authorization": "Basic " + base64.b64encode(b"bx:bx").decode()})
            with urllib.request.urlopen(request) as reply:
                return json.load(reply)
        given = token(grant_type="urn:ibm:params:oauth:grant-type:apikey", apikey="demo-api-key",
                      response_type="cloud_iam")
        payload = given["access_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        self.assertEqual(claims["account"]["bss"], ACCOUNT)
        self.assertTrue(claims["id"])
        self.assertIn("https://iam.cloud.ibm.com", claims["iss"])
        self.assertTrue(token(grant_type="refresh_token", refresh_token=given["refresh_token"])["access_token"])
