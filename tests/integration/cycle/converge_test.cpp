// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whole cycles with a healthy IAM: what is missing is created, drift is repaired, what is no longer
// wanted is deleted, and the rails and modes apply.

#include "daemon/cycle/cycle_summary.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

class Cycle : public CycleTest {};

const std::string kStorageFile = manifest_of("storage", "server-protect", {"kms", "hs-crypto"});
const std::string kOneGrant = manifest_of("storage", "server-protect", {"kms"});

std::string held_by(const CycleEnd& end) {
  for (const Action& action : end.performed->planned.plan.actions) {
    if (is_held(action)) return action.holds.front().rail;
  }
  return {};
}

/// A manifest with `count` grants, each on one instance of a key service.
std::string many(std::size_t count, const std::string& role = "Reader") {
  std::string text =
      "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: many}\nspec:\n"
      "  source: {service: server-protect}\n  targets:\n";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string digits = std::to_string(10 + i);
    text += "    - {service: kms, instance: 51042d7f-f0df-4915-bd39-6a49957c90" + digits + "}\n";
  }
  return text + "  roles: [" + role + "]\n";
}

TEST_F(Cycle, CreatesWhatTheManifestsWant) {
  write_file("storage.yaml", kStorageFile);

  const CycleEnd end = good_cycle();

  EXPECT_EQ(count(*end.performed).created, 2U);
  ASSERT_EQ(ours().size(), 2U);
  EXPECT_EQ(role_of(ours()[0]), kReaderRole);
  EXPECT_TRUE(description_of(ours()[0]).starts_with("For a test. (authzd: prod/storage#"));
}

TEST_F(Cycle, AsksForOneListAndNothingElseWhereNothingChanged) {
  write_file("storage.yaml", kStorageFile);
  good_cycle();
  const std::size_t before = service.log().size();

  good_cycle();

  EXPECT_EQ(service.log().size(), before + 1);
}

TEST_F(Cycle, LeavesIdenticalUnmanagedPoliciesAsTheyAre) {
  seed_demo();
  write_file("storage.yaml",
             "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: storage}\nspec:\n"
             "  source: {service: server-protect}\n  targets:\n"
             "    - {service: kms, instance: 51042d7f-f0df-4915-bd39-6a49957c9175}\n"
             "    - service: hs-crypto\n  roles: [Reader]\n");

  const CycleEnd end = good_cycle();

  const Plan& plan = end.performed->planned.plan;
  EXPECT_TRUE(plan.actions.empty());
  EXPECT_EQ(count(plan).conflicts, 0U);
  EXPECT_EQ(std::ranges::count(plan.notes, NoteKind::kept, &Note::kind), 2);
  EXPECT_EQ(unsafe(), 0U);
}

TEST_F(Cycle, RepairsRolesThatSomeoneChanged) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  Json control;
  control["grant"]["roles"][0]["role_id"] = kDelegatorRole;
  edit(only_id(), {{"control", control}});

  const CycleEnd end = good_cycle();

  EXPECT_EQ(role_of(ours().at(0)), kReaderRole);
  const auto& drift = end.performed->planned.plan.actions.at(0).drift;
  ASSERT_TRUE(drift);
  EXPECT_EQ(drift->by.value, "IBMid-by-hand");
  const std::string who = R"("by":"IBMid-by-hand","at":")" + drift->at + "\"";
  EXPECT_FALSE(drift->at.empty());
  EXPECT_NE(logged().find(who), std::string::npos) << logged();
}

