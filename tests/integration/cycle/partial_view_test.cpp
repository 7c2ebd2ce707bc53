// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An incomplete list must not be used for planning (design §6).

#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

class PartialView : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.limits.max_delete_percent = 100;
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
    good_cycle();
  }

  /// From here on the list only has the policy on kms.
  void lose_sight() {
    set("list-visibility", "readable");
    key = kHalfSightedKey;
    restart();
  }

  [[nodiscard]] std::string id_of(const std::string& target) {
    for (const Json& policy : ours()) {
      if (target_of(policy) == target) return policy.at("id").get<std::string>();
    }
    return {};
  }
};

TEST_F(PartialView, WritesNothingAndSaysWhich) {
  const std::string hidden = id_of("hs-crypto");
  lose_sight();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"hs-crypto"}));
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  const std::size_t before = unsafe();

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->code, ErrorCode::partial_view);
  EXPECT_NE(end.error->message.find(hidden), std::string::npos);
  EXPECT_EQ(unsafe(), before);
  EXPECT_TRUE(status().stalled.is_true);
  EXPECT_EQ(status().stalled.reason, "PartialView");
  set("list-visibility", "account");
  cycle();
}

TEST_F(PartialView, IsWhatAPolicyThatMayNotBeReadMeansToo) {
  lose_sight();
  inject({.method = "GET", .path = "/v2/policies/", .times = 0, .status = 403});
  const std::size_t before = unsafe();

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->code, ErrorCode::partial_view);
  EXPECT_EQ(unsafe(), before);
  set("list-visibility", "account");
}

TEST_F(PartialView, EndsWhenTheListIsWholeAgain) {
  lose_sight();
  ASSERT_TRUE(cycle().error);
  set("list-visibility", "account");

  good_cycle();

  EXPECT_FALSE(status().stalled.is_true);
  EXPECT_TRUE(status().ready.is_true) << status().ready.message;
}

TEST_F(PartialView, IsNotWhatAPolicyThatSomeoneDeletedMeans) {
  const std::string gone = id_of("hs-crypto");
  edit(gone, {{"state", "deleted"}});

  good_cycle();

  EXPECT_EQ(ours().size(), 2U);
  EXPECT_NE(id_of("hs-crypto"), gone);
  EXPECT_FALSE(state().policies.known().value()->contains(PolicyId{gone}));
  EXPECT_NE(logged().find("someone else deleted one of our policies"), std::string::npos);
}

TEST_F(PartialView, CostsOneReadForEachPolicyThatIsGoneAndNoneAfterwards) {
  edit(id_of("hs-crypto"), {{"state", "deleted"}});
  good_cycle();
  const std::size_t before = service.log().size();

  good_cycle();

  EXPECT_EQ(service.log().size(), before + 1);
}

TEST_F(PartialView, IsAnEmptyListWhereNoReadShowsThatWhatIsOursWasDeleted) {
  spec.allow_empty_account = false;
  restart();
  inject({.method = "GET",
          .path = "/v2/policies\\?",
          .times = 0,
          .status = 200,
          .body = R"({"policies": []})"});
  inject({.method = "GET", .path = "/v2/policies/", .times = 0, .status = 404});
  const std::size_t before = unsafe();

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->code, ErrorCode::partial_view);
  EXPECT_EQ(unsafe(), before);
  EXPECT_EQ(state().policies.known().value()->size(), 2U);
  service.clear_faults();
  good_cycle();
}

class FirstContact : public CycleTest {
 protected:
  FirstContact() { spec.allow_empty_account = false; }
};

TEST_F(FirstContact, WithAnAccountThatShowsNothingWritesNothing) {
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->code, ErrorCode::partial_view);
  EXPECT_NE(end.error->message.find("iam.allowEmptyAccount"), std::string::npos);
  EXPECT_EQ(unsafe(), 0U);
  EXPECT_EQ(status().stalled.reason, "PartialView");

  spec.allow_empty_account = true;
  restart();
  good_cycle();
  EXPECT_EQ(ours().size(), 1U);
}

TEST_F(FirstContact, SaysSoInModeObserveToo) {
  spec.mode = Mode::observe;
  restart(false);
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->code, ErrorCode::partial_view);
  must_be_quiet = false;  // it never changes
}

TEST_F(FirstContact, WithPoliciesOfOthersIsContact) {
  seed_demo();
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));

  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
}

TEST_F(PartialView, IsNoExcuseForAPolicyThatAReadShowsDeletedHoweverNewItIs) {
  pause = std::chrono::minutes(1);  // more than a backoff, less than the settle time
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();
  std::string fresh;
  for (const Json& policy : ours()) {
    if (description_of(policy).find("/files#") != std::string::npos) fresh = policy.at("id");
  }
  edit(fresh, {{"state", "deleted"}});

  const CycleEnd end = good_cycle();

  EXPECT_EQ(count(end.performed->planned.plan).creates, 1U);
  EXPECT_EQ(ours().size(), 3U);
  EXPECT_NE(logged().find("someone else deleted one of our policies"), std::string::npos);
  clock.advance(std::chrono::minutes(5));
}

TEST_F(PartialView, OfALaggingReplicaIsOnlyAnOwnWriteOfLate) {
  set("lag-time", "90s");
  pause = std::chrono::minutes(0);
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();

  const CycleEnd end = good_cycle();

  EXPECT_FALSE(end.error);
  clock.advance(std::chrono::minutes(5));
}

}  // namespace
}  // namespace authzd::test
