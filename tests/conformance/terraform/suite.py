# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests that ./run built against a sandbox and the stand-ins, and sums up.
usage: suite.py PATH-OF-THE-SUITE PATH-OF-TERRAFORM"""
import os
import re
import subprocess
import sys
import tempfile
import threading

from standins import ACCOUNT, Standins

OTHER_ACCOUNT = "b7654321b7654321b7654321b7654321"
# What the provider's acceptance tests are, 14 of the resource and 2 of the data source, and the two of own_test.go.
EXPECTED = 18
# The one test that gives an authorization another source account. The others have the same variable for
# the account of the target, which has to be the caller's.
OTHER_SOURCE = "TestAccIBMIAMAuthorizationPolicyUpdate_Basic"


def environment(sandbox, standins, terraform):
    own = {name: value for name, value in os.environ.items()
           if not re.match(r"(?i)(TF_|IC_|IBMCLOUD_|BM_|BLUEMIX_|SL_|SOFTLAYER_|IAAS_)|(.*_|)proxy$", name)}
    own |= {f"IBMCLOUD_{service}_ENDPOINT": standins for service in
            ("RESOURCE_MANAGEMENT_API", "RESOURCE_CONTROLLER_API", "RESOURCE_CATALOG_API", "GS_API", "GT_API")}
    own |= {"IBMCLOUD_IAM_API_ENDPOINT": sandbox, "IC_API_KEY": "demo-api-key",
            "HTTPS_PROXY": standins, "HTTP_PROXY": standins,
            "TF_ACC": "1", "TF_ACC_TERRAFORM_PATH": terraform, "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1"}
    if os.path.basename(terraform) == "tofu":
        own |= {"TF_ACC_PROVIDER_NAMESPACE": "hashicorp", "TF_ACC_PROVIDER_HOST": "registry.opentofu.org"}
    return own


def run(suite, own, account, *options):
    """How many passed and how many did not; what failed is printed as it was said."""
    lines, passed, failed = [], 0, 0
    with subprocess.Popen([suite, "-test.v", "-test.count=1", *options], env={**own, "IBM_TG_CROSS_ACCOUNT_ID": account},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            lines.append(line)
            if verdict := re.match(r"--- (PASS|FAIL|SKIP): ", line):
                print(line, end="", flush=True)
                passed, failed = passed + (verdict[1] == "PASS"), failed + (verdict[1] != "PASS")
    if process.returncode != 0 or failed:
        print("".join(line for line in lines if not line.startswith(("=== RUN", "--- PASS"))))
    return passed, failed or (process.returncode != 0)


def main(suite, terraform):
    sandbox = subprocess.Popen([os.environ["IAM_SANDBOX"], "--listen", "127.0.0.1:0", "--quiet",
                                "--seed", os.environ["IAM_SANDBOX_SEED"]], stdout=subprocess.PIPE, text=True)
    try:
        url = next(found[1] for line in sandbox.stdout if (found := re.search(r"a local IAM at (\S+)", line)))
        standins = Standins(url)
        threading.Thread(target=standins.serve_forever, daemon=True).start()
        with tempfile.TemporaryDirectory() as scratch:
            own = environment(url, standins.url, terraform) | {"TF_ACC_TEMP_DIR": scratch}
            runs = [run(suite, own, ACCOUNT, f"-test.skip=^{OTHER_SOURCE}$"),
                    run(suite, own, OTHER_ACCOUNT, f"-test.run=^{OTHER_SOURCE}$")]
    finally:
        sandbox.terminate()
        sandbox.wait()
    passed, failed = (sum(each) for each in zip(*runs))
    for stranger in sorted(standins.strangers):
        print(f"asked for what is not served here: {stranger}")
    print(f"{passed} of {passed + failed} acceptance tests passed")
    if passed + failed < EXPECTED:
        print(f"of the {EXPECTED} tests only {passed + failed} ran")
    return failed > 0 or passed < EXPECTED or bool(standins.strangers)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
