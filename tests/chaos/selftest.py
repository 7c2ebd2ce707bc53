#!/usr/bin/env python3
# Copyright the authzd authors.
# SPDX-License-Identifier: Apache-2.0
"""Tests the witness: it accepts what authzd may do, and detects each promise that is broken on purpose in
a forged journal, audit log or end state. usage: selftest.py"""
import copy
import json
import unittest

from forged import KEY, OWNER, READER, READER_ROLE, Forged, policy
from record import judge_record
from witness import Silence, Witness, judge_end


class Case(unittest.TestCase):
    def setUp(self):
        self.forged = Forged()

    def verdict(self) -> list[str]:
        forged = self.forged
        return (Witness(forged.promises).judge(forged.journal) +
                judge_record(forged.audit_log(), forged.journal, {KEY}))

    def accepts(self):
        self.assertEqual(self.verdict(), [])

    def sees(self, *words: str):
        """Exactly one thing is wrong, and is described by these words."""
        wrong = self.verdict()
        self.assertEqual(len(wrong), 1, wrong)
        for word in words:
            self.assertIn(word, wrong[0])


class Rails(Case):
    def test_accept_as_many_deletes_in_a_window_as_are_allowed(self):
        for name in ("p2", "p3"):
            self.forged.delete(name)
        self.accepts()

    def test_see_one_delete_more(self):
        for name in ("p2", "p3", "p4"):
            self.forged.delete(name)
        self.sees("3 policies of chaos lost access", "2 allowed")

    def test_see_a_narrowing_as_a_delete(self):
        self.forged.delete("p2")
        self.forged.narrow("p3")
        self.forged.narrow("p4")
        self.sees("3 policies of chaos lost access")

    def test_see_a_changed_resource_as_a_delete(self):
        for name in ("p2", "p3", "p4"):
            moved = copy.deepcopy(self.forged.policies[name])
            moved["resource"]["attributes"].append(
                {"key": "resource", "operator": "stringEquals", "value": "a-key"})
            self.forged.write("PUT", name, moved)
        self.sees("3 policies of chaos lost access")

    def test_accept_more_in_the_next_window(self):
        for name in ("p2", "p3", "p4", "p5"):
            self.forged.delete(name)
            self.forged.now += 10.0
        self.accepts()

    def test_accept_what_was_approved(self):
        self.forged.promises.approve(OWNER, self.forged.now, {"p2", "p3", "p4"})
        for name in ("p2", "p3", "p4", "p5"):
            self.forged.delete(name)
        self.accepts()

    def test_see_that_an_approval_was_used_twice(self):
        self.forged.promises.approve(OWNER, self.forged.now, {"p2"})
        for name in ("p2", "p3", "p4"):
            self.forged.delete(name)
        self.forged.edit("p2", policy("p2"))
        self.forged.delete("p2")
        self.sees("3 policies of chaos lost access")

    def test_see_that_an_approval_came_too_late(self):
        for name in ("p2", "p3", "p4"):
            self.forged.delete(name)
        self.forged.promises.approve(OWNER, self.forged.now + 1, {"p2"})
        self.sees("3 policies of chaos lost access")

    def test_see_that_the_approval_was_one_of_another_owner(self):
        self.forged.promises.approve("other", self.forged.now, {"p2"})
        for name in ("p2", "p3", "p4"):
            self.forged.delete(name)
        self.sees("3 policies of chaos lost access")

    def test_start_counting_again_where_the_state_was_lost(self):
        for name in ("p2", "p3"):
            self.forged.delete(name)
        self.forged.promises.forgotten.append((OWNER, self.forged.now + 0.5))
        for name in ("p4", "p5"):
            self.forged.delete(name)
        self.accepts()
        self.forged.delete("p6")
        self.sees("3 policies of chaos lost access")

    def test_accept_more_once_the_limits_are_off(self):
        self.forged.promises.limits_until = self.forged.now
        for name in ("p2", "p3", "p4"):
            self.forged.delete(name)
        self.accepts()
        self.forged.promises.limits_until = self.forged.now + 1
        self.sees("3 policies of chaos lost access")

    def test_accept_that_what_others_added_is_taken_away(self):
        for name in ("p2", "p3", "p4", "p5"):
            self.forged.write("PUT", name, policy(name, roles=(READER_ROLE,)))
            self.forged.edit(name, policy(name, roles=(READER_ROLE, "crn:Manager")))
            self.forged.now += 30.0
        for name in ("p2", "p3", "p4", "p5"):
            self.forged.narrow(name)
        self.accepts()


class Ownership(Case):
    def test_accept_a_create_a_change_and_a_delete_of_ours(self):
        self.forged.create("p10")
        self.forged.write("PUT", "p10", policy("p10", roles=(READER_ROLE, "crn:Manager")))
        self.forged.delete("p10")
        self.accepts()

    def test_see_that_somebody_elses_was_deleted(self):
        self.forged.delete("theirs")
        self.sees("theirs, which somebody else made")

    def test_see_that_somebody_elses_was_changed(self):
        self.forged.write("PUT", "theirs", policy("theirs", owner=""  , roles=("crn:Manager", READER_ROLE)))
        self.sees("theirs, which somebody else made")

    def test_see_that_another_owners_was_written_to(self):
        self.forged.write("PUT", "rival", policy("rival", owner=OWNER))
        self.sees("rival of the owner other")

    def test_see_that_a_write_changed_another_policy_too(self):
        self.forged.write("PUT", "p2", policy("p2", roles=(READER_ROLE, "crn:x", *self.roles("p2"))),
                          also={"p3": policy("p3", roles=(*self.roles("p3"), "crn:x"))})
        self.sees("changed p3")

    def test_see_that_what_every_revision_wants_was_deleted(self):
        self.forged.delete("p0")
        self.sees("p0 was deleted, which every revision wants")

    def test_see_that_the_protected_was_deleted(self):
        self.forged.delete("p1")
        self.sees("protected policy of p1")

    def test_see_that_the_protected_was_narrowed(self):
        self.forged.narrow("p1")
        self.sees("protected policy of p1")

    def test_see_that_the_protected_was_deleted_after_its_marker_was_taken_off(self):
        self.forged.edit("p1", {**self.forged.policies["p1"], "description": "who wrote this?"})
        self.forged.delete("p1")
        self.sees("protected policy of p1")

    def roles(self, name: str):
        return tuple(each["role_id"] for each in self.forged.policies[name]["control"]["grant"]["roles"])


