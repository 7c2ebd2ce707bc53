// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const PolicyId kRemembered{"p1"};

class PolicyMemoryTest : public StateTest {
 protected:
  void made() { perform("made", create_of(), done_with(kRemembered, content_with("Reader"))); }

  bool is_known(const PolicyId& id = kRemembered) {
    return must(state->policies.known())->contains(id);
  }
};

TEST_F(PolicyMemoryTest, KnowsWhatItCreatedAfterARestart) {
  made();
  reopen();

  EXPECT_EQ(must(state->policies.known())->at(kRemembered), PolicyOrigin::created);
  EXPECT_EQ(must(state->policies.last_etags()).at(kRemembered), Etag{"1-a"});
  const auto writes = must(state->policies.own_writes(now));
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes.front().policy, observed(kRemembered, content_with("Reader")));
  EXPECT_EQ(writes.front().at, now);
}

TEST_F(PolicyMemoryTest, RemembersWhatAnUpdateMayHaveLeftUntilItsNextKnownWrite) {
  made();
  const Action update = update_of(kRemembered, "Reader", "Writer");

  perform("lost", update, not_done(OutcomeKind::unknown, true), Command::Kind::replace);
  EXPECT_TRUE(must(state->written.perhaps()).empty()) << "a read may still tell";
  perform("doubtful", update, not_done(OutcomeKind::refused, true), Command::Kind::replace);
  reopen();

  EXPECT_EQ(must(state->written.find(kRemembered)), content_with("Reader"));
  EXPECT_EQ(must(state->written.perhaps()).at(kRemembered), std::vector{content_with("Writer")});

  perform("known", update, done_with(kRemembered, content_with("Writer")), Command::Kind::replace);
  EXPECT_TRUE(must(state->written.perhaps()).empty());
}

TEST_F(PolicyMemoryTest, TakesForItsOwnWhatItCreatedAndNotWhatOthersMadeOfIt) {
  Outcome changed = done_with(kRemembered, content_with("Manager"));

  perform("made", create_of(), changed);

  EXPECT_EQ(must(state->policies.known())->at(kRemembered), PolicyOrigin::created);
  EXPECT_EQ(must(state->written.find(kRemembered)), *create_of().after);
}

TEST_F(PolicyMemoryTest, TellsWhatItTookOverFromWhatItMade) {
  Action adoption = update_of(kRemembered, "Reader", "Writer");
  adoption.reason = Reason::adopted;

  perform(
      "adopt", adoption, done_with(kRemembered, content_with("Writer")), Command::Kind::replace);

  EXPECT_EQ(must(state->policies.known())->at(kRemembered), PolicyOrigin::adopted);
}

TEST_F(PolicyMemoryTest, ForgetsWhatItDeletedButRemembersTheWrite) {
  made();

  perform("remove", remove_of(kRemembered), gone(), Command::Kind::remove);

  EXPECT_FALSE(is_known());
  EXPECT_TRUE(must(state->policies.last_etags()).empty());
  EXPECT_TRUE(must(state->policies.pending_deletes()).empty());
  const auto writes = must(state->policies.own_writes(now));
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes.front().policy.state, PolicyState::deleted);
}

TEST_F(PolicyMemoryTest, HidesWhatItDeletedFromAListThatLagsBehind) {
  made();
  Action removal = remove_of(kRemembered);
  const Observed listed = observed(kRemembered, content_with("Reader"));
  removal.last_modified_at = listed.last_modified_at;

  perform("remove", removal, gone(), Command::Kind::remove);

  const auto writes = must(state->policies.own_writes(now));
  EXPECT_TRUE(overlay_own_writes(std::vector{listed}, writes, now, 2min).policies.empty());
  Observed restored = listed;
  restored.last_modified_at = "2026-11-03T00:00:00.000Z";
  EXPECT_EQ(overlay_own_writes(std::vector{restored}, writes, now, 2min).policies.size(), 1U)
      << "someone brought it back since";
}

TEST_F(PolicyMemoryTest, KnowsThatWhatComesBackWasItsOwnWork) {
  made();
  perform("remove", remove_of(kRemembered), gone(), Command::Kind::remove);

  perform("again",
          update_of(kRemembered, "Reader", "Writer"),
          done_with(kRemembered, content_with("Writer")),
          Command::Kind::replace);

  EXPECT_EQ(must(state->policies.known())->at(kRemembered), PolicyOrigin::created);
}

TEST_F(PolicyMemoryTest, DoesNotCallOursWhatWasReleased) {
  made();
  Action release = update_of(kRemembered, "Reader", "Reader");
  release.reason = Reason::released;

  perform(
      "release", release, done_with(kRemembered, content_with("Reader")), Command::Kind::replace);

  EXPECT_FALSE(is_known());
}

TEST_F(PolicyMemoryTest, LearnsNothingFromAWriteThatFailed) {
  Outcome failed = not_done(OutcomeKind::failed, true);
  failed.stored = Versioned{observed(kRemembered, content_with("Manager")), Etag{"theirs"}};

  perform("failed", create_of(), failed);

  EXPECT_FALSE(is_known());
  EXPECT_TRUE(must(state->policies.own_writes(now)).empty());
}

