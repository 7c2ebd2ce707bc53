// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Instance names: the id of each, and what happens to a grant whose name has none.
#include "reconciler/plan/instances.hpp"

#include "tests/unit/plan/planner_world.hpp"

#include <gmock/gmock.h>

#include <utility>

namespace authzd::test {
namespace {

using ::testing::HasSubstr;

const std::string kOld = "11111111-1111-4111-8111-111111111111";
const std::string kNew = "22222222-2222-4222-8222-222222222222";
const InstanceName kKms{"kms", "prod-kms"};

Instance instance(std::string id = kNew, std::string service = "kms") {
  return {std::move(id), "prod-kms", std::move(service), kAccount, "us-south", "group-1"};
}

Instance in(std::string region, std::string group, std::string id) {
  Instance one = instance(std::move(id));
  one.region = std::move(region);
  one.resource_group = std::move(group);
  return one;
}

Instance of_account(const std::string& account) {
  Instance one = instance();
  one.account = AccountId{account};
  return one;
}

Instance gone() {
  Instance one = instance();
  one.is_gone = true;
  return one;
}

Instance called(std::string name) {
  Instance one = instance();
  one.name = std::move(name);
  return one;
}

Instance unreadable() {
  Instance one = instance("", "");
  one.account = {};
  return one;
}

struct FindCase {
  std::string name;
  InstanceName wanted;
  Result<std::vector<Instance>> found;
  std::string result;  // the id, or a part of the message
};

class FindInstance : public ::testing::TestWithParam<FindCase> {};

TEST_P(FindInstance, FindsTheOneOrSaysWhyNot) {
  const InstanceTable table{{"prod-kms", GetParam().found}};

  const auto id = find_instance(GetParam().wanted, kAccount, table);

  EXPECT_THAT(id ? *id : to_string(id.error()), HasSubstr(GetParam().result));
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    FindInstance,
    ::testing::Values(
        FindCase{"One", kKms, std::vector{instance()}, kNew},
        FindCase{"OneOnTwoPages", kKms, std::vector{instance(), instance()}, kNew},
        FindCase{"None", kKms, std::vector<Instance>{}, "shows no instance prod-kms of kms"},
        FindCase{"OfAnotherService",
                 kKms,
                 std::vector{instance(kNew, "hs-crypto")},
                 "one of that name is of the service hs-crypto: " + kNew},
        FindCase{"OfThatServiceAndOthers",
                 kKms,
                 std::vector{instance(kOld, "hs-crypto"), instance()},
                 kNew},
        FindCase{"OfAnotherAccount",
                 kKms,
                 std::vector{of_account("fedcba9876543210fedcba9876543210")},
                 "shows no instance"},
        FindCase{"BeingDeleted", kKms, std::vector{gone()}, "is being deleted: " + kNew},
        FindCase{"BeingDeletedAndMadeAgain", kKms, std::vector{gone(), instance(kOld)}, kOld},
        FindCase{"Two",
                 kKms,
                 std::vector{instance(kOld), in("eu-de", "group-2", kNew)},
                 "2 are called instance prod-kms of kms: " + kOld +
                     " in us-south, resource group group-1; " + kNew +
                     " in eu-de, resource group group-2"},
        FindCase{"TwoToldApartByRegion",
                 {"kms", "prod-kms", "", "eu-de"},
                 std::vector{instance(kOld), in("eu-de", "group-2", kNew)},
                 kNew},
        FindCase{"TwoToldApartByGroup",
                 {"kms", "prod-kms", "group-1", ""},
                 std::vector{instance(kOld), in("us-south", "group-2", kNew)},
                 kOld},
        FindCase{"ElsewhereOnly",
                 {"kms", "prod-kms", "", "eu-gb"},
                 std::vector{instance()},
                 "no instance prod-kms of kms in eu-gb; one of that name is " + kNew},
        FindCase{"NameInAnotherCase", kKms, std::vector{called("Prod-kms")}, "did you mean"},
        FindCase{"CrnNobodyCanRead",
                 kKms,
                 std::vector{instance(), unreadable()},
                 "without a CRN that can be read"},
        FindCase{"NotPermitted",
                 kKms,
                 Error{ErrorCode::forbidden, "not permitted"},
                 "looking up instance prod-kms of kms: not permitted"}),
    [](const auto& each) { return each.param.name; });

TEST(FindInstance, IsAnErrorWhereTheNameWasNotLookedUp) {
  EXPECT_FALSE(find_instance(kKms, kAccount, {}));
}

/// a → kms, with kms by name.
WantedGrant named(const std::string& name, InstanceName instance = kKms) {
  WantedGrant each = wanted(name, "a", "kms");
  each.grant.resource = with_instance(each.grant.resource, unknown_instance(instance));
  each.grant.key = Key(kAccount, each.grant.subject, each.grant.resource);
  each.grant.target_instance = std::move(instance);
  return each;
}

WantedGrant with_id(WantedGrant each, const std::string& id) {
  each.grant.resource = with_instance(each.grant.resource, id);
  each.grant.key = Key(kAccount, each.grant.subject, each.grant.resource);
  return each;
}

Desired desired(const std::vector<WantedGrant>& wanted) {
  Desired all{kAccount, {}};
  for (const WantedGrant& each : wanted) all.grants.push_back(each.grant);
  return all;
}

const InstanceTable kFound{{"prod-kms", std::vector{instance()}}};
const InstanceTable kDown{{"prod-kms", Error{ErrorCode::unavailable, "no answer"}}};

TEST(ResolveInstances, PutsTheIdInTheNamesPlace) {
  const NamedDesired named_desired = resolve_instances(desired({named("g")}), kFound, {});

  ASSERT_EQ(named_desired.desired.grants.size(), 1U);
  EXPECT_EQ(named_desired.desired.grants[0].key, with_id(named("g"), kNew).grant.key);
  EXPECT_TRUE(named_desired.unresolved.empty());
  EXPECT_EQ(named_desired.known, (KnownInstances{{kKms, {kNew}}}));
}

TEST(ResolveInstances, LeavesWhatWasNotFoundWhereItWasLast) {
  const KnownInstances last{{kKms, {kOld}}};

  const NamedDesired named_desired = resolve_instances(desired({named("g")}), kDown, last);

  const Key key = with_id(named("g"), kOld).grant.key;
  EXPECT_EQ(named_desired.desired.grants[0].key, key);
  EXPECT_TRUE(named_desired.unresolved.contains(key));
  EXPECT_EQ(named_desired.known, last);
}

TEST(ResolveInstances, LeavesWhatWasNeverFoundWithoutAnId) {
  const NamedDesired named_desired = resolve_instances(desired({named("g")}), kDown, {});

  EXPECT_EQ(named_desired.desired.grants[0].key, named("g").grant.key);
  EXPECT_TRUE(named_desired.unresolved.contains(named("g").grant.key));
  EXPECT_TRUE(named_desired.known.empty());
}

TEST(ResolveInstances, TellsWhatANameStoodForBefore) {
  const NamedDesired first = resolve_instances(desired({named("g")}), kFound, {{kKms, {kOld}}});
  const NamedDesired again = resolve_instances(desired({named("g")}), kFound, first.known);

  for (const NamedDesired* each : {&first, &again}) {
    EXPECT_EQ(each->known, (KnownInstances{{kKms, {kNew, kOld}}}));
    EXPECT_TRUE(each->former.contains(with_id(named("g"), kOld).grant.key));
  }
}

TEST(ResolveInstances, GivesAKeyToOneGrantAlone) {
  const std::vector<WantedGrant> all{named("b"), with_id(wanted("z", "a", "kms"), kNew)};

  const NamedDesired named_desired = resolve_instances(desired(all), kFound, {});

  ASSERT_EQ(named_desired.unresolved.size(), 1U);
  EXPECT_EQ(named_desired.unresolved.begin()->first, all[0].grant.key) << "the one by name";
  EXPECT_THAT(named_desired.unresolved.begin()->second.message, HasSubstr("\"z\" at z.yaml:1:1"));
}

TEST(ResolveInstances, NeverTakesTheKeyOfAnotherGrantForOneThatWasNotFound) {
  const std::vector<WantedGrant> all{named("b"), with_id(wanted("z", "a", "kms"), kOld)};

  const NamedDesired named_desired = resolve_instances(desired(all), kDown, {{kKms, {kOld}}});

  EXPECT_TRUE(named_desired.unresolved.contains(all[0].grant.key));
  EXPECT_EQ(named_desired.desired.grants.size(), 2U);
}

TEST(ResolveInstances, ForgetsNamesThatNobodyWrites) {
  const NamedDesired named_desired =
      resolve_instances(desired({wanted("g", "a", "kms")}), {}, {{kKms, {kOld}}});

  EXPECT_TRUE(named_desired.known.empty());
}

/// The plan of one grant that was not found.
struct Unlocated {
  World world;
  ResolvedGrant grant;
  WantedGrant written;

