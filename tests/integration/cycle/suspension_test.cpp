// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A suspension also applies to people who were shown a plan before it.

#include "daemon/cycle/undo.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

class SuspendedWhileAsked : public CycleTest {
 protected:
  void SetUp() override {
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
    restart();
  }

  /// A plan as shown to a person; then someone else suspends everything.
  Planned planned_before_suspension(RunKind kind) {
    account->begin_run("a run", kind, "ada");
    good = run(io, account->loader().next(clock.now()))->good;
    Planned planned = *run(io, plan_account(account->reading(), good, {}));
    EXPECT_EQ(planned.plan.actions.size(), 1U);
    EXPECT_TRUE(state().suspensions.suspend({std::nullopt, "grace", clock.now()}));
    return planned;
  }

  void expect_nothing_written(const Performed& performed) {
    EXPECT_EQ(unsafe(), 0U);
    ASSERT_EQ(performed.outcomes.size(), 1U);
    EXPECT_EQ(performed.outcomes[0].kind, OutcomeKind::failed);
    ASSERT_TRUE(performed.outcomes[0].error);
    EXPECT_NE(performed.outcomes[0].error->message.find("suspended"), std::string::npos);
    EXPECT_FALSE(*state().revisions.applied()) << "a revision that was not applied";
    EXPECT_TRUE(state().suspensions.resume(std::nullopt));
    good_cycle();
  }

  SharedRevision good;
};

TEST_F(SuspendedWhileAsked, AnApplyWritesNothing) {
  Planned planned = planned_before_suspension(RunKind::apply);

  expect_nothing_written(run(io, perform(*account, std::move(planned), good, {}, stop)));
}

TEST_F(SuspendedWhileAsked, AnUndoWritesNothing) {
  Planned planned = planned_before_suspension(RunKind::undo);

  expect_nothing_written(run(io, perform_plan(*account, std::move(planned), stop)));
}

/// A policy that a cycle deleted is to be restored with its id.
TEST_F(SuspendedWhileAsked, AnUndoOfADeleteBringsNothingBack) {
  spec.allow_empty = true;
  spec.rails.limits.max_delete_percent = 100;
  restart();
  good_cycle();
  remove_file("storage.yaml");
  good_cycle();
  ASSERT_TRUE(ours().empty());
  const std::string run_id = state().runs.last(1)->front().start.id;
  const RunDetail past = *state().runs.find(run_id);
  account->begin_run("an undo", RunKind::undo, "ada");
  PlannedUndo undo = *run(io, plan_undo(*account, account->reading(), past));
  ASSERT_EQ(undo.planned.plan.actions.size(), 1U);
  ASSERT_FALSE(undo.planned.plan.actions[0].id.empty());
  const std::size_t before = unsafe();
  const auto suspend = [&] {
    EXPECT_TRUE(state().suspensions.suspend({std::nullopt, "grace", clock.now()}));
  };
  http->hangs = [&](const HttpRequest& request) {
    if (request.method == "GET") suspend();  // the read before the write
    return false;
  };

  const Performed performed = run(io, perform_plan(*account, std::move(undo.planned), stop));

  http->hangs = nullptr;
  EXPECT_EQ(unsafe(), before);
  ASSERT_EQ(performed.outcomes.size(), 1U);
  ASSERT_TRUE(performed.outcomes[0].error);
  EXPECT_NE(performed.outcomes[0].error->message.find("suspended"), std::string::npos);
  EXPECT_TRUE(ours().empty());
  EXPECT_TRUE(state().suspensions.resume(std::nullopt));
}

TEST_F(SuspendedWhileAsked, AReleaseGoesAllTheSame) {
  Planned planned = planned_before_suspension(RunKind::release);

  const Performed performed = run(io, perform_plan(*account, std::move(planned), stop));

  EXPECT_EQ(performed.outcomes.at(0).kind, OutcomeKind::done);
}

}  // namespace
}  // namespace authzd::test
