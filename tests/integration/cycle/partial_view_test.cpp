// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A list that does not show all there is, is no truth to plan from (design §6).

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

  /// From here on the list shows the policy on kms alone.
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
  EXPECT_FALSE(state().policies.known()->contains(PolicyId{gone}));
  EXPECT_NE(logged().find("a policy of ours is gone"), std::string::npos);
}

TEST_F(PartialView, CostsOneReadForEachPolicyThatIsGoneAndNoneAfterwards) {
  edit(id_of("hs-crypto"), {{"state", "deleted"}});
  good_cycle();
  const std::size_t before = service.log().size();

  good_cycle();

  EXPECT_EQ(service.log().size(), before + 1);
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
