// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is held, and what approves it; what a person suspends, and releases.

#include "daemon/cycle/bookkeeping.hpp"
#include "daemon/cycle/release.hpp"
#include "reconciler/rails/rails.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <tuple>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const std::string kApprovedFile = manifest_of("storage", "server-protect", {"kms", "hs-crypto"});
const std::string kOne = manifest_of("storage", "server-protect", {"kms"});

class Approvals : public CycleTest {
 protected:
  void SetUp() override { spec.rails.limits.max_delete_percent = 100; }

  [[nodiscard]] Grantor ada() const { return {"ada", clock.now(), clock.now() + 24h}; }

  /// Approves the only hold of a cycle.
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
  write_file("storage.yaml", kApprovedFile);
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
  write_file("storage.yaml", kApprovedFile);
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
  write_file("storage.yaml", kApprovedFile);
  good_cycle();
  write_file("storage.yaml", kOne);
  approve_hold_of(good_cycle());
  clock.advance(25h);

  good_cycle();

  EXPECT_EQ(ours().size(), 2U);
}

TEST_F(Approvals, AreOfHoldsThatThePlanHas) {
  write_file("storage.yaml", kApprovedFile);
  const CycleEnd end = good_cycle();
  auto kept = state();

  const auto none = approve(kept, end.performed->planned.plan, "0123456789abcdef", ada());

  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::not_found);
}

