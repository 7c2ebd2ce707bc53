// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Instances that manifests refer to by name, over whole cycles: whatever a look-up returns, nothing
// is deleted that a grant may have.
#include "daemon/cycle/bookkeeping.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/undo.hpp"
#include "reconciler/report/plan_text.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace authzd::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// From the demo's seed.
const std::string kGuid = "51042d7f-f0df-4915-bd39-6a49957c9175";
const std::string kOther = "99999999-9999-4999-8999-999999999999";

std::string by_name(const std::string& document,
                    const std::string& name = "prod-kms",
                    const std::string& more = "") {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + document +
         "}\nspec:\n  source: {service: server-protect}\n  target: {service: kms, instance: "
         "{name: " +
         name + "}}\n  roles: [Reader]\n" + more;
}

class NamedInstance : public CycleTest {
 protected:
  void put(const std::string& name, const std::string& guid, const std::string& of = "kms") {
    service.allow_admin(true);
    const Json json{{"name", name}, {"service", of}, {"account", kDemoAccount}, {"guid", guid}};
    const auto reply =
        service.handle({"POST", "/sandbox/v1/instances", {}, json.dump()}, clock.now());
    ASSERT_EQ(reply.response.status, 204) << reply.response.body;
  }

  void remove(const std::string& guid) {
    service.allow_admin(true);
    service.handle({"DELETE", "/sandbox/v1/instances/" + guid}, clock.now());
  }

  void fail_look_ups(int status) {
    sandbox::Fault fault;
    fault.path = "/v2/resource_instances";
    fault.times = 0;
    fault.status = status;
    inject(fault);
  }

  /// The ids of the instances in our policies.
  std::vector<std::string> granted() {
    std::vector<std::string> ids;
    for (const Json& policy : ours()) {
      for (const Json& each : policy.at("resource").at("attributes")) {
        if (each.at("key") == "serviceInstance") ids.push_back(each.at("value"));
      }
    }
    return ids;
  }

  /// The number of roles on that instance.
  std::size_t roles_of(const std::string& guid) {
    for (const Json& policy : ours()) {
      if (policy.at("resource").dump().find(guid) == std::string::npos) continue;
      return policy.at("control").at("grant").at("roles").size();
    }
    return 0;
  }

  [[nodiscard]] std::size_t look_ups() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(service.log(), [](const sandbox::LoggedRequest& each) {
          return each.target.find("/v2/resource_instances") != std::string::npos;
        }));
  }

  static std::vector<std::string> reasons(const CycleEnd& end) {
    std::vector<std::string> found;
    for (const Note& note : end.performed->planned.plan.notes)
      found.emplace_back(to_string(note.reason));
    return found;
  }

  /// A cycle with the grant, and then a process without cached look-ups.
  void grant_and_restart() {
    write_file("a.yaml", by_name("storage"));
    good_cycle();
    ASSERT_EQ(granted(), std::vector{kGuid});
    restart();
  }
};

TEST_F(NamedInstance, IsGrantedByItsId) {
  write_file("a.yaml", by_name("storage"));

  good_cycle();

  EXPECT_EQ(granted(), std::vector{kGuid});
}

TEST_F(NamedInstance, IsShownByNameAndId) {
  write_file("a.yaml", by_name("storage"));

  const CycleEnd end = good_cycle();

  const Planned& planned = end.performed->planned;
  EXPECT_THAT(plan_text(planned.plan, {.role_names = planned.role_names}),
              HasSubstr("server-protect → kms (instance prod-kms (" + kGuid + ")) : Reader"));
}

TEST_F(NamedInstance, IsLookedUpOnceACycleAtMost) {
  write_file("a.yaml", by_name("storage"));
  std::string other = by_name("volumes");
  other.replace(other.find("server-protect"), 14, "cloud-object-storage");
  write_file("b.yaml", other);

  good_cycle();
  EXPECT_EQ(look_ups(), 1U);
  good_cycle();
  EXPECT_EQ(look_ups(), 1U) << "remembered";
  good_cycle();
  EXPECT_EQ(look_ups(), 2U) << "for ten minutes";
}

TEST_F(NamedInstance, IsFoundBehindAHundredOthers) {
  for (int i = 0; i < 120; ++i) put("archive", "logs-" + std::to_string(i), "cloud-logs");
  put("archive", kOther);
  write_file("a.yaml", by_name("storage", "archive"));

  good_cycle();

  EXPECT_EQ(granted(), std::vector{kOther});
  EXPECT_EQ(look_ups(), 2U);
}

