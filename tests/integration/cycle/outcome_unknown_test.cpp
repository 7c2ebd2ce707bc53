// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A write with an unknown outcome: shown in plan and status until a read shows it, and its policy
// is not written before that (design §6).

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <algorithm>
#include <stdexcept>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

class OutcomeUnknown : public CycleTest {
 protected:
  void SetUp() override {
    spec.allow_empty = true;
    spec.rails.limits.max_delete_percent = 100;
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
    good_cycle();
    clock.advance(spec.settle);
  }

  /// From the next DELETE on, reads by id are not answered.
  void lose_sight_after_the_delete() {
    http->after_done = [this](const HttpRequest& request) {
      if (request.method != "DELETE") return;
      inject({.method = "GET", .path = "/v2/policies/", .times = 0, .status = 403});
    };
  }

  /// The process dies at the next request with that method, which IAM never sees.
  void die_at(const std::string& method) {
    http->intercept = [this, method, is_dead = false](
                          const HttpRequest& request) mutable -> std::optional<HttpResponse> {
      is_dead |= request.method == method;
      if (!is_dead) return std::nullopt;
      static_cast<void>(database->run("PRAGMA query_only = 1"));
      throw Killed();
    };
    EXPECT_THROW(cycle(), Killed);
    ASSERT_TRUE(database->run("PRAGMA query_only = 0"));
    restart();
  }

  void expect_unknown(const CycleEnd& end) {
    ASSERT_TRUE(end.performed) << logged();
    const Plan& plan = end.performed->planned.plan;
    EXPECT_TRUE(plan.actions.empty());
    EXPECT_EQ(std::ranges::count(plan.notes, NoteReason::outcome_unknown, &Note::reason), 1);
    EXPECT_EQ(count(plan).conflicts, 1U);  // exit code 5
    EXPECT_EQ(status().ready.reason, "OutcomeUnknown");
    EXPECT_EQ(status().unknown_outcomes, 1U);
  }
};

TEST_F(OutcomeUnknown, IsSeenInStatusAndPlanUntilAReadTells) {
  remove_file("storage.yaml");
  lose_sight_after_the_delete();
  cycle();
  EXPECT_EQ(status().ready.reason, "OutcomeUnknown");
  EXPECT_EQ(status().unknown_outcomes, 1U);

  expect_unknown(cycle());
  restart();
  expect_unknown(cycle());

  service.clear_faults();
  good_cycle();
  EXPECT_TRUE(status().ready.is_true) << status().ready.message;
  EXPECT_EQ(status().unknown_outcomes, 0U);
  EXPECT_EQ(sent("DELETE"), 1U);
}

TEST_F(OutcomeUnknown, OfADeleteThatNeverArrivedIsResolvedAndItIsSentAgain) {
  remove_file("storage.yaml");
  pause = 0min;
  die_at("DELETE");

  expect_unknown(cycle());
  clock.advance(spec.settle);
  good_cycle();

  EXPECT_TRUE(ours().empty());
}

TEST_F(OutcomeUnknown, IsJudgedByNoPlanThatIsMadeBesideOtherWork) {
  remove_file("storage.yaml");
  pause = 0min;
  die_at("DELETE");
  clock.advance(spec.settle);
  ReadingContext beside = account->reading();
  beside.may_settle = false;
  const auto intent = run(io, account->loader().next(clock.now()));
  ASSERT_TRUE(intent && intent->good);

  account->begin_run("shown");
  const auto shown = run(io, plan_account(beside, intent->good, {}));

  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->plan.actions.size(), 1U) << "the delete was never done";
  EXPECT_EQ(state().runs.unknown_outcomes()->size(), 1U);
  good_cycle();
  EXPECT_TRUE(state().runs.unknown_outcomes()->empty());
}

TEST_F(OutcomeUnknown, OfACreateIsResolvedByTheList) {
  pause = 0min;
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  http->after_done = [this](const HttpRequest& request) {
    if (request.method != "POST" || request.target.find("/policies") == std::string::npos) return;
    static_cast<void>(database->run("PRAGMA query_only = 1"));
    throw Killed();
  };
  EXPECT_THROW(cycle(), Killed);
  ASSERT_TRUE(database->run("PRAGMA query_only = 0"));
  restart();

  good_cycle();

  EXPECT_TRUE(status().ready.is_true) << status().ready.message;
  EXPECT_EQ(ours().size(), 2U);
  EXPECT_EQ(sent("POST"), 2U);
}

TEST_F(OutcomeUnknown, DoesNotStayOpenAfterAClockThatWasAhead) {
  remove_file("storage.yaml");
  pause = 0min;
  clock.advance(6h);
  service.set_clock_offset(-6h);
  die_at("DELETE");
  clock.advance(-6h);
  service.set_clock_offset(0ms);
  restart();

  cycle();
  clock.advance(spec.settle);
  good_cycle();

  EXPECT_TRUE(ours().empty());
  EXPECT_TRUE(status().ready.is_true) << status().ready.message;
}

TEST_F(OutcomeUnknown, OfADeleteThatIamAnsweredCountsForAsLongAsReadsShowThePolicy) {
  spec.rails.limits.max_delete = 1;
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();
  clock.advance(spec.settle);
  set("lag-time", "30m");
  remove_file("storage.yaml");
  cycle();
  ASSERT_EQ(sent("DELETE"), 1U) << logged();

  clock.advance(spec.settle);
  restart();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  remove_file("files.yaml");
  cycle();
  cycle();

  EXPECT_EQ(sent("DELETE"), 1U) << "a second policy lost access within the window\n" << logged();
  EXPECT_NE(logged().find("still shows it"), std::string::npos) << logged();
  set("lag-time", "0s");
  clock.advance(30min);
  cycle();
}

TEST_F(OutcomeUnknown, IsNotPartOfWhatAReviewedPlanLetsThrough) {
  Action action;
  action.verb = Verb::remove;
  action.id = PolicyId{only_id()};
  Plan plan;
  plan.account = spec.id;
  plan.actions = {action};
  plan.hash = "of the whole";

  const Plan left = without_loose_ends(plan, std::vector{OpenWrite{action, "run", clock.now()}});

  EXPECT_TRUE(left.actions.empty());
  EXPECT_NE(left.hash, plan.hash);
}

TEST_F(CycleTest, APolicyThatSomeoneDeletedAtOnceIsMadeAgainBeforeItIsSettled) {
  pause = 0min;
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  edit(only_id(), {{"state", "deleted"}});
  clock.advance(30s);  // the second such write in a row backs off for that long

  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
  EXPECT_EQ(sent("POST"), 2U);
  clock.advance(spec.settle);
}

}  // namespace
}  // namespace authzd::test