  explicit Unlocated(WantedGrant each, ErrorCode code = ErrorCode::unavailable)
      : written(std::move(each)) {
    grant = {&written.grant, Error{code, "no answer"}, false};
  }

  [[nodiscard]] Plan plan() const {
    return make_plan(kAccount, {&grant, 1}, world.observed, world.ownership, world.options);
  }
};

TEST(UnlocatedGrant, KeepsItsPolicyWithoutAnyMemory) {
  Unlocated it(named("g"));
  it.world.observed = {ours("p", with_id(named("g"), kOld))};

  EXPECT_EQ(summary(it.plan()), "conflict InstanceLookupFailed \nkept UnknownInstance p\n");
}

TEST(UnlocatedGrant, KeepsNothingOfOtherDocumentsAndScopes) {
  Unlocated it(named("g"));
  WantedGrant elsewhere = with_id(wanted("g", "b", "kms"), kOld);
  it.world.observed = {ours("p", with_id(named("other"), kOld)), ours("q", elsewhere)};

  EXPECT_EQ(summary(it.plan()),
            "delete NotDesired p\ndelete NotDesired q\nconflict InstanceLookupFailed \n");
}

TEST(UnlocatedGrant, KeepsWhatWasAltered) {
  Unlocated it(named("g"));
  Observed p = policy("p", "x", "y");
  p.content.description = marked("g", with_id(named("g"), kOld).grant.key);
  p.created_by = kUs;
  it.world.observed = {p};

  EXPECT_EQ(summary(it.plan()), "conflict InstanceLookupFailed \nkept UnknownInstance p\n");
}

TEST(UnlocatedGrant, IsAtItsLastKeyWhereThatIsKnown) {
  Unlocated it(with_id(named("g"), kOld), ErrorCode::not_found);
  it.world.observed = {ours("p", with_id(named("g"), kOld))};

  EXPECT_EQ(summary(it.plan()), "conflict UnknownInstance p\n");
}

/// As above, of a grant whose name had the id kNew when it was last found.
Unlocated lost_name() {
  Unlocated it(with_id(named("g"), kNew), ErrorCode::not_found);
  it.world.options.instances = {{kKms, {kNew}}};
  return it;
}

TEST(UnlocatedGrant, KeepsNothingThatAnotherDocumentOfItsNameLeftBehind) {
  Unlocated it = lost_name();
  it.world.observed = {ours("p", with_id(named("g"), kOld))};

  EXPECT_EQ(summary(it.plan()), "delete NotDesired p\nconflict UnknownInstance \n");
}

TEST(UnlocatedGrant, KeepsNothingAlteredThatAnotherDocumentOfItsNameLeftBehind) {
  const Key key = with_id(named("g"), kOld).grant.key;
  Unlocated it = lost_name();
  Observed p = policy("p", "x", "y");
  p.content.description = marked("g", key);
  p.created_by = kUs;
  it.world.observed = {p};
  EXPECT_EQ(summary(it.plan()), "delete Altered p\nconflict UnknownInstance \n");

  it.world.ownership.known = {{PolicyId{"p"}, PolicyOrigin::adopted}};
  it.world.ownership.written = {{PolicyId{"p"}, {key}}};
  it.world.observed.front().content.description = marked("g", with_id(named("g"), kNew).grant.key);
  EXPECT_EQ(summary(it.plan()), "delete Altered p\nconflict UnknownInstance \n")
      << "the state knows better than a marker";
}

TEST(UnlocatedGrant, KeepsWhatItsNameStoodForBefore) {
  Unlocated it = lost_name();
  it.world.options.instances = {{kKms, {kNew, kOld}}};
  it.world.observed = {ours("p", with_id(named("g"), kOld))};

  EXPECT_EQ(summary(it.plan()), "conflict UnknownInstance \nkept UnknownInstance p\n");
}

TEST(UnlocatedGrant, ThatWasNeverFoundKeepsNothingThatTheStateKnowsTheWriteOf) {
  Unlocated it(named("g"));
  const WantedGrant other = with_id(named("g"), kOld);
  it.world.observed = {ours("p", other)};
  it.world.ownership.known = {{PolicyId{"p"}, PolicyOrigin::adopted}};
  it.world.ownership.written = {{PolicyId{"p"}, {other.grant.key}}};

  EXPECT_EQ(summary(it.plan()), "delete NotDesired p\nconflict InstanceLookupFailed \n");
}

TEST(UnlocatedGrant, IsNotReleased) {
  Unlocated it(named("g"), ErrorCode::conflict);
  it.written.grant.release = true;
  it.world.observed = {ours("p", with_id(named("g"), kOld))};

  EXPECT_EQ(summary(it.plan()), "conflict AmbiguousInstance \nkept UnknownInstance p\n");
}

TEST(UnlocatedGrant, StaysSuspended) {
  Unlocated it(named("g"));
  it.written.grant.suspend = true;
  it.world.observed = {ours("p", with_id(named("g"), kOld))};

  EXPECT_EQ(summary(it.plan()), "kept Suspended \nkept Suspended p\n");
}

TEST(UnlocatedGrant, EndsAllTheSame) {
  Unlocated it(with_id(named("g"), kOld));
  it.written.grant.expires_at = Timestamp{};
  it.world.observed = {ours("p", with_id(named("g"), kOld))};

  EXPECT_EQ(summary(it.plan()), "delete Expired p\n");
}

TEST(ReplacedInstance, IsADeleteAndACreateAndSaysSo) {
  World world;
  world.desired = {with_id(named("g"), kNew)};
  world.observed = {ours("p", with_id(named("g"), kOld))};
  const NamedDesired named_desired =
      resolve_instances(desired({named("g")}), kFound, {{kKms, {kOld}}});
  world.options.former_instances = named_desired.former;

  const Plan plan = world.plan();

  EXPECT_EQ(summary(plan), "create Missing \ndelete NotDesired p\nkept InstanceReplaced p\n");
  ASSERT_EQ(plan.notes.size(), 1U);
  EXPECT_THAT(plan.notes[0].message,
              HasSubstr("instance prod-kms of kms is " + kNew + " now, and was " + kOld));
}

}  // namespace
}  // namespace authzd::test