TEST_F(NamedInstance, IsLookedForInTheWholeListWhereManyAreNamed) {
  for (int i = 0; i < 30; ++i) {
    const std::string n = std::to_string(i);
    put("kms-" + n, "kms-id-" + n);
    write_file("m" + n + ".yaml", by_name("storage-" + n, "kms-" + n));
  }

  good_cycle();

  EXPECT_EQ(granted().size(), 30U);
  EXPECT_EQ(look_ups(), 1U);
}

TEST_F(NamedInstance, ThatTwoHaveIsAConflictAndKeepsWhatIsThere) {
  grant_and_restart();
  put("prod-kms", kOther);

  const CycleEnd end = cycle();

  EXPECT_THAT(reasons(end), UnorderedElementsAre("AmbiguousInstance"));
  const std::string& why = end.performed->planned.plan.notes.front().message;
  EXPECT_THAT(why, HasSubstr(kGuid));
  EXPECT_THAT(why, HasSubstr(kOther));
  EXPECT_EQ(granted(), std::vector{kGuid});
}

TEST_F(NamedInstance, ThatNoneHasIsAConflictAndKeepsWhatIsThere) {
  grant_and_restart();
  remove(kGuid);

  const CycleEnd end = cycle();

  EXPECT_THAT(reasons(end), UnorderedElementsAre("UnknownInstance"));
  EXPECT_EQ(granted(), std::vector{kGuid});
}

TEST_F(NamedInstance, ThatMayNotBeSeenHoldsBackItsOwnGrantAlone) {
  grant_and_restart();
  fail_look_ups(403);
  write_file("b.yaml", manifest_of("other", "cloud-object-storage", {"kms"}));

  const CycleEnd end = good_cycle();

  EXPECT_THAT(reasons(end), UnorderedElementsAre("InstanceLookupFailed"));
  EXPECT_THAT(end.performed->planned.plan.notes.front().message,
              HasSubstr("Viewer on the instances"));
  EXPECT_EQ(ours().size(), 2U);
}

TEST_F(NamedInstance, IsNotAskedForWhereTheOneBeforeItFailed) {
  fail_look_ups(403);
  write_file("a.yaml", by_name("storage"));
  write_file("b.yaml", by_name("volumes", "other-kms"));

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.refusal);
  EXPECT_EQ(end.refusal->error.code, ErrorCode::forbidden);
  EXPECT_FALSE(end.performed);
  EXPECT_EQ(look_ups(), 1U);
}

TEST_F(NamedInstance, ThatIaMRefusesAloneDoesNotHoldBackTheOthers) {
  write_file("a.yaml", by_name("storage"));
  good_cycle();
  write_file("b.yaml", by_name("volumes", "\"!bad\""));
  sandbox::Fault fault;
  fault.path = "/v2/resource_instances";
  fault.times = 1;
  fault.status = 400;
  restart();
  inject(fault);

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.refusal);
  EXPECT_EQ(granted(), std::vector{kGuid}) << "the revision before remains in force";
}

TEST_F(NamedInstance, ThatNobodyHasRefusesTheRevisionWithItsPlace) {
  write_file("a.yaml", manifest_of("other", "cloud-object-storage", {"kms"}));
  good_cycle();
  write_file("b.yaml", by_name("volumes", "nobody-has-it"));

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.refusal);
  ASSERT_EQ(end.refusal->diagnostics.size(), 1U);
  EXPECT_THAT(end.refusal->diagnostics.front().position.file, HasSubstr("b.yaml"));
  EXPECT_THAT(end.refusal->diagnostics.front().message, HasSubstr("nobody-has-it"));
  EXPECT_EQ(ours().size(), 1U);

  put("nobody-has-it", kOther);
  clock.advance(std::chrono::minutes(2));
  good_cycle();
  EXPECT_EQ(granted(), std::vector{kOther}) << "asked again in each cycle";
}

TEST_F(NamedInstance, ThatWasNeverFoundTakesNothingFromARenamedDocument) {
  std::string by_id = by_name("storage");
  by_id.replace(by_id.find("{name: prod-kms}"), 16, kGuid);
  write_file("a.yaml", by_id);
  good_cycle();
  ASSERT_EQ(granted(), std::vector{kGuid});
  fail_look_ups(503);
  write_file("a.yaml", by_name("disks"));

  const CycleEnd end = cycle();

  EXPECT_TRUE(end.refusal);
  EXPECT_EQ(granted(), std::vector{kGuid});
  write_file("a.yaml", by_id);
}