TEST_F(Cycle, TellsOfDriftThatItsModeKeepsBack) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  Json control;
  control["grant"]["roles"][0]["role_id"] = kDelegatorRole;
  edit(only_id(), {{"control", control}});
  spec.mode = Mode::observe;
  restart();
  const std::size_t before = unsafe();

  const CycleEnd end = good_cycle();

  EXPECT_EQ(unsafe(), before);
  EXPECT_EQ(status().ready.reason, "KeptBack");
  EXPECT_EQ(status().last_run->drifted, 1U);
  EXPECT_NE(logged().find("drift: someone else changed what is ours"), std::string::npos);
  EXPECT_NE(logged().find("\"message\":\"not done\""), std::string::npos) << logged();
  const CycleSummary told = summary_of(*account, end);
  ASSERT_EQ(told.drifts.size(), 1U);
  EXPECT_EQ(told.drifts[0].by.value, "IBMid-by-hand");
}

TEST_F(Cycle, CountsNoCreateThatFoundItsPolicyThere) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  lose_state();
  restart();
  inject({.method = "GET",
          .path = "/v2/policies\\?",
          .times = 1,
          .status = 200,
          .body = R"({"policies": []})"});

  const CycleEnd end = good_cycle();

  EXPECT_EQ(count(*end.performed).created, 0U);
  EXPECT_EQ(count(*end.performed).already, 1U);
  EXPECT_EQ(status().last_run->created, 0U);
  EXPECT_EQ(status().last_run->in_sync(), 1U);
}

TEST_F(Cycle, RepairsADescriptionThatSomeoneChanged) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  const std::string was = description_of(ours().at(0));
  edit(only_id(), {{"description", "Mine now. " + was.substr(was.find("(authzd"))}});

  good_cycle();

  EXPECT_EQ(description_of(ours().at(0)), was);
}

TEST_F(Cycle, WritesBackAMarkerThatWasTakenOff) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  const std::string was = description_of(ours().at(0));
  edit(only_id(), {{"description", "No marker."}});

  good_cycle();

  ASSERT_EQ(policies().size(), 1U);
  EXPECT_EQ(description_of(policies()[0]), was);
}

TEST_F(Cycle, RestoresAttributesByOnePut) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  const std::string id = only_id();
  Json resource = ours().at(0).at("resource");
  Json narrower;
  narrower["key"] = "serviceInstance";
  narrower["operator"] = "stringEquals";
  narrower["value"] = "51042d7f-f0df-4915-bd39-6a49957c9175";
  resource["attributes"].push_back(narrower);
  edit(id, {{"resource", resource}});

  good_cycle();

  EXPECT_EQ(only_id(), id);
  EXPECT_EQ(ours().at(0).at("resource").at("attributes").size(), 2U);
  EXPECT_EQ(sent("PUT"), 1U);
  EXPECT_EQ(sent("POST"), 1U);
}

TEST_F(Cycle, MakesAPolicyAnewThatSomeoneDeleted) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  const std::string lost = only_id();
  edit(lost, {{"state", "deleted"}});

  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
  EXPECT_FALSE(state().policies.known().value()->contains(PolicyId(lost)));
}

TEST_F(Cycle, ChangesARoleByOnePut) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  const std::string id = only_id();
  write_file("storage.yaml",
             manifest_of("storage", "server-protect", {"kms"}, "Authorization Delegator"));

  good_cycle();

  EXPECT_EQ(only_id(), id);
  EXPECT_EQ(role_of(ours().at(0)), kDelegatorRole);
  EXPECT_EQ(sent("DELETE"), 0U);
}

TEST_F(Cycle, RewritesOnlyTheMarkerOfARenamedManifest) {
  write_file("storage.yaml", kOneGrant);
  good_cycle();
  const std::string id = only_id();
  remove_file("storage.yaml");
  write_file("volumes.yaml", manifest_of("volumes", "server-protect", {"kms"}));

  const CycleEnd end = good_cycle();

  ASSERT_EQ(end.performed->planned.plan.actions.size(), 1U);
  EXPECT_EQ(end.performed->planned.plan.actions[0].risk, Risk::neutral);
  EXPECT_EQ(only_id(), id);
  EXPECT_NE(description_of(ours().at(0)).find("prod/volumes#"), std::string::npos);
  EXPECT_EQ(sent("DELETE"), 0U);
}

