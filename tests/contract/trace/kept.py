#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""A trace that is kept beside this file, played back to the real client: the plan, and what is said of the
trace, are those that are kept, too. It was recorded against the sandbox.
usage: kept.py BUILD-DIRECTORY [--write | --record]
--write keeps what is said now: read the difference. --record makes the trace again."""
import json
import pathlib
import re
import sys
import tempfile

import stage

KEPT = pathlib.Path(__file__).resolve().parent / "kept"


def compare(name, text, write):
    file = KEPT / name
    if write:
        file.write_text(text)
    assert file.read_text() == text, f"{name} is another one:\n{text}"


def record(it):
    """A plan with something to do, in an account where others have policies, too."""
    manifests = [
        stage.manifest("volumes", "databases-for-redis", "hs-crypto", "Volumes."),
        stage.manifest("buckets", "cloud-object-storage", "kms", "Buckets.", "51042d7f-f0df-4915-bd39-6a49957c9175"),
        stage.manifest("events", "messagehub", "kms", "Topics."),
    ]
    sandbox, url = it.start("--seed", stage.SEED, "--seed-random", "7")
    it.call("apply", "--config", it.configure("first", url, stage.ACCOUNT, "owner", manifests), "--yes")
    manifests[0]["spec"]["description"] = "All volumes."
    changed = it.configure("then", url, stage.ACCOUNT, "owner", manifests, more='{"adopt": "identical"}')
    it.call("record", "--to", "made", "--", "plan", "--config", changed)
    it.stop(sandbox)
    account, owner, made, _ = stage.stand_ins(stage.listed(stage.read(it.work / "made")[1]), manifests)
    next(each for each in made if each["spec"]["target"]["service"] == "hs-crypto")["spec"]["description"] = "All."
    KEPT.mkdir(exist_ok=True)
    (KEPT / "sample.trace.jsonl").write_bytes((it.work / "made").read_bytes())
    sample = {"account": account, "owner": owner, "manifests": made}
    (KEPT / "sample.json").write_text(json.dumps(sample, indent=1) + "\n")


def main():
    build, write = pathlib.Path(sys.argv[1]).resolve(), len(sys.argv) > 2
    trace = KEPT / "sample.trace.jsonl"
    if "--record" in sys.argv:
        with tempfile.TemporaryDirectory(prefix="authzd-test-") as folder:
            record(stage.Stage(build, pathlib.Path(folder)))
    sample = json.loads((KEPT / "sample.json").read_text())  # account, owner and manifests of the trace
    with tempfile.TemporaryDirectory(prefix="authzd-test-") as folder:
        it = stage.Stage(build, pathlib.Path(folder))
        sandbox, url = it.start("--replay-speed", "0", "--replay", trace)
        config = it.configure("kept", url, sample["account"], sample["owner"], sample["manifests"], key="any-key")
        plan, _ = it.call("plan", "--config", config, "--output", "json")
        said = it.stop(sandbox)
        assert "every exchange of the trace was asked for" in said, said
        compare("plan.json", json.dumps(stage.what_it_does(plan), indent=1) + "\n", write)
        text, _ = it.call("record", "check", trace)
        compare("check.txt", re.sub(r"recorded by authzd \S+", "recorded by authzd VERSION", text), write)
    print("kept: the kept trace says what it said")


if __name__ == "__main__":
    main()
