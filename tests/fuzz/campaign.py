#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs fuzz targets one after the other, and says what each did and what of the sources it reached.
usage: campaign.py BUILD-DIRECTORY SECONDS TARGET…

What a target finds on its way is kept in BUILD-DIRECTORY/corpus, what breaks it in BUILD-DIRECTORY/crashes.
Ends with 1 where something broke.
"""
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# A reader that takes longer, or more memory, for so few bytes takes them without a bound.
LIMITS = ["-max_len=8192", "-timeout=10", "-rss_limit_mb=1024"]
COLUMNS = ("target", "executions", "a second", "edges", "functions", "lines", "corpus", "found")


class Campaign:
    def __init__(self, build, target):
        self.target = target
        self.program = build / "tests/fuzz" / f"fuzz_{target}"
        self.corpus = build / "corpus" / target
        self.crashes = build / "crashes"
        self.log = build / "logs" / f"{target}.log"
        self.profile = build / "coverage" / target
        for folder in (self.corpus, self.crashes, self.log.parent, self.profile.parent):
            folder.mkdir(parents=True, exist_ok=True)

    def call(self, options, folders, profile, log):
        environment = os.environ | {"LLVM_PROFILE_FILE": str(profile)}
        command = [self.program, *options, *folders]
        return subprocess.run(command, stdout=log, stderr=log, env=environment, check=False).returncode

    def found(self):
        return sorted(self.crashes.glob(f"{self.target}-*"))

    def fuzz(self, seconds):
        """Returns the row of the table, and the inputs that broke the target."""
        before = set(self.found())
        options = [*LIMITS, f"-max_total_time={seconds}", "-print_final_stats=1",
                   f"-artifact_prefix={self.crashes}/{self.target}-"]
        with self.log.open("wb") as log:
            code = self.call(options, [self.corpus, HERE / "corpus" / self.target], os.devnull, log)
        text = self.log.read_text(errors="replace")
        new = [file for file in self.found() if file not in before]
        functions, lines = self.coverage()
        row = (self.target, last(r"number_of_executed_units: *(\d+)", text),
               last(r"average_exec_per_sec: *(\d+)", text), last(r"cov: (\d+)", text), functions, lines,
               str(len(list(self.corpus.iterdir()))), str(len(new)))
        return row, new, code

    def coverage(self):
        """Functions and lines of the project's sources that the corpora reach, each of how many there are
        in the files that are reached at all."""
        raw, merged = self.profile.with_suffix(".profraw"), self.profile.with_suffix(".profdata")
        self.call(["-runs=0"], [self.corpus, HERE / "corpus" / self.target], raw, subprocess.DEVNULL)
        subprocess.run(["llvm-profdata-14", "merge", "-sparse", raw, "-o", merged], check=True)
        raw.unlink()
        report = subprocess.run(["llvm-cov-14", "export", "-summary-only", f"-instr-profile={merged}",
                                 self.program], capture_output=True, check=True).stdout
        sums = {"functions": [0, 0], "lines": [0, 0]}
        for file in json.loads(report)["data"][0]["files"]:
            path = pathlib.Path(file["filename"]).resolve()
            is_ours = path.is_relative_to(ROOT / "reconciler") or path.is_relative_to(ROOT / "daemon")
            if not is_ours or file["summary"]["functions"]["covered"] == 0:
                continue
            for kind, total in sums.items():
                total[0] += file["summary"][kind]["covered"]
                total[1] += file["summary"][kind]["count"]
        return tuple(f"{covered}/{count}" for covered, count in sums.values())


def last(pattern, text):
    found = re.findall(pattern, text)
    return found[-1] if found else "-"


def show(rows):
    rows = [COLUMNS, *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    for row in rows:
        print(row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:])))


def main(build, seconds, targets):
    build = pathlib.Path(build).resolve()
    rows, failed = [], False
    for target in targets:
        campaign = Campaign(build, target)
        print(f"{target}: {seconds} s", flush=True)
        row, new, code = campaign.fuzz(seconds)
        rows.append(row)
        failed = failed or code != 0
        if code != 0:
            print("\n".join(campaign.log.read_text(errors="replace").splitlines()[-40:]))
        for file in new:
            print(f"found by {target}; to see it again:\n  {campaign.program} {file}", flush=True)
    show(rows)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