TEST_F(Cycle, DeletesWhatNoManifestWantsInSync) {
  write_file("storage.yaml", kStorageFile);
  good_cycle();
  write_file("storage.yaml", kOneGrant);

  const CycleEnd end = good_cycle();

  EXPECT_EQ(count(*end.performed).deleted, 1U);
  ASSERT_EQ(ours().size(), 1U);
  EXPECT_EQ(target_of(ours()[0]), "kms");
}

TEST_F(Cycle, SaysWithACreateThatIamRefusesThatTheDeleteOfItsFormerPolicyWentOn) {
  spec.rails.limits.max_delete_percent = 100;
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  const std::string former = only_id();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"hs-crypto"}));
  inject({.method = "POST", .path = "/v2/policies", .times = 0, .status = 422});

  const CycleEnd end = cycle();

  EXPECT_TRUE(ours().empty());
  const std::vector<Outcome>& outcomes = end.performed->outcomes;
  ASSERT_EQ(outcomes.size(), 2U);
  ASSERT_TRUE(outcomes[0].error);
  EXPECT_NE(outcomes[0].error->message.find(former + ", which storage had before, was deleted"),
            std::string::npos)
      << outcomes[0].error->message;
}

class Modes : public CycleTest, public ::testing::WithParamInterface<Mode> {};

TEST_P(Modes, AllowNoMoreThanTheyAreNamedFor) {
  write_file("storage.yaml", kStorageFile);
  good_cycle();
  write_file("storage.yaml",
             manifest_of("storage", "server-protect", {"kms"}, "Authorization Delegator"));
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  spec.mode = GetParam();
  spec.rails.limits.max_delete_percent = 100;
  spec.settle = {};
  restart(GetParam() != Mode::observe);

  good_cycle();

  EXPECT_EQ(sent("POST"), GetParam() == Mode::observe ? 2U : 3U);
  EXPECT_EQ(sent("PUT") > 0, GetParam() == Mode::upsert_only || GetParam() == Mode::sync);
  EXPECT_EQ(sent("DELETE") > 0, GetParam() == Mode::sync);
}

INSTANTIATE_TEST_SUITE_P(
    Every,
    Modes,
    ::testing::Values(Mode::observe, Mode::create_only, Mode::upsert_only, Mode::sync),
    [](const auto& test) {
      std::string name(to_string(test.param));
      std::erase(name, '-');
      return name;
    });

TEST_F(Cycle, HoldsAllDeletesBeyondMaxDelete) {
  spec.rails.limits.max_delete = 2;
  spec.rails.limits.max_delete_percent = 100;
  write_file("many.yaml", many(8));
  good_cycle();
  write_file("many.yaml", many(4));

  const CycleEnd end = good_cycle();

  EXPECT_EQ(held_by(end), "maxDelete");
  EXPECT_EQ(ours().size(), 8U);
  EXPECT_EQ(sent("DELETE"), 0U);
}

TEST_F(Cycle, HoldsAllDeletesBeyondTheirShareOfOurs) {
  write_file("many.yaml", many(8));
  good_cycle();
  write_file("many.yaml", many(5));
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));

  const CycleEnd end = good_cycle();

  EXPECT_EQ(held_by(end), "maxDeletePercent");
  EXPECT_EQ(sent("DELETE"), 0U);
  EXPECT_EQ(ours().size(), 9U);  // the rail does not affect the create
}

TEST_F(Cycle, HoldsOneGrantWhoseRoleIsUnknown) {
  write_file("good.yaml", kStorageFile);
  write_file("bad.yaml", manifest_of("files", "is", {"kms"}, "Raeder"));

  const CycleEnd end = good_cycle();

  EXPECT_EQ(ours().size(), 2U);
  EXPECT_EQ(count(end.performed->planned.plan).conflicts, 1U);
  EXPECT_NE(logged().find("UnknownRole"), std::string::npos);
}

}  // namespace
}  // namespace authzd::test
