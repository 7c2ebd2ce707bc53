// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The table above the undo planner, row by row.
#include "reconciler/undo/undo.hpp"

#include "reconciler/undo/protection.hpp"
#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace authzd::test {
namespace {

const PolicyId kId{"p1"};

class UndoTest : public ::testing::Test {
 protected:
  UndoTest() {
    policy_ = ours(kId.value, wanted("disks", "server-protect", "kms"));
    changed_ = policy_;
    changed_.content.roles = {"Writer"};
    theirs_ = changed_;
    theirs_.content.roles = {"Manager"};
    theirs_.last_modified_by = kPerson;
  }

  PastAction removed() const {
    Action action = past(Verb::remove);
    action.before = policy_.content;
    return {action, done(std::nullopt)};
  }

  PastAction changed() const {
    Action action = past(Verb::update);
    action.before = policy_.content;
    action.after = changed_.content;
    return {action, done(changed_)};
  }

  PastAction made() const {
    Action action = past(Verb::create);
    action.id = {};
    action.after = policy_.content;
    return {action, done(policy_)};
  }

  /// The undo of one action in a world with these policies.
  Undo undo(const PastAction& past, std::vector<Observed> observed) const {
    return make_undo(kAccount, std::vector{past}, observed, prod(), options);
  }

  static Outcome done(const std::optional<Observed>& stored) {
    Outcome outcome;
    outcome.kind = OutcomeKind::done;
    outcome.wrote = true;
    if (stored) outcome.stored = Versioned{*stored, Etag{"1-a"}};
    return outcome;
  }

  static std::string reason_of(const Undo& undo) {
    EXPECT_TRUE(undo.plan.actions.empty());
    EXPECT_TRUE(undo.touched.empty());
    EXPECT_EQ(undo.plan.notes.size(), 1U);
    if (undo.plan.notes.empty()) return {};
    const Note& note = undo.plan.notes.front();
    return std::string(to_string(note.kind)) + " " + std::string(to_string(note.reason));
  }

  static const Action& only_action(const Undo& undo) {
    EXPECT_EQ(undo.plan.actions.size(), 1U);
    EXPECT_TRUE(undo.plan.notes.empty());
    return undo.plan.actions.at(0);
  }

  UndoOptions options;
  Observed policy_;   // before the run, or as the run created it
  Observed changed_;  // after the run
  Observed theirs_;   // after a later change by someone else