TEST_F(PolicyMemoryTest, KeepsTheNewerEtagOfAWriteThatWasRefused) {
  made();
  Outcome refused = not_done(OutcomeKind::refused, false);
  refused.stored = Versioned{observed(kRemembered, content_with("Manager")), Etag{"2-b"}};

  perform("refused", update_of(kRemembered, "Reader", "Writer"), refused, Command::Kind::replace);

  EXPECT_EQ(must(state->policies.last_etags()).at(kRemembered), Etag{"2-b"});
}

TEST_F(PolicyMemoryTest, RemembersADeleteFromBeforeItIsSentUntilItIsSeenDone) {
  made();
  begin("remove", {remove_of(kRemembered)});
  must(state->runs.will_write({"remove", 0}, sending(Command::Kind::remove), now));
  reopen();

  auto pending = must(state->policies.pending_deletes());
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending.front().id, kRemembered);
  EXPECT_EQ(pending.front().action, remove_of(kRemembered));
  EXPECT_EQ(pending.front().run, "remove");
  EXPECT_TRUE(is_known()) << "until it is seen gone, it is ours";

  must(state->policies.seen_gone(kRemembered, now));
  EXPECT_TRUE(must(state->policies.pending_deletes()).empty());
  EXPECT_FALSE(is_known());
}

struct DeleteCase {
  std::string name;
  OutcomeKind kind;
  bool wrote;
  bool is_pending;
};

class DeleteOutcome : public PolicyMemoryTest, public ::testing::WithParamInterface<DeleteCase> {};

TEST_P(DeleteOutcome, SaysWhetherADeleteIsStillPending) {
  made();
  const Action removal = remove_of(kRemembered);
  begin("remove", {removal});
  must(state->runs.will_write({"remove", 0}, sending(Command::Kind::remove), now));

  must(
      state->runs.record({"remove", 0}, removal, not_done(GetParam().kind, GetParam().wrote), now));

  EXPECT_EQ(!must(state->policies.pending_deletes()).empty(), GetParam().is_pending);
  EXPECT_TRUE(is_known());
}

INSTANTIATE_TEST_SUITE_P(
    PolicyMemory,
    DeleteOutcome,
    ::testing::Values(DeleteCase{"Unconfirmed", OutcomeKind::unconfirmed, true, true},
                      DeleteCase{"Lost", OutcomeKind::failed, true, true},
                      DeleteCase{"Refused", OutcomeKind::refused, false, false},
                      DeleteCase{"Forbidden", OutcomeKind::failed, false, false},
                      DeleteCase{"Restored", OutcomeKind::restored, true, false}),
    [](const auto& param) { return param.param.name; });

TEST_F(PolicyMemoryTest, TakesBackADeleteThatWasNotDone) {
  made();
  begin("remove", {remove_of(kRemembered)});
  must(state->runs.will_write({"remove", 0}, sending(Command::Kind::remove), now));

  must(state->policies.seen_there(kRemembered));

  EXPECT_TRUE(must(state->policies.pending_deletes()).empty());
  EXPECT_TRUE(is_known());
}

TEST_F(PolicyMemoryTest, LearnsWhatAnotherWitnessSaysIsOursAndKeepsWhatItKnew) {
  made();

  must(state->policies.remember(
      {{kRemembered, PolicyOrigin::adopted}, {PolicyId{"p2"}, PolicyOrigin::adopted}}));

  EXPECT_EQ(must(state->policies.known())->at(kRemembered), PolicyOrigin::created);
  EXPECT_EQ(must(state->policies.known())->at(PolicyId{"p2"}), PolicyOrigin::adopted);
}

TEST_F(PolicyMemoryTest, GivesOneWriteForEachPolicyTheLastOne) {
  made();
  now += 1min;
  perform("update",
          update_of(kRemembered, "Reader", "Writer"),
          done_with(kRemembered, content_with("Writer"), "2-b"),
          Command::Kind::replace);

  const auto writes = must(state->policies.own_writes(now - 2min));
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes.front().policy.content, content_with("Writer"));
  EXPECT_TRUE(must(state->policies.own_writes(now + 1ms)).empty());
}

TEST_F(PolicyMemoryTest, KeepsAccountsApart) {
  made();
  const AccountState other(database, AccountId{"another"});

  EXPECT_TRUE(must(other.policies.known())->empty());
}

TEST_F(PolicyMemoryTest, TellsWhatItWroteOfEachPolicyAndWhatOfItWasProtected) {
  PolicyContent plain = content_with("Reader");
  plain.description = "Looks like (it!) is (authzd: prod/g#0123456789ab)";
  PolicyContent guarded = content_with("Reader", "hs-crypto");
  guarded.description = "Volumes. (authzd: prod/h#0123456789ab!)";
  const PolicyId other{"p2"};
  Action made = create_of();
  made.after = plain;
  Action made_guarded = create_of("hs-crypto");
  made_guarded.after = guarded;
  perform("made", made, done_with(kRemembered, plain));
  perform("guarded", made_guarded, done_with(other, guarded));
  reopen();

  const auto written = *must(state->written.all());

  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written.at(kRemembered).key, key_of(kOurAccount, plain));
  EXPECT_EQ(written.at(kRemembered).protects, std::nullopt);
  EXPECT_EQ(written.at(other).key, key_of(kOurAccount, guarded));
  EXPECT_EQ(written.at(other).protects, guarded);
}

}  // namespace
}  // namespace authzd::test
