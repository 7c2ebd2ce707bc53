// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who looks back finds the changes of a policy, and what set back the changes of others.
#include "reconciler/rails/rails.hpp"
#include "tests/unit/state/state_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const PolicyId kOne{"p-1"};

class ChangeHistoryTest : public StateTest {
 protected:
  /// A run of one action that is sent, some time after the one before.
  void change(const std::string& run, const Action& action, const Outcome& outcome) {
    now += 1min;
    perform(run, action, outcome, Command::Kind::replace);
  }

  std::vector<std::string> runs_of(const PastQuery& query) {
    std::vector<std::string> runs;
    for (const PastMark& mark : must(state->past.find(query))) runs.push_back(mark.ref.run);
    return runs;
  }

  static PastQuery of(const PolicyId& policy) {
    PastQuery query;
    query.policy = policy;
    return query;
  }
};

TEST_F(ChangeHistoryTest, FindsAPolicyByWhatMadeChangedAndDeletedIt) {
  change("made", create_of(), done_with(kOne, content_with("Reader")));
  change("other", create_of("cos"), done_with(PolicyId{"p-2"}, content_with("Reader", "cos")));
  change("changed", update_of(kOne, "Reader", "Writer"), done_with(kOne, content_with("Writer")));
  change("deleted", remove_of(kOne), gone());

  EXPECT_THAT(runs_of(of(kOne)), ElementsAre("deleted", "changed", "made"));
  EXPECT_THAT(runs_of({}), ElementsAre("deleted", "changed", "other", "made"));
  EXPECT_THAT(runs_of(of(PolicyId{"p-3"})), IsEmpty());
}

TEST_F(ChangeHistoryTest, LeavesOutWhatWasNeverSent) {
  begin("planned", {update_of(kOne, "Reader", "Writer")});
  EXPECT_THAT(runs_of({}), IsEmpty());
}

TEST_F(ChangeHistoryTest, TellsApartWhatSetBackTheChangesOfOthers) {
  Action drifted = update_of(kOne, "Writer", "Reader");
  drifted.drift = Drift{IamId{"IBMid-1"}, "2027-01-01T00:00:00Z"};
  Action repair = update_of(kOne, "Writer", "Reader");
  repair.is_repair = true;
  Action altered = update_of(kOne, "Writer", "Reader");
  altered.reason = Reason::altered;
  change("ordinary", update_of(kOne, "Reader", "Writer"), done_with(kOne, content_with("Writer")));
  for (const auto& [run, action] : {std::pair{"drifted", drifted},
                                    std::pair{"repair", repair},
                                    std::pair{"altered", altered}}) {
    change(run, action, done_with(kOne, content_with("Reader")));
  }
  PastQuery query;
  query.reverts_others = true;

  EXPECT_THAT(runs_of(query), ElementsAre("altered", "repair", "drifted"));
}

TEST_F(ChangeHistoryTest, LooksAtABoundedNumberOfRecords) {
  for (int i = 0; i < 5; ++i) {
    change("run-" + std::to_string(i),
           update_of(kOne, "Reader", "Writer"),
           done_with(kOne, content_with("Writer")));
  }
  EXPECT_THAT(runs_of({.most_scanned = 2}), ElementsAre("run-4", "run-3"));
}

TEST_F(ChangeHistoryTest, ReadsAChangeWithItsRun) {
  now += 1min;
  const Action update = update_of(kOne, "Reader", "Writer");
  must(state->runs.begin({"run", RunKind::apply, "ana", "revision-9", now}));
  must(state->runs.add_actions("run", std::vector<Action>{update}));
  must(state->runs.will_write({"run", 0}, sending(Command::Kind::replace), now));
  must(state->runs.record({"run", 0}, update, done_with(kOne, content_with("Writer")), now));
  reopen();

  const auto marks = must(state->past.find({}));
  ASSERT_EQ(marks.size(), 1U);
  const PastChange past = must(state->past.read(marks.front()));

  EXPECT_EQ(past.run.who, "ana");
  EXPECT_EQ(past.run.kind, RunKind::apply);
  EXPECT_EQ(past.run.revision, "revision-9");
  EXPECT_EQ(past.at, now);
  EXPECT_EQ(past.action.action.id, kOne);
  ASSERT_TRUE(past.action.outcome);
  EXPECT_EQ(past.action.outcome->kind, OutcomeKind::done);
}

TEST_F(ChangeHistoryTest, RemembersWhoLetAChangeThroughThatIsDone) {
  const Action update = update_of(kOne, "Writer", "Reader");
  const auto passes = approvals_on(kOurAccount, update);
  must(state->approvals.approve_hold("hash", "maxDelete", passes, {"ana", now, now + 24h}));
  change("run", update, done_with(kOne, content_with("Reader")));
  now += 48h;

  const auto people = must(state->approvals.people_by_pass());

  for (const std::string& pass : passes) {
    ASSERT_TRUE(people.contains(pass));
    EXPECT_THAT(people.at(pass), ElementsAre("ana"));
  }
}

}  // namespace
}  // namespace authzd::test
