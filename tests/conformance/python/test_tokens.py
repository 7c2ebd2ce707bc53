# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Every way to a token that IBM's SDK core knows for IAM, and what it makes of a refusal."""
import tempfile
import urllib.request

from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import (
    BearerTokenAuthenticator, ContainerAuthenticator, IAMAssumeAuthenticator, IAMAuthenticator,
    VPCInstanceAuthenticator)

from sandbox import ACCOUNT, SandboxTest

PROFILE = "Profile-9a8b7c6d-1111-4222-8333-444455556666"  # of the seed


class Tokens(SandboxTest):
    def lists(self, authenticator):
        reply = self.client(authenticator).list_v2_policies(account_id=ACCOUNT)
        self.assertTrue(reply.get_result()["policies"])

    def test_by_api_key_the_token_is_kept_until_it_is_about_to_end(self):
        authenticator = IAMAuthenticator("demo-api-key", url=self.url)
        first = authenticator.token_manager.get_token()
        self.assertEqual(authenticator.token_manager.get_token(), first)
        self.lists(authenticator)

    def test_a_wrong_api_key_is_refused(self):
        with self.assertRaises(ApiException) as refused:
            self.lists(IAMAuthenticator("wrong", url=self.url))
        self.assertEqual(refused.exception.status_code, 400)
        self.assertEqual(refused.exception.http_response.json()["errorCode"], "BXNIM0415E")

    def test_by_vpc_instance_identity_of_both_versions(self):
        self.lists(VPCInstanceAuthenticator(iam_profile_id=PROFILE, url=self.url))
        self.lists(VPCInstanceAuthenticator(url=self.url, service_version="2025-08-26"))

    def test_by_container_token(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("a token of the cluster")
            file.flush()
            self.lists(ContainerAuthenticator(cr_token_filename=file.name, iam_profile_name="authzd", url=self.url))

    def test_by_assuming_a_profile(self):
        self.lists(IAMAssumeAuthenticator("demo-api-key", iam_profile_id=PROFILE, url=self.url))

    def test_a_token_that_was_revoked_is_refused(self):
        token = IAMAuthenticator("demo-api-key", url=self.url).token_manager.get_token()
        self.lists(BearerTokenAuthenticator(token))
        request = urllib.request.Request(f"{self.url}/sandbox/v1/tokens", method="DELETE")
        urllib.request.urlopen(request).close()
        client = self.client(BearerTokenAuthenticator(token))
        status, error = self.refusal(client.list_v2_policies, account_id=ACCOUNT)
        self.assertEqual((status, error["message"]), (401, "The provided IAM token is invalid."))
