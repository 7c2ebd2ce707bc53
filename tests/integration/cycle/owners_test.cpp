// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Identities: a new owner name, a new identity, a second host with the same configuration.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;

const IamId kOurId{"iam-ServiceId-11111111-2222-4333-8444-555555555555"};
/// Of another identity with the same permissions.
const std::string kAdasKey = "demo-user-key";

class OwnersCycle : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.limits.max_delete_percent = 100;
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  }

  /// All conflicts of a cycle, by their reasons.
  static std::vector<std::string> conflicts(const CycleEnd& end) {
    std::vector<std::string> reasons;
    for (const Note& note : end.performed->planned.plan.notes) {
      if (note.kind == NoteKind::conflict) reasons.emplace_back(to_string(note.reason));
    }
    return reasons;
  }

  static std::vector<std::string> ids(const std::vector<Json>& policies) {
    std::vector<std::string> found;
    for (const Json& policy : policies) found.push_back(policy.at("id"));
    return found;
  }
};

/// Anyone can compute our marker. The list lags when we create the same.
TEST_F(OwnersCycle, TakeNoLookAlikeForTheirOwnThatTheListDoesNotShowYet) {
  set("lag-time", "20m");
  key = kAdasKey;
  good_cycle();
  ASSERT_EQ(policies().size(), 2U);
  lose_state();
  key = kDemoKey;
  restart();

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.performed);
  ASSERT_EQ(end.performed->outcomes.size(), 2U) << logged();
  for (const Outcome& outcome : end.performed->outcomes) {
    EXPECT_EQ(outcome.kind, OutcomeKind::refused) << logged();
    EXPECT_THAT(to_string(*outcome.error), HasSubstr("someone else made"));
  }
  EXPECT_TRUE(state().policies.known().value()->empty()) << "nothing is ours";
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(conflicts(cycle()), (std::vector<std::string>{"Disputed", "Disputed"}));
}

TEST_F(OwnersCycle, ThatChangeTheirNameKeepTheirPolicies) {
  spec.owner = "staging";
  good_cycle();
  const auto before = ids(policies());
  spec.owner = "prod";
  spec.previous_owners = {"staging"};
  restart();

  const CycleEnd end = good_cycle();

  for (const Action& action : end.performed->planned.plan.actions) {
    EXPECT_EQ(action.risk, Risk::neutral);
    EXPECT_EQ(action.reason, Reason::marker_rewritten);
  }
  EXPECT_EQ(ids(ours()), before) << "ours by their new name";
  EXPECT_EQ(sent("PUT"), 2U);
  EXPECT_EQ(sent("POST"), 2U);
  EXPECT_EQ(sent("DELETE"), 0U);
}

TEST_F(OwnersCycle, ThatChangeTheirNamePruneWhatTheyMadeUnderTheOldOne) {
  spec.owner = "staging";
  good_cycle();
  spec.owner = "prod";
  spec.previous_owners = {"staging"};
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  restart();

  good_cycle();

  ASSERT_EQ(policies().size(), 1U);
  EXPECT_EQ(target_of(policies()[0]), "kms");
}

TEST_F(OwnersCycle, WhoseNameChangedWithoutAWordMeetTheirPoliciesAsAnothers) {
  spec.owner = "staging";
  good_cycle();
  spec.owner = "prod";
  restart();
  const std::size_t before = unsafe();

  const CycleEnd end = cycle();

  EXPECT_EQ(conflicts(end), (std::vector<std::string>{"OtherOwner", "OtherOwner"}));
  EXPECT_EQ(unsafe(), before);
  EXPECT_EQ(status().ready.reason, "Conflicts");
  EXPECT_THAT(logged(), HasSubstr("belongs to owner \\\"staging\\\""));
}