TEST_F(Approvals, CountsOfTheWindowReachOverCyclesAndRestarts) {
  spec.rails.limits.max_delete = 1;
  write_file("storage.yaml", kApprovedFile);
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

TEST_F(Approvals, ProtectionGoesADayAfterAStateWasLostThoughItsTimeHadBegun) {
  write_file("storage.yaml", kOne + "  protect: true\n");
  good_cycle();
  write_file("storage.yaml", kOne);
  good_cycle();
  clock.advance(23h);
  lose_state();
  restart();
  good_cycle();
  clock.advance(2h);

  good_cycle();
  EXPECT_NE(description_of(ours().at(0)).find("!)"), std::string::npos) << "25 h after the first";

  clock.advance(22h);
  good_cycle();
  EXPECT_EQ(description_of(ours().at(0)).find("!)"), std::string::npos) << "24 h after the loss";
}

TEST_F(Approvals, ProtectionIsKnownBeforeItsFirstWrite) {
  write_file("storage.yaml", kOne);
  good_cycle();
  ASSERT_EQ(state().revisions.protect_releases()->size(), 1U);
  write_file("storage.yaml", kOne + "  protect: true\n");
  auto intent = run(io, account->loader().next(clock.now()));
  ASSERT_TRUE(intent && intent->good);
  std::set<std::string> none_approved;
  auto planned = run(io, plan_account(account->reading(), intent->good, none_approved));
  ASSERT_TRUE(planned);

  ASSERT_TRUE(keep_for_rails(account->state(), *planned, *intent->good, account->time()));

  EXPECT_TRUE(state().revisions.protect_releases()->empty())
      << "a process that ends right after the write would find that its time is long over";
  cycle();
}

TEST_F(Approvals, ThatAreTakenBackInTheMiddleOfARunLetNothingMoreThrough) {
  spec.rails.limits.max_delete = 1;
  spec.rails.limits.max_delete_percent = 100;
  spec.concurrency = 1;
  restart();
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  write_file(
      "storage.yaml",
      manifest_of("storage", "server-protect", {"kms", "hs-crypto", "cloud-object-storage"}));
  good_cycle();
  remove_file("storage.yaml");
  const Plan held = good_cycle().performed->planned.plan;
  ASSERT_EQ(count(held).held, 3U);
  const std::string hash = held.actions[0].holds[0].hash;
  const Grantor by{"ada", clock.now(), clock.now() + 24h};
  ASSERT_TRUE(approve(account->state(), held, hash, by));
  http->after_done = [this, hash](const HttpRequest& request) {
    if (request.method == "DELETE")
      std::ignore = state().approvals.revoke(ApprovalKind::hold, hash);
  };

  cycle();

  EXPECT_EQ(ours().size(), 3U) << "one was done when it was taken back";
  http->after_done = nullptr;
  good_cycle();
  EXPECT_EQ(ours().size(), 3U);
  EXPECT_TRUE(status().held.is_true);
}

TEST_F(Approvals, OfARevisionIsUsedUpOnceItIsApplied) {
  write_file("storage.yaml", kOne);
  restart();
  const auto intent = run(io, account->loader().next(clock.now()));
  ASSERT_TRUE(intent && intent->good);
  const std::string revision = intent->good->revision;
  const Grantor by{"ada", clock.now(), clock.now() + 24h};
  ASSERT_TRUE(state().approvals.approve_revision(revision, by));

  good_cycle();

  const auto counts = state().approvals.is_revision_approved(revision, clock.now());
  EXPECT_TRUE(counts && !*counts) << "the branch could be set back to it again and again";
}

/// The same commit, read with other paths.
TEST_F(Approvals, ProtectionThatOtherPathsOfTheAppliedCommitGiveIsKept) {
  write_file("storage.yaml", kOne);
  good_cycle();
  ASSERT_EQ(state().revisions.protect_releases()->size(), 1U);
  const auto intent = run(io, account->loader().next(clock.now()));
  ASSERT_TRUE(intent && intent->good);
  GoodRevision elsewhere = *intent->good;
  elsewhere.digest = "of other files";
  elsewhere.desired.grants.at(0).is_protected = true;

  ASSERT_TRUE(keep_for_rails(account->state(), Planned{}, elsewhere, account->time()));

  EXPECT_TRUE(state().revisions.protect_releases()->empty())
      << "its protection would have ended long ago";
}

TEST_F(Approvals, ProtectionThatSomebodyForgedIsNotTakenForOurs) {
  spec.rails.limits.max_delete_percent = 100;
  restart();
  write_file("storage.yaml", kOne);
  good_cycle();
  const std::string id = only_id();
  std::string forged = description_of(ours().at(0));
  forged.replace(forged.size() - 1, 1, "!)");
  edit(id, {{"description", forged}});
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();
  good_cycle();
  remove_file("storage.yaml");

  good_cycle();

  EXPECT_EQ(ours().size(), 1U) << "a mark by another hand kept the access for a day";
}

TEST_F(Approvals, ProtectionThatKeepsWhatIsNotWantedIsInTheStatus) {
  write_file("storage.yaml", kOne + "  protect: true\n");
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();
  remove_file("storage.yaml");

  good_cycle();

  EXPECT_FALSE(status().ready.is_true);
  EXPECT_EQ(status().ready.reason, "Protected");
}

/// By another installation of the same owner, unknown to this one's state.
TEST_F(Approvals, ProtectionThatComesJustBeforeADeleteLeavesItUndone) {
  spec.rails.limits.max_delete_percent = 100;
  write_file("storage.yaml", kApprovedFile);
  good_cycle();
  write_file("storage.yaml", kOne);
  const auto protect = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
    const std::size_t at = request.target.find("/v2/policies/");
    if (request.method != "GET" || at == std::string::npos) return std::nullopt;
    for (const Json& policy : ours()) {
      const std::string id = policy.at("id");
      std::string text = description_of(policy);
      if (!request.target.ends_with(id) || text.ends_with("!)")) continue;
      text.replace(text.size() - 1, 1, "!)");
      edit(id, {{"as", policy.at("last_modified_by_id")}, {"description", text}});
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
  write_file("storage.yaml", kApprovedFile);
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
  write_file("storage.yaml", kApprovedFile);
  good_cycle();
  account->begin_run("release", RunKind::release, "ada");
  auto planned = run(io, plan_release(account->reading(), nullptr, std::string()));
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->plan.actions.size(), 2U);

  const Performed performed = run(io, perform_plan(*account, std::move(*planned), stop));

  EXPECT_EQ(count(performed).updated, 2U);
  EXPECT_TRUE(ours().empty());
  EXPECT_EQ(policies().size(), 2U);
  EXPECT_TRUE(state().policies.known().value()->empty());
  EXPECT_EQ(state().runs.last(1)->front().start.kind, RunKind::release);
  EXPECT_EQ(state().runs.last(1)->front().start.who, "ada");
}

}  // namespace
}  // namespace authzd::test
