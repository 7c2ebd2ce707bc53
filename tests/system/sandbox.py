# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""The built iam-sandbox, for the tests beside this file."""
import re
import subprocess


def start_sandbox(build, seed):
    """(process, URL) of a sandbox with this seed, on a free port of this host."""
    process = subprocess.Popen(
        [build / "daemon/sandbox/iam-sandbox", "--quiet", "--listen=127.0.0.1:0", f"--seed={seed}"],
        stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return process, found.group()
    raise SystemExit(f"the sandbox did not start: exit code {process.wait()}")
