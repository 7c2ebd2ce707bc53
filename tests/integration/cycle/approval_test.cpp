// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is held, and what lets it through; what a person stops, and lets go.

#include "daemon/run/bookkeeping.hpp"
#include "reconciler/plan/rails.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const std::string kStorage = manifest_of("storage", "server-protect", {"kms", "hs-crypto"});
const std::string kOne = manifest_of("storage", "server-protect", {"kms"});

class Approvals : public CycleTest {
 protected:
  void SetUp() override { spec.rails.limits.max_delete_percent = 100; }

  [[nodiscard]] Grantor ada() const { return {"ada", clock.now(), clock.now() + 24h}; }

  /// Lets through the only hold of a cycle.
  void approve_hold_of(const CycleEnd& end) {
    ASSERT_EQ(status().holds.size(), 1U);
    auto kept = state();
    const auto held =
        approve(kept, end.performed->planned.plan, status().holds.front().hash, ada());
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_EQ(held->size(), 1U);
  }
};

TEST_F(Approvals, HoldTheFirstDeletesOfANewStateUntilApprovedOnce) {
  lose_state();
  write_file("storage.yaml", kStorage);
  good_cycle();
  write_file("storage.yaml", kOne);

  const CycleEnd held = good_cycle();
  EXPECT_EQ(ours().size(), 2U);
  EXPECT_TRUE(status().held.is_true);
  EXPECT_NE(status().held.message.find("firstDeletes"), std::string::npos);
  approve_hold_of(held);
  good_cycle();
  EXPECT_EQ(ours().size(), 1U);
  EXPECT_FALSE(status().held.is_true);

  write_file("storage.yaml", manifest_of("storage", "is", {"kms"}));
  good_cycle();
  EXPECT_EQ(ours().size(), 1U) << "they were approved once, and are held again";
}

TEST_F(Approvals, LetThroughWhatACountHoldsAndNothingElse) {
  spec.rails.limits.max_delete = 0;
  write_file("storage.yaml", kStorage);
  good_cycle();
  write_file("storage.yaml", kOne);
  approve_hold_of(good_cycle());

  good_cycle();
  EXPECT_EQ(ours().size(), 1U);
  write_file("storage.yaml", manifest_of("storage", "is", {"hs-crypto"}));
  good_cycle();

  EXPECT_EQ(ours().size(), 2U) << "an approval let through what it did not name";
  EXPECT_TRUE(status().held.is_true);
}

TEST_F(Approvals, CountForADay) {
  spec.rails.limits.max_delete = 0;
  write_file("storage.yaml", kStorage);
  good_cycle();
  write_file("storage.yaml", kOne);
  approve_hold_of(good_cycle());
  clock.advance(25h);

  good_cycle();

  EXPECT_EQ(ours().size(), 2U);
}

TEST_F(Approvals, AreOfHoldsThatThePlanHas) {
  write_file("storage.yaml", kStorage);
  const CycleEnd end = good_cycle();
  auto kept = state();

  const auto none = approve(kept, end.performed->planned.plan, "0123456789abcdef", ada());

  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::not_found);
}

TEST_F(Approvals, CountsOfTheWindowReachOverCyclesAndRestarts) {
  spec.rails.limits.max_delete = 1;
  write_file("storage.yaml", kStorage);
  good_cycle();
  write_file("storage.yaml", kOne);
  good_cycle();
  ASSERT_EQ(ours().size(), 1U);
  write_file("storage.yaml", manifest_of("storage", "is", {"kms"}));
  restart();

  good_cycle();
  EXPECT_EQ(ours().size(), 2U) << "the second delete within a day";
  clock.advance(24h);
  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
}

TEST_F(Approvals, ProtectionGoesADayAfterTheRevisionWithoutIt) {
  write_file("storage.yaml", kOne + "  protect: true\n");
  good_cycle();
  write_file("storage.yaml", kOne);
  good_cycle();
  EXPECT_NE(description_of(ours().at(0)).find("!)"), std::string::npos);
  clock.advance(24h);

  good_cycle();

  EXPECT_EQ(description_of(ours().at(0)).find("!)"), std::string::npos);
}

TEST_F(Approvals, ProtectionThatComesJustBeforeADeleteLeavesItUndone) {
  spec.rails.limits.max_delete_percent = 100;
  write_file("storage.yaml", kStorage);
  good_cycle();
  write_file("storage.yaml", kOne);
  const auto protect = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
    const std::size_t at = request.target.find("/v2/policies/");
    if (request.method != "GET" || at == std::string::npos) return std::nullopt;
    for (const Json& policy : ours()) {
      const std::string id = policy.at("id");
      std::string text = description_of(policy);
      if (!request.target.ends_with(id) || text.ends_with("!)")) continue;
      edit(id, {{"description", text.replace(text.size() - 1, 1, "!)")}});
    }
    return std::nullopt;
  };
  http->intercept = protect;

  const CycleEnd end = cycle();

  EXPECT_EQ(ours().size(), 2U);
  ASSERT_EQ(end.performed->outcomes.size(), 1U);
  EXPECT_EQ(end.performed->outcomes[0].kind, OutcomeKind::refused) << "it is there";
  EXPECT_EQ(count(*end.performed).deleted, 0U);
}

TEST_F(Approvals, AreNotAskedOfWhatSuspensionStops) {
  write_file("storage.yaml", kStorage);
  ASSERT_TRUE(state().suspensions.suspend({spec.id, "ada", clock.now()}));

  const CycleEnd suspended = cycle();
  EXPECT_EQ(suspended.performed->planned.plan.actions.size(), 2U) << "it is still planned";
  EXPECT_EQ(unsafe(), 0U);
  EXPECT_TRUE(status().is_suspended);
  EXPECT_EQ(status().ready.reason, "Suspended");
  restart();
  cycle();
  EXPECT_EQ(unsafe(), 0U) << "a restart ended the suspension";
  ASSERT_TRUE(state().suspensions.resume(spec.id));
  good_cycle();

  EXPECT_EQ(ours().size(), 2U);
  EXPECT_TRUE(status().ready.is_true);
}

TEST_F(Approvals, AreNotNeededToLetGoOfEverything) {
  write_file("storage.yaml", kStorage);
  good_cycle();
  account->begin_run("release", RunKind::release, "ada");
  auto planned = run(io, plan_release(account->reading()));
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->plan.actions.size(), 2U);

  const Performed performed = run(io, perform_plan(*account, std::move(*planned), stop));

  EXPECT_EQ(count(performed).updated, 2U);
  EXPECT_TRUE(ours().empty());
  EXPECT_EQ(policies().size(), 2U);
  EXPECT_TRUE(state().policies.known()->empty());
  EXPECT_EQ(state().runs.last(1)->front().start.kind, RunKind::release);
  EXPECT_EQ(state().runs.last(1)->front().start.who, "ada");
}

}  // namespace
}  // namespace authzd::test