TEST_F(OwnersCycle, ThatRotateTheirIdentityGoOnByWhatTheStateKnows) {
  good_cycle();
  const auto before = ids(ours());
  end_process();
  key = kAdasKey;
  write_file(
      "storage.yaml",
      manifest_of("storage", "server-protect", {"kms", "hs-crypto"}, "Authorization Delegator"));

  const CycleEnd end = good_cycle();

  EXPECT_TRUE(conflicts(end).empty());
  EXPECT_EQ(ids(ours()), before);
  EXPECT_EQ(role_of(ours().at(0)), kDelegatorRole);
}

TEST_F(OwnersCycle, ThatLoseStateAndIdentityWriteNothingUntilTheOldOneIsNamed) {
  good_cycle();
  end_process();
  lose_state();
  key = kAdasKey;
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  const std::size_t before = unsafe();

  const CycleEnd blind = cycle();

  EXPECT_EQ(conflicts(blind), (std::vector<std::string>{"Disputed", "Disputed"}));
  EXPECT_EQ(unsafe(), before);
  EXPECT_THAT(logged(),
              HasSubstr("if " + kOurId.value +
                        " was the identity of this installation, list it in "
                        "identities"));

  end_process();
  spec.identities = {kOurId};
  approve_first_deletes();
  const CycleEnd told = good_cycle();
  EXPECT_TRUE(conflicts(told).empty());
  EXPECT_EQ(ours().size(), 1U) << "and what is not wanted goes";
}

TEST_F(OwnersCycle, WithTheConfigurationOnASecondHostTouchNothingOfTheFirst) {
  good_cycle();
  end_process();
  const auto first_host = database;
  lose_state();
  key = kAdasKey;  // the copy has its own key, and other manifests
  write_file("storage.yaml",
             manifest_of("storage", "server-protect", {"kms"}, "Authorization Delegator"));
  const std::size_t before = unsafe();

  const CycleEnd second = cycle();

  EXPECT_EQ(conflicts(second), (std::vector<std::string>{"Disputed", "Disputed"}));
  EXPECT_EQ(unsafe(), before);
  EXPECT_EQ(status().ready.reason, "Conflicts");

  end_process();
  database = first_host;
  key = kDemoKey;
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  EXPECT_TRUE(good_cycle().performed->planned.plan.actions.empty())
      << "the first host found something changed";
}

TEST_F(OwnersCycle, WithConfigurationAndKeyOnASecondHostWriteTheSameAndDeleteNothingUnasked) {
  good_cycle();
  end_process();
  lose_state();

  good_cycle();
  EXPECT_EQ(unsafe(), 2U) << "equal manifests: nothing to do on the second host";

  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  EXPECT_EQ(ours().size(), 2U);
  ASSERT_EQ(status().holds.size(), 1U);
  EXPECT_EQ(status().holds[0].rail, "firstDeletes");
}

/// A person changes a policy's target, and writes a matching marker that says "protected".
TEST_F(OwnersCycle, BringBackAPolicyThatWasPointedElsewhereUnderAForgedMarker) {
  good_cycle();
  const auto before = policies();
  const Json& policy = before.at(0);
  Json resource = policy.at("resource");
  for (Json& attribute : resource["attributes"]) {
    if (attribute.at("key") == "serviceName") attribute["value"] = "cloud-object-storage";
  }
  PolicyContent forged;
  forged.subject = {{.name = "accountId", .value = kDemoAccount},
                    {.name = "serviceName", .value = "server-protect"}};
  forged.resource = {{.name = "accountId", .value = kDemoAccount},
                     {.name = "serviceName", .value = "cloud-object-storage"}};
  const std::string mark =
      "(authzd: prod/storage#" + key_of(AccountId{kDemoAccount}, forged).hash12() + "!)";
  for (const std::string& text : {mark + " " + description_of(policy), mark}) {
    edit(policy.at("id"), {{"resource", resource}, {"description", text}});

    good_cycle();

    EXPECT_EQ(ids(policies()), ids(before)) << text;
    EXPECT_EQ(target_of(policies().at(0)), target_of(policy)) << text;
    EXPECT_EQ(description_of(policies().at(0)), description_of(policy)) << text;
  }
  EXPECT_EQ(sent("DELETE"), 0U);
}

}  // namespace
}  // namespace authzd::test
