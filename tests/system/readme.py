#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Does what README.md says, literally: its plan is what authzd prints, its commands work as they are.
The sections on installing run on a host of their own (systemd/five_minutes.sh). usage: readme.py BUILD-DIRECTORY"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

from sandbox import start_sandbox

README = (pathlib.Path(__file__).resolve().parents[2] / "README.md").read_text()
# What runs the commands of each section that has some. ./dev demo is system.demo, and ./dev test this.
RUN_BY = {"authzd": "here", "See it work": "system.demo", "Test it": "ctest", "Plan and apply": "here",
          "Install": "five_minutes.sh", "The first account": "five_minutes.sh", "GitOps": "five_minutes.sh"}


def sections():
    """Text by title."""
    parts = re.split(r"^(?:## |# (?=authzd$))(.*)$", README, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def blocks(section, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", sections()[section], flags=re.M | re.S)


def commands(section):
    lines = "".join(blocks(section, "console")).splitlines()
    return [line[2:] for line in lines if line.startswith("$ ")]


class Readme(unittest.TestCase):
    build: pathlib.Path

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        (self.work / "production").mkdir()
        manifest = self.work / "production/block-storage-encryption.yaml"
        manifest.write_text(blocks("A first manifest", "yaml")[0])
        seed = pathlib.Path(__file__).resolve().parents[2] / "daemon/sandbox/seed/demo.json"
        sandbox, iam = start_sandbox(self.build, seed)
        self.addCleanup(sandbox.stdout.close)
        self.addCleanup(sandbox.wait)
        self.addCleanup(sandbox.terminate)
        self.environment = {"PATH": f"{self.build}/daemon/cli:{os.environ['PATH']}", "HOME": folder.name,
                            "LANG": "C.UTF-8", "IBMCLOUD_IAM_API_ENDPOINT": iam, "TERM": "dumb"}

    def shell(self, script, answer=""):
        """The output of a script; with an answer, as on a terminal where somebody types it."""
        command = ["bash", "-euc", script]
        if answer:
            command = ["script", "--quiet", "--return", "--command", shlex.join(command), "/dev/null"]
        done = subprocess.run(command, cwd=self.work, env=self.environment, input=answer, text=True,
                              capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, f"{script}\n{done.stdout}{done.stderr}")
        return done.stdout

    def test_the_plan_in_it_is_what_authzd_prints(self):
        [shown] = blocks("authzd", "console")
        command, picture = shown.split("\n", 1)
        self.environment["IBMCLOUD_API_KEY"] = "demo-api-key"
        printed = " ".join(self.shell(command[2:]).split())
        parts = [re.escape(" ".join(part.split())) for part in picture.split("…")]
        self.assertRegex(printed, "^" + ".*".join(parts) + "$")

    def test_its_commands_work_one_after_the_other(self):
        typed = commands("Plan and apply")
        self.assertIn("export IBMCLOUD_API_KEY=…", typed)
        script = "\n".join(typed).replace("API_KEY=…", "API_KEY=demo-api-key")
        said = self.shell(script, answer="yes\n")
        self.assertIn("Applied: 1 created", said)
        self.assertIn("block-storage-encryption: granted", said)

    def test_something_runs_each_of_its_commands(self):
        self.assertEqual({title for title in sections() if commands(title)}, set(RUN_BY))
        for title, shown in (("See it work", "./dev demo"), ("Test it", "./dev test")):
            self.assertEqual(commands(title), [shown])


if __name__ == "__main__":
    Readme.build = pathlib.Path(sys.argv.pop()).resolve()
    unittest.main()