 private:
  Action past(Verb verb) const {
    Action action;
    action.verb = verb;
    action.name = "disks";
    action.id = kId;
    action.key = key_of(kAccount, policy_.content);
    return action;
  }
};

TEST_F(UndoTest, BringsBackWhatWasRemovedWithItsId) {
  Observed deleted = policy_;
  deleted.state = PolicyState::deleted;

  const Undo result = undo(removed(), {deleted});

  const Action& action = only_action(result);
  EXPECT_EQ(action.verb, Verb::create);
  EXPECT_EQ(action.id, kId);
  EXPECT_EQ(action.after, policy_.content);
  EXPECT_EQ(action.reason, Reason::undone);
  EXPECT_EQ(action.risk, Risk::widening);
  EXPECT_EQ(action.name, "disks");
  EXPECT_EQ(result.touched, std::set{action.key});
}

TEST_F(UndoTest, MakesWhatIamForgotAgainAndSaysThatItsIdIsNew) {
  options.forgotten = {kId};

  const Undo result = undo(removed(), {});

  ASSERT_EQ(result.plan.actions.size(), 1U);
  EXPECT_EQ(result.plan.actions[0].verb, Verb::create);
  EXPECT_TRUE(result.plan.actions[0].id.empty());
  EXPECT_EQ(result.plan.actions[0].after, policy_.content);
  ASSERT_EQ(result.plan.notes.size(), 1U);
  EXPECT_EQ(result.plan.notes[0].reason, NoteReason::new_id);
  EXPECT_EQ(result.plan.notes[0].id, kId);
}

TEST_F(UndoTest, CannotMakeAgainWhatIamForgotAndAuthzdCannotWrite) {
  options.forgotten = {kId};
  policy_.content.extras = {{"rule", "{}"}};

  EXPECT_EQ(reason_of(undo(removed(), {})), "conflict CannotRestore");
}

TEST_F(UndoTest, HasToAskOnlyForWhatTheRunRemovedAndIsNotThere) {
  const std::vector past{removed(), changed()};

  EXPECT_EQ(removed_for_good(past, {}), std::set{kId});
  EXPECT_TRUE(removed_for_good(past, std::vector{policy_}).empty());
}

TEST_F(UndoTest, LeavesAloneWhatIsThereAgain) {
  EXPECT_EQ(reason_of(undo(removed(), {policy_})), "kept Undone");
  EXPECT_EQ(reason_of(undo(removed(), {theirs_})), "conflict ChangedSince");
}

TEST_F(UndoTest, DoesNotPutBackAPolicyWhosePlaceIsTaken) {
  Observed other = policy_;
  other.id = PolicyId{"p2"};

  const Undo result = undo(removed(), {other});

  EXPECT_EQ(reason_of(result), "conflict KeyTaken");
  EXPECT_EQ(result.plan.notes.front().id, kId);
}

TEST_F(UndoTest, ResetsWhatWasChanged) {
  const Undo result = undo(changed(), {changed_});

  const Action& action = only_action(result);
  EXPECT_EQ(action.verb, Verb::update);
  EXPECT_EQ(action.before, changed_.content);
  EXPECT_EQ(action.after, policy_.content);
  EXPECT_EQ(action.last_modified_at, changed_.last_modified_at);
}

TEST_F(UndoTest, LeavesAloneWhatWasChangedSince) {
  EXPECT_EQ(reason_of(undo(changed(), {theirs_})), "conflict ChangedSince");
  EXPECT_EQ(reason_of(undo(changed(), {})), "conflict ChangedSince");
  EXPECT_EQ(reason_of(undo(changed(), {policy_})), "kept Undone");
}

TEST_F(UndoTest, PinsBothKeysOfAChangeOfAttributes) {
  PastAction moved = changed();
  moved.action.before->resource = resource_of("cos");
  const Key old_key = key_of(kAccount, *moved.action.before);

  const Undo result = undo(moved, {changed_});

  EXPECT_EQ(only_action(result).key, old_key);
  EXPECT_EQ(result.touched, (std::set{old_key, key_of(kAccount, changed_.content)}));

  Observed other = policy_;
  other.id = PolicyId{"p2"};
  other.content = *moved.action.before;
  EXPECT_EQ(reason_of(undo(moved, {changed_, other})), "conflict KeyTaken");
}

TEST_F(UndoTest, SaysWhereAuthzdCannotWriteWhatWasThere) {
  PastAction cleaned = changed();
  cleaned.action.before->extras["rule"] = "{}";

  EXPECT_EQ(reason_of(undo(cleaned, {changed_})), "conflict CannotRestore");
}

TEST_F(UndoTest, RemovesWhatWasMade) {
  const Undo result = undo(made(), {policy_});

  const Action& action = only_action(result);
  EXPECT_EQ(action.verb, Verb::remove);
  EXPECT_EQ(action.id, kId);
  EXPECT_EQ(action.before, policy_.content);
  EXPECT_EQ(action.risk, Risk::narrowing);
  ASSERT_TRUE(action.removal) << "the rails judge the delete";
}

TEST_F(UndoTest, LeavesAloneWhatIsNotAsItWasMade) {
  EXPECT_EQ(reason_of(undo(made(), {theirs_})), "conflict ChangedSince");
  EXPECT_EQ(reason_of(undo(made(), {})), "kept Undone");
}

TEST_F(UndoTest, TouchesNothingThatIsNotOursAnyMore) {
  Observed foreign = policy_;
  foreign.template_id = "template";

  EXPECT_EQ(reason_of(undo(made(), {foreign})), "conflict NotOurs");
}

TEST_F(UndoTest, FindsOutFromThePolicyWhereNobodyKnowsHowAWriteEnded) {
  PastAction lost_create = made();
  lost_create.outcome.reset();
  EXPECT_EQ(only_action(undo(lost_create, {policy_})).verb, Verb::remove);
  EXPECT_EQ(reason_of(undo(lost_create, {})), "kept Undone");

  PastAction lost_update = changed();
  lost_update.outcome.reset();
  EXPECT_EQ(only_action(undo(lost_update, {changed_})).verb, Verb::update);
  EXPECT_EQ(reason_of(undo(lost_update, {policy_})), "kept Undone");

  PastAction lost_delete = removed();
  lost_delete.outcome.reset();
  EXPECT_EQ(only_action(undo(lost_delete, {})).verb, Verb::create);
  EXPECT_EQ(reason_of(undo(lost_delete, {policy_})), "kept Undone");
}

TEST_F(UndoTest, DoesNothingAboutWhatTheRunDidNotDo) {
  PastAction skipped = removed();
  skipped.outcome->wrote = false;
  PastAction restored = removed();
  restored.outcome->kind = OutcomeKind::restored;

  for (const PastAction& past : {skipped, restored}) {
    const Undo result = undo(past, {});
    EXPECT_TRUE(result.plan.actions.empty());
    EXPECT_TRUE(result.plan.notes.empty());
  }
}

TEST_F(UndoTest, UndoesARelease) {
  Observed released = policy_;
  released.content.description = "";
  Action release = changed().action;
  release.after = released.content;
  release.reason = Reason::released;

  const Undo result = undo({release, done(released)}, {released});

  EXPECT_EQ(only_action(result).after, policy_.content);
}

TEST_F(UndoTest, NeitherRemovesNorNarrowsWhatIsProtected) {
  policy_.content.description = marked("disks", key_of(kAccount, policy_.content), true);
  EXPECT_EQ(reason_of(undo(made(), {policy_})), "conflict Protected");

  changed_.content = policy_.content;
  changed_.content.roles.insert("Writer");
  EXPECT_EQ(reason_of(undo(changed(), {changed_})), "conflict Protected");
}

TEST_F(UndoTest, TouchesNothingThatFitsRailsNever) {
  options.never = {{{"serviceName", "kms"}}};

  EXPECT_EQ(reason_of(undo(made(), {policy_})), "conflict Never");
  EXPECT_EQ(reason_of(undo(removed(), {})), "conflict Never");
}

TEST_F(UndoTest, ObeysTheMode) {
  options.mode = Mode::upsert_only;

  const Undo result = undo(made(), {policy_});

  EXPECT_EQ(reason_of(result), "kept Mode");
}

TEST_F(UndoTest, UndoesAnUndo) {
  const std::vector<Observed> after_run;  // it deleted the policy
  const Undo first = undo(removed(), after_run);
  const PastAction back{only_action(first), done(policy_)};

  const Undo second = undo(back, {policy_});

  EXPECT_EQ(only_action(second).verb, Verb::remove);
  EXPECT_EQ(only_action(second).id, kId);
}

TEST_F(UndoTest, TakesNoProtectionOff) {
  Observed guarded = policy_;
  guarded.content.description = test::marked("disks", test::key_for("server-protect", "kms"), true);
  Action action = changed().action;
  action.after = guarded.content;
  EXPECT_EQ(reason_of(undo({action, done(guarded)}, {guarded})), "conflict Protected");

  guarded.content.roles.insert("Viewer");
  action.before->roles.insert("Writer");
  action.before->roles.insert("Viewer");
  action.after = guarded.content;
  const Undo widened = undo({action, done(guarded)}, {guarded});
  EXPECT_TRUE(parse_description(only_action(widened).after->description).marker->is_protected);
}

/// Its marker no longer says so: someone removed that.
TEST_F(UndoTest, TakesNothingAwayThatTheStateKnowsAsProtected) {
  policy_.content.description = "Only text";
  const Key key = test::key_for("server-protect", "kms");
  PolicyContent guarded = policy_.content;
  guarded.description = test::marked("disks", key, true);
  Ownership ownership = prod();
  ownership.known.own().emplace(kId, PolicyOrigin::adopted);
  ownership.written.own()[kId] = {key, guarded};

  const Undo kept =
      make_undo(kAccount, std::vector{made()}, std::vector{policy_}, ownership, options);

  EXPECT_EQ(reason_of(kept), "conflict Protected");
}

TEST_F(UndoTest, TakesNothingAwayThatAManifestProtectsThoughNoWriteSaysSoYet) {
  const Undo plain = undo(made(), {policy_});
  ASSERT_EQ(plain.plan.actions.size(), 1U);

  EXPECT_EQ(reason_of(without_protected(plain, {plain.plan.actions[0].key})), "conflict Protected");
  EXPECT_EQ(without_protected(plain, {}).plan.actions, plain.plan.actions);
}

}  // namespace
}  // namespace authzd::test
