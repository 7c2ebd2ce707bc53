// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Manual additions to our own policies: removed at once, whatever is held for the same policy,
// unless a revision grants them.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <optional>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const std::string kManagerRole = "crn:v1:bluemix:public:iam::::serviceRole:Manager";

class HandAdditions : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.removal_grace = {};
    spec.rails.limits.max_delete_percent = 100;
    spec.allow_empty = true;
    for (int i = 10; i < 20; ++i) {
      const std::string guid = "0a1b2c3d-0000-4000-8000-0000000000" + std::to_string(i);
      write_file("disk-" + std::to_string(i) + ".yaml",
                 manifest_of("disk-" + std::to_string(i), "is, instance: " + guid, {"kms"}));
    }
    want("Reader");
    good_cycle();
    ASSERT_EQ(ours().size(), 11U);
  }

  void want(const std::string& roles) {
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}, roles));
  }

  /// The policy that is not the one of the disks.
  [[nodiscard]] std::optional<Json> policy() {
    for (const Json& each : ours()) {
      if (each.dump().find("server-protect") != std::string::npos) return each;
    }
    return std::nullopt;
  }

  void add_by_hand(const std::string& role) {
    const auto found = policy();
    ASSERT_TRUE(found);
    Json control = found->at("control");
    control["grant"]["roles"].push_back({{"role_id", role}});
    edit(found->at("id"), {{"control", control}});
  }

  [[nodiscard]] std::size_t roles() {
    const auto found = policy();
    return found ? found->at("control").at("grant").at("roles").size() : 0;
  }
};

TEST_F(HandAdditions, AreTakenAwayWhileTheDeleteOfThePolicyIsHeld) {
  remove_file("storage.yaml");
  good_cycle();
  ASSERT_EQ(status().holds.size(), 1U);
  add_by_hand(kManagerRole);
  ASSERT_EQ(roles(), 2U);

  const CycleEnd end = good_cycle();

  EXPECT_EQ(roles(), 1U) << logged();
  const Plan& plan = end.performed->planned.plan;
  const auto repair = std::ranges::find(plan.actions, Verb::update, &Action::verb);
  ASSERT_NE(repair, plan.actions.end());
  EXPECT_EQ(repair->reason, Reason::added_by_others);
  EXPECT_FALSE(repair->drift->by.empty()) << "IAM says who";
  good_cycle();
  ASSERT_EQ(status().holds.size(), 1U) << logged();
  EXPECT_EQ(status().holds.front().rail, "removalGrace");
}

TEST_F(HandAdditions, InThePlaceOfWhatNobodyWantsDoNotBringThatBack) {
  remove_file("storage.yaml");
  good_cycle();
  ASSERT_EQ(status().holds.size(), 1U);
  Json control = policy()->at("control");
  control["grant"]["roles"] = Json::array({{{"role_id", kManagerRole}}});
  edit(policy()->at("id"), {{"control", control}});

  const CycleEnd end = good_cycle();

  EXPECT_EQ(role_of(*policy()), kManagerRole) << "a person took the other away\n" << logged();
  ASSERT_EQ(end.performed->planned.plan.actions.size(), 1U);
  EXPECT_EQ(end.performed->planned.plan.actions[0].verb, Verb::remove);
}

TEST_F(HandAdditions, DoNotPutOffARemovalThatWaits) {
  remove_file("storage.yaml");
  good_cycle();
  for (int i = 0; i < 3; ++i) {
    clock.advance(10min);
    add_by_hand(kManagerRole);
    good_cycle();
    ASSERT_EQ(roles(), 1U) << i << logged();
  }
  clock.advance(15min);

  good_cycle();

  EXPECT_EQ(roles(), 0U) << "its hour is over\n" << logged();
}

TEST_F(HandAdditions, AreTakenAwayWhileAWideningOfThePolicyIsHeld) {
  spec.rails.allow.delegate = false;
  restart();
  want("Reader, Authorization Delegator");
  good_cycle();
  ASSERT_FALSE(status().holds.empty());
  add_by_hand(kManagerRole);

  good_cycle();

  EXPECT_EQ(roles(), 1U) << logged();
  EXPECT_FALSE(status().holds.empty());
}

TEST_F(HandAdditions, ThatTheAppliedRevisionNamesAreGrantedThoughAnotherRoleOfItIsUnknown) {
  want("Reader, Nonsense, Authorization Delegator");
  cycle();
  add_by_hand(kDelegatorRole);
  cycle();
  want("Reader");

  good_cycle();

  EXPECT_EQ(roles(), 2U) << "a revision granted it, and nobody could see that it ends\n"
                         << logged();
  EXPECT_FALSE(status().holds.empty());
}

TEST_F(HandAdditions, ThatTheAppliedRevisionNamesAreGrantedThoughNoCycleSawThem) {
  spec.rails.allow.delegate = false;
  restart();
  want("Reader, Authorization Delegator");
  good_cycle();
  ASSERT_EQ(roles(), 1U);
  add_by_hand(kDelegatorRole);
  want("Reader");

  good_cycle();

  EXPECT_EQ(roles(), 2U) << logged();
  EXPECT_FALSE(status().holds.empty());
}

/// The CRN of a service's own role names the service.
TEST_F(HandAdditions, ThatTheAppliedRevisionNamesAreGrantedAlsoWhereTheRoleIsAServicesOwn) {
  const auto want_tools = [this](const std::string& roles) {
    write_file("tools.yaml", manifest_of("tools", "toolchain", {"kms"}, roles));
  };
  const auto tools = [this] {
    const std::vector<Json> all = ours();
    const auto found = std::ranges::find_if(
        all, [](const Json& each) { return each.dump().find("toolchain") != std::string::npos; });
    return found == all.end() ? Json() : *found;
  };
  want_tools("Viewer");
  good_cycle();
  spec.rails.allow.roles = {{"Reader", "Viewer"}};
  restart();
  want_tools("Viewer, ReaderPlus");
  good_cycle();
  Json control = tools().at("control");
  ASSERT_EQ(control.at("grant").at("roles").size(), 1U);
  control["grant"]["roles"].push_back(
      {{"role_id", "crn:v1:bluemix:public:kms::::serviceRole:ReaderPlus"}});
  edit(tools().at("id"), {{"control", control}});
  want_tools("Viewer");

  good_cycle();

  EXPECT_EQ(tools().at("control").at("grant").at("roles").size(), 2U) << logged();
  EXPECT_FALSE(status().holds.empty());
}

/// A custom role may end like the granted one, and have its name.
TEST_F(HandAdditions, ThatEndLikeAGrantedRoleAreTakenAway) {
  for (const std::string& role :
       {"crn:v1:bluemix:public:kms::a/" + std::string(kDemoAccount) + "::customRole:Reader",
        std::string("crn:v1:bluemix:public:kms::::serviceRole:Reader")}) {
    ASSERT_TRUE(service.set("role-check", "lenient"));
    add_by_hand(role);
    ASSERT_EQ(roles(), 2U);

    good_cycle();

    EXPECT_EQ(roles(), 1U) << role;
  }
}

}  // namespace
}  // namespace authzd::test
