# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""A running iam-sandbox for a test class, and IBM's clients for it."""
import json
import os
import re
import subprocess
import unittest
import urllib.request

from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
from ibm_platform_services import IamPolicyManagementV1

ACCOUNT = "a1234567a1234567a1234567a1234567"
OTHER_ACCOUNT = "b7654321b7654321b7654321b7654321"
READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader"
DELEGATOR = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator"
VIEWER = "crn:v1:bluemix:public:iam::::role:Viewer"


class SandboxTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.process = subprocess.Popen(
            [os.environ["IAM_SANDBOX"], "--listen", "127.0.0.1:0", "--quiet", "--seed", os.environ["IAM_SANDBOX_SEED"]],
            stdout=subprocess.PIPE, text=True)
        cls.url = next(found.group(1) for line in cls.process.stdout
                       if (found := re.search(r"a local IAM at (\S+)", line)))

    @classmethod
    def tearDownClass(cls):
        cls.process.terminate()
        cls.process.wait()
        cls.process.stdout.close()

    def setUp(self):
        self.admin("reset", {})
        self.iam = self.client(IAMAuthenticator("demo-api-key", url=self.url))

    def client(self, authenticator):
        client = IamPolicyManagementV1(authenticator=authenticator)
        client.set_service_url(self.url)
        return client

    def admin(self, path, body):
        request = urllib.request.Request(f"{self.url}/sandbox/v1/{path}", json.dumps(body).encode(), method="POST")
        urllib.request.urlopen(request).close()

    def refusal(self, call, *arguments, **named):
        """(status, the first error of the body) of a call that has to be refused."""
        with self.assertRaises(ApiException) as refused:
            call(*arguments, **named)
        reply = refused.exception.http_response.json()
        return refused.exception.status_code, reply["errors"][0] if "errors" in reply else reply


def authorization(source, target, roles=(READER,), resource=()):
    """A v2 authorization as the SDK's create_v2_policy takes it."""
    def equals(key, value):
        return {"key": key, "operator": "stringEquals", "value": value}
    return {"type": "authorization",
            "control": {"grant": {"roles": [{"role_id": each} for each in roles]}},
            "subject": {"attributes": [equals("serviceName", source), equals("accountId", ACCOUNT)]},
            "resource": {"attributes": [equals("serviceName", target), equals("accountId", ACCOUNT), *resource]}}