class Manner(Case):
    def test_see_a_write_of_a_process_that_only_reads(self):
        self.forged.write("POST", "p10", policy("p10"), key=READER)
        self.sees("a process that only reads sent POST")

    def silence(self, why: str) -> Silence:
        silence = Silence(KEY, self.forged.now, why)
        self.forged.promises.silences.append(silence)
        return silence

    def test_see_a_write_in_mode_observe(self):
        self.silence("the mode is observe")
        self.forged.create("p10")
        self.sees("POST /v2/policies", "the mode is observe")

    def test_see_a_write_by_a_suspended_account(self):
        self.silence("the account was suspended")
        self.forged.delete("p2")
        self.sees("DELETE /v2/policies/p2", "suspended")

    def test_accept_writes_before_and_after_a_silence(self):
        self.forged.delete("p2")
        self.forged.now += 1.0
        self.silence("the account was suspended").end(self.forged.now + 0.5)
        self.forged.delete("p3")
        self.accepts()

    def test_see_a_change_without_an_etag(self):
        self.forged.narrow("p2", etag="")
        self.sees("without If-Match")

    def test_see_a_delete_without_a_read(self):
        self.forged.delete("p2", is_read=False)
        self.sees("without a read")

    def test_see_a_second_write_after_one_read(self):
        self.forged.narrow("p2")
        self.forged.delete("p2", is_read=False)
        self.sees("without a read")


class Record(Case):
    def test_see_a_write_that_the_audit_log_does_not_have(self):
        self.forged.delete("p2")
        self.forged.delete("p3", is_announced=False)
        self.sees("remove p3 was done 1 times more than is written down")

    def test_see_a_create_that_the_audit_log_does_not_have(self):
        self.forged.create("p10", is_announced=False)
        self.sees("create of a new policy was done 1 times more")

    def test_see_a_line_that_is_lost(self):
        self.forged.delete("p2")
        self.forged.create("p10")
        del self.forged.lines[1]  # an outcome
        self.sees("line 2 does not follow")

    def test_see_a_line_that_was_changed(self):
        self.forged.delete("p2")
        self.forged.lines[0] = self.forged.lines[0].replace("intent", "intent ")
        self.assertIn("does not follow", "".join(self.verdict()))

    def test_see_what_is_no_line(self):
        self.forged.delete("p2")
        self.forged.lines.insert(1, "half a li")
        self.sees("line 2 is no line of the log")

    def test_accept_the_part_of_a_line_that_a_full_disk_left(self):
        self.forged.delete("p2")
        whole = self.forged.audit_log() + '{"event": "int'
        self.assertEqual(judge_record(whole, self.forged.journal, {KEY}), [])

    def test_see_a_delete_that_is_reported_and_was_not_done(self):
        self.forged.write("DELETE", "p2", self.forged.policies["p2"])
        self.sees("p2 is said to be deleted, and never was")

    def test_accept_a_delete_that_failed_and_is_reported_as_failed(self):
        self.forged.write("DELETE", "p2", self.forged.policies["p2"])
        entry = json.loads(self.forged.lines[-1])
        self.forged.lines[-1] = json.dumps({**entry, "outcome": "OutcomeUnknown"})
        self.accepts()

    def test_accept_a_delete_that_somebody_else_did_meanwhile(self):
        self.forged.edit("p2", None)
        self.forged.log("outcome", "DELETE", "p2", outcome="Done", wrote=False)
        self.accepts()


class End(Case):
    def setUp(self):
        super().setUp()
        self.wanted = {f"p{number}": {"Reader", "AuthorizationDelegator"} for number in range(10)}

    def end(self) -> list[str]:
        return judge_end(self.forged.policies, self.wanted, OWNER, self.forged.untouched)

    def test_accept_what_is_as_the_manifests_say(self):
        self.assertEqual(self.end(), [])

    def test_see_a_grant_that_is_missing(self):
        del self.forged.policies["p3"]
        self.assertIn("p3: wanted", self.end()[0])

    def test_see_a_grant_with_other_roles(self):
        self.forged.policies["p3"] = policy("p3")
        self.assertIn("p3: wanted", self.end()[0])

    def test_see_a_grant_that_is_there_twice(self):
        self.forged.policies["again"] = {**self.forged.policies["p3"], "id": "again"}
        self.assertIn("p3: wanted", self.end()[0])

    def test_see_a_grant_that_nobody_wants(self):
        del self.wanted["p3"]
        self.assertEqual(self.end(), ["p3: nobody wants it, and it is there"])

    def test_see_that_somebody_elses_is_not_as_it_was(self):
        self.forged.policies["rival"] = policy("rival", owner="other", roles=("crn:Manager",))
        self.assertEqual(self.end(), ["policy rival of somebody else is not as it was"])
        del self.forged.policies["theirs"]
        self.assertEqual(len(self.end()), 2)


if __name__ == "__main__":
    unittest.main()
