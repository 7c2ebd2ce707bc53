# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Checks an audit log against the tap's journal: it has every write, has nothing that was not done, and
its lines are a chain."""
import collections
import hashlib
import json

from tap import Exchange

WORDS = {"POST": "create", "PUT": "replace", "PATCH": "restore", "DELETE": "remove"}


def judge_record(text: str, journal: list[Exchange], keys: set[str], is_chain: bool = True) -> list[str]:
    """`text`: the log of the processes with these keys. An incomplete last line, left by
    a kill or a full disk, does not count; the next write removes it."""
    lines = text.split("\n")[:-1]
    entries = [entry for entry in map(_parsed, lines) if entry is not None]
    return [*(_chain(lines) if is_chain else ()), *_unannounced(entries, journal, keys), *_untrue(entries, journal)]


def _parsed(line: str) -> dict | None:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _chain(lines: list[str]):
    """Each line has its number and the hash of the line before it."""
    before = None
    for number, line in enumerate(lines, 1):
        chain = (_parsed(line) or {}).get("chain")
        if chain is None:
            yield f"audit: line {number} is no line of the log"
            return
        digest = hashlib.sha256(before.encode()).hexdigest() if before is not None else None
        if digest is not None and chain["previous"] != digest:
            yield f"audit: line {number} does not follow the line before it"
        before = line


def _unannounced(entries: list[dict], journal: list[Exchange], keys: set[str]):
    """Each effect in IAM has its own intent."""
    intents = collections.Counter((entry["write"], entry["policyId"] if entry["write"] != "create" else "")
                                  for entry in entries if entry["event"] == "intent")
    done = collections.Counter((WORDS[each.method], each.policy_id()) for each in journal
                               if each.key in keys and each.is_write() and each.before != each.after)
    for (word, policy_id), times in sorted((done - intents).items()):
        yield f"audit: {word} {policy_id or 'of a new policy'} was done {times} times more than is written down"


def _untrue(entries: list[dict], journal: list[Exchange]):
    """What is logged as deleted was gone at some time."""
    seen, gone = set(), set()
    for each in journal:
        if not each.before and not each.after:
            continue
        seen |= set(each.before) | set(each.after)
        gone |= (seen - set(each.before)) | (seen - set(each.after))
    for entry in entries:
        said = entry["event"] == "outcome" and entry["verb"] == "delete" and entry["outcome"] == "Done"
        if said and entry["policyId"] in seen and entry["policyId"] not in gone:
            yield f"audit: {entry['policyId']} is said to be deleted, and never was"
