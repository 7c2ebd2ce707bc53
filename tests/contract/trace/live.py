#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""From a user's apply to a maintainer's commands: a plan and an apply are recorded over TLS, nothing of whom
they concern is in the traces, and played back they give the same plan and ask for the same things.
usage: live.py BUILD-DIRECTORY"""
import json
import os
import pathlib
import re
import stat
import sys
import tempfile
import urllib.request
import ssl

import stage

INSTANCE = "51042d7f-f0df-4915-bd39-6a49957c9175"
OWNER = "acme-platform"
MANIFESTS = [
    stage.manifest("payroll-volumes", "databases-for-redis", "hs-crypto", "Volumes of the payroll team"),
    stage.manifest("ledger-buckets", "cloud-object-storage", "kms", "Buckets of Wilhelmina", INSTANCE),
]


def private_texts(policies):
    """All that says who and what: of the seed, of the manifests, and of what IAM made of them."""
    seed = json.loads(stage.SEED.read_text())
    texts = {INSTANCE, OWNER, "payroll", "ledger", "Wilhelmina", "Volumes of", "authzd-test"}
    for account in seed["accounts"]:
        texts |= {account["id"], account["name"]}
    for key in seed["api_keys"]:
        texts |= {key["key"], key["iam_id"].split("-", 1)[1]}
    for profile in seed["profiles"]:
        texts |= {profile["id"], profile["crn"]}
    for policy in policies:
        texts |= {policy["id"], policy["created_by_id"].split("-", 1)[-1]}
        for side in ("subject", "resource"):
            for key, value in stage.values(policy, side).items():
                if key in ("serviceInstance", "resource", "resourceGroupId", "vpcId") and isinstance(value, str):
                    texts.add(value)
    return {text for text in texts if len(text) > 3}


def check_private(path, texts):
    text = path.read_text()
    for each in texts:
        assert each not in text, f"{each} is in {path.name}: {[l for l in text.splitlines() if each in l][0][:2000]}"
    assert "eyJ" not in text, "a token is in the trace"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600, "others may read the trace"


def truth(url, work):
    context = ssl.create_default_context(cafile=str(work / "cert.pem"))
    with urllib.request.urlopen(url + "/sandbox/v1/policies", context=context) as reply:
        return json.load(reply)["policies"]


def renamed(text, names):
    for name, stand_in in sorted(names.items(), key=lambda each: -len(each[0])):
        text = text.replace(name, stand_in)
    return text


def record(it, url):
    """The plan, and the traces of a plan and of an apply."""
    config = it.configure("user", url, stage.ACCOUNT, OWNER, MANIFESTS)
    plan, said = it.call("record", "--to", "plan.trace", "--", "plan", "--config", config, "--output", "json")
    assert "recorded in plan.trace" in said, said
    _, said = it.call("record", "--to", "apply.trace", "--", "apply", "--config", config, "--yes")
    assert "exchanges recorded in apply.trace" in said, said
    it.call("record", "--to", "apply.trace", "--", "list", "--config", config, code=1)  # is not overwritten
    it.call("record", "--to", "never", "--", "validate", config, code=64)
    assert not (it.work / "never").exists()
    return plan


def play_back(it, plan):
    """The maintainer's part."""
    header, exchanges = stage.read(it.work / "apply.trace")
    assert header["format"] == "authzd-trace" and header["endpoint"] == "other", header
    account, owner, manifests, names = stage.stand_ins(stage.created(exchanges), MANIFESTS)
    assert account != stage.ACCOUNT and owner != OWNER

    sandbox, url = it.start("--replay-speed", "0", "--replay", it.work / "apply.trace")
    config = it.configure("maintainer", url, account, owner, manifests, key="any-key")
    it.call("apply", "--config", config, "--yes")
    said = it.stop(sandbox)
    assert "not in the trace" not in said, said
    assert "every exchange of the trace was asked for" in said, said

    # A plan has stand-ins of its own: each trace has its own key. They are told apart by what stays.
    _, exchanges = stage.read(it.work / "plan.trace")
    [other] = {value for each in exchanges for name, value in each["request"].get("query", []) if name == "account_id"}
    assert other != account, "two traces have the same stand-ins"
    sandbox, url = it.start("--replay-speed", "0", "--replay", it.work / "plan.trace")
    config = it.configure("planner", url, other, owner, manifests, key="any-key")
    replayed, _ = it.call("plan", "--config", config, "--output", "json")
    it.call("list", "--config", config, code=1)  # was not recorded
    said = it.stop(sandbox)
    assert "not in the trace: GET /v2/policies" in said, said
    before = stage.what_it_does(renamed(plan, names | {stage.ACCOUNT: other, OWNER: owner}))
    after = stage.what_it_does(replayed)
    assert before == after, f"another plan:\n{json.dumps(before, indent=1)}\n{json.dumps(after, indent=1)}"


def check_facts(it):
    text, _ = it.call("record", "check", "apply.trace")
    assert "Confirmed:" in text and "0 contradicted" in text, text
    facts = {each["name"]: each for each in json.loads(it.call("record", "check", "apply.trace", "-o", "json")[0])["facts"]}
    assert facts["create-reply"]["verdict"] == facts["echo-of-attributes"]["verdict"] == "confirmed", facts
    assert facts["date-header"]["seen"] == ["sent"], facts["date-header"]
    assert facts["duplicate"]["verdict"] == "silent", facts["duplicate"]
    wrong = (it.work / "apply.trace").read_text().replace('"status":201', '"status":200')
    (it.work / "wrong.trace").write_text(wrong)
    text, _ = it.call("record", "check", "wrong.trace", code=5)
    assert "create-reply: a create is answered with 201 and an ETag\n    seen: 200 with ETag" in text, text
    (it.work / "bad.trace").write_text(wrong.splitlines()[0] + "\n{}\n")
    _, said = it.call("record", "check", "bad.trace", code=4)
    assert "line 2" in said, said


def check_configured(it, url, texts):
    """`record: DIR`, and one that is not there: the work is done all the same."""
    traces = it.work / "traces"
    config = it.configure("daemon", url, stage.ACCOUNT, OWNER, MANIFESTS, more=json.dumps({"record": str(traces)}))
    it.call("run", "--once", "--config", config)
    [trace] = traces.iterdir()
    assert re.fullmatch(r"authzd-\d{8}T\d{6}Z\.trace\.jsonl", trace.name), trace.name
    check_private(trace, texts)
    config = it.configure("wrong", url, stage.ACCOUNT, OWNER, MANIFESTS, more=json.dumps({"record": str(it.work / "gone/deeper")}))
    _, said = it.call("run", "--once", "--config", config)
    assert said.count("what follows is not recorded") == 1, said


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="authzd-test-") as folder:
        it = stage.Stage(build, pathlib.Path(folder))
        sandbox, url = it.start("--seed", stage.SEED)
        plan = record(it, url)
        texts = private_texts(truth(url, it.work))
        for name in ("plan.trace", "apply.trace"):
            check_private(it.work / name, texts)
        check_configured(it, url, texts)
        it.stop(sandbox)
        play_back(it, plan)
        check_facts(it)
    print("live: nothing private was recorded, and what was is played back")


if __name__ == "__main__":
    main()