TEST_F(NamedInstance, ThatWasNeverFoundDoesNotStopTheRevocationOfAnother) {
  spec.rails.removal_grace.wait = std::chrono::hours(1);
  spec.allow_empty = true;
  std::string by_id = by_name("storage");
  by_id.replace(by_id.find("{name: prod-kms}"), 16, kGuid);
  write_file("a.yaml", by_id);
  good_cycle();
  remove_file("a.yaml");
  cycle();
  write_file("b.yaml", by_name("storage", "nobody-has-it", "  suspend: true\n"));
  EXPECT_TRUE(cycle().refusal);

  // No time ends its grace, as the refused revision may grant it again; a person may.
  clock.advance(std::chrono::hours(2));
  const CycleEnd end = cycle();
  ASSERT_EQ(status().holds.size(), 1U);
  EXPECT_EQ(status().holds.front().rail, "removalGrace");
  const Grantor by{"ada", clock.now(), clock.now() + std::chrono::hours(24)};
  const auto approved =
      approve(account->state(), end.performed->planned.plan, status().holds.front().hash, by);
  ASSERT_TRUE(approved);
  cycle();

  EXPECT_EQ(granted(), std::vector<std::string>{});
}

TEST_F(NamedInstance, ThatIsNotFoundAnyMoreDoesNotStopTheRevocationOfAnother) {
  spec.rails.removal_grace.wait = std::chrono::hours(1);
  spec.allow_empty = true;
  std::string by_id = by_name("storage");
  by_id.replace(by_id.find("{name: prod-kms}"), 16, kGuid);
  write_file("team-a.yaml", by_id);
  good_cycle();
  remove_file("team-a.yaml");
  cycle();
  put("b-kms", kOther);
  write_file("team-b.yaml", by_name("storage", "b-kms"));
  cycle();
  ASSERT_THAT(granted(), UnorderedElementsAre(kGuid, kOther));
  put("renamed", kOther);
  restart();
  cycle();

  clock.advance(std::chrono::hours(2));
  const CycleEnd end = cycle();

  EXPECT_THAT(reasons(end), UnorderedElementsAre("UnknownInstance"));
  EXPECT_EQ(granted(), std::vector{kOther});
}

TEST_F(NamedInstance, LeavesTheAssertionsOfTheRevisionInForce) {
  write_file("a.yaml", by_name("storage"));
  write_file("never.yaml",
             "apiVersion: authzd/v1\nkind: Assertion\nmetadata: {name: no-disks}\nspec:\n"
             "  never: [{target: {service: kms}, roles: "
             "[\"crn:v1:bluemix:public:iam::::serviceRole:Reader\"]}]\n");

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.performed) << (end.refusal ? end.refusal->error.message : "");
  EXPECT_THAT(reasons(end), UnorderedElementsAre("AssertionBroken"));
  EXPECT_EQ(end.performed->planned.plan.assertions.size(), 1U);
  EXPECT_EQ(granted(), std::vector<std::string>{});
}

TEST_F(NamedInstance, ThatCannotBeLookedUpKeepsWhatIsThereWithoutAState) {
  grant_and_restart();
  fail_look_ups(503);
  lose_state();
  approve_first_deletes();
  restart();

  const CycleEnd end = cycle();

  EXPECT_FALSE(end.error);
  ASSERT_TRUE(end.refusal);
  EXPECT_EQ(end.refusal->error.code, ErrorCode::unavailable);
  EXPECT_EQ(granted(), std::vector{kGuid});
}

TEST_F(NamedInstance, ThatCannotBeLookedUpIsKeptWhenTheDocumentChangesToo) {
  grant_and_restart();
  fail_look_ups(503);
  write_file("a.yaml", by_name("storage", "another-kms"));
  restart();

  cycle();

  EXPECT_EQ(granted(), std::vector{kGuid});
  write_file("a.yaml", by_name("storage"));
}

TEST_F(NamedInstance, ThatWasMadeAgainIsHeldAsTheDeleteThatItIs) {
  spec.rails.removal_grace.wait = std::chrono::hours(1);
  grant_and_restart();
  remove(kGuid);
  put("prod-kms", kOther);

  const CycleEnd end = cycle();

  EXPECT_THAT(reasons(end), UnorderedElementsAre("InstanceReplaced"));
  EXPECT_THAT(granted(), UnorderedElementsAre(kGuid, kOther));
  const Planned& planned = end.performed->planned;
  EXPECT_THAT(plan_text(planned.plan, {.role_names = planned.role_names}),
              HasSubstr("instance prod-kms (" + kGuid + ")"))
      << "what goes has its name, too";

  fail_look_ups(503);
  clock.advance(std::chrono::hours(2));
  restart();
  cycle();
  EXPECT_THAT(granted(), UnorderedElementsAre(kGuid, kOther)) << "nothing goes unseen";

  service.clear_faults();
  restart();
  cycle();
  clock.advance(std::chrono::hours(2));
  cycle();
  EXPECT_EQ(granted(), std::vector{kOther});
}

TEST_F(NamedInstance, StaysPinnedWhateverItsNameRefersTo) {
  must_be_quiet = false;  // a new state knows no pin
  spec.rails.hold_delegators = false;
  spec.rails.removal_grace.wait = std::chrono::hours(0);
  restart();
  std::string few = by_name("storage");
  few.replace(few.find("server-protect"), 14, "databases-for-postgresql");
  write_file("a.yaml", few);
  good_cycle();
  restart();
  std::string more = few;
  more.replace(more.find("[Reader]"), 8, "[Reader, Authorization Delegator]");
  write_file("a.yaml", more);
  good_cycle();
  ASSERT_EQ(roles_of(kGuid), 2U) << logged();
  account->begin_run("the undo", RunKind::undo, "ada");
  const auto past = state().runs.find(state().runs.last(1)->front().start.id);
  ASSERT_TRUE(past);
  PlannedUndo undo = *run(io, plan_undo(*account, account->reading(), *past));
  ASSERT_TRUE(put_pins(*account, undo.pins));
  run(io, perform_plan(*account, std::move(undo.planned), stop));
  ASSERT_EQ(roles_of(kGuid), 1U) << logged();

  put("old", kGuid);
  put("prod-kms", kOther);
  restart();
  cycle();
  EXPECT_EQ(granted(), std::vector{kGuid}) << "nor is it granted to another instance";
  remove(kOther);
  restart();
  cycle();
  put("prod-kms", kGuid);
  restart();
  cycle();

  EXPECT_EQ(granted(), std::vector{kGuid});
  EXPECT_EQ(roles_of(kGuid), 1U);
}

TEST_F(NamedInstance, ThatIsCalledByItsIdTooIsRefusedAsADuplicate) {
  write_file("a.yaml", by_name("storage"));
  std::string by_id = by_name("volumes");
  by_id.replace(by_id.find("{name: prod-kms}"), 16, kGuid);
  write_file("b.yaml", by_id);

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.refusal);
  ASSERT_EQ(end.refusal->diagnostics.size(), 1U);
  EXPECT_THAT(end.refusal->diagnostics.front().message, HasSubstr("IAM holds one policy for them"));
  EXPECT_TRUE(ours().empty());
}

TEST_F(NamedInstance, ThatIsCalledInASecondWayLeavesThePolicyToItsDocument) {
  write_file("b.yaml", by_name("storage", "prod-kms", "  protect: true\n"));
  good_cycle();
  ASSERT_EQ(granted(), std::vector{kGuid});
  write_file("a.yaml", by_name("capture", "prod-kms, region: us-south"));

  const CycleEnd end = cycle();

  EXPECT_TRUE(end.refusal);
  ASSERT_EQ(ours().size(), 1U);
  EXPECT_THAT(description_of(ours().front()), HasSubstr("/storage"));
}

TEST_F(NamedInstance, KeepsTheTimeThatItsEndHasStood) {
  clock.advance(std::chrono::hours(1));
  write_file("a.yaml", by_name("storage", "prod-kms", "  expiresAt: \"2040-01-01T00:00:00Z\"\n"));
  good_cycle();
  const auto before = *state().rails.ends();
  ASSERT_EQ(before.size(), 1U);

  good_cycle();

  EXPECT_EQ(*state().rails.ends(), before);
}

TEST_F(NamedInstance, IsLocatedByTheStateAlone) {
  grant_and_restart();
  cycle();
  const auto good = run(io, account->loader().last_good(clock.now()));
  ASSERT_TRUE(good && *good);
  const std::size_t asked = look_ups();

  const auto located = locate_instances(account->state(), *good);

  ASSERT_TRUE(located);
  EXPECT_EQ((*located)->desired.grants.at(0).resource.equals_value(kServiceInstance), kGuid);
  EXPECT_EQ(look_ups(), asked);
}

}  // namespace
}  // namespace authzd::test
