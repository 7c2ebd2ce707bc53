// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an undo changed is left alone until its own desired grant changes; and an expiry takes
// effect only by a trusted clock.

#include "reconciler/plan/pins.hpp"

#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace authzd {
namespace {

using test::altered;
using test::expired;
using test::key_for;
using test::ours;
using test::policy;
using test::summary;
using test::wanted;
using test::WantedGrant;
using test::World;

const Key kPinned = key_for("a", "kms");
const std::string kNone = "absent";

World pinned(World world, const Grant* then) {
  world.options.pins[kPinned] = then == nullptr ? kNone : grant_digest(*then);
  return world;
}

TEST(Pin, LeavesAloneWhatTheManifestWouldChangeOrCreate) {
  const WantedGrant g = wanted("g", "a", "kms", {"Writer"});
  const Observed old = ours("p", wanted("g", "a", "kms"));

  EXPECT_EQ(summary(pinned({{g}, {old}}, &g.grant).plan()), "kept Pinned p\n");
  EXPECT_EQ(summary(pinned({{g}, {}}, &g.grant).plan()), "kept Pinned \n");
}

TEST(Pin, LeavesAloneWhatNoManifestWants) {
  const Observed restored = ours("p", wanted("g", "a", "kms"));

  EXPECT_EQ(summary(pinned({{}, {restored}}, nullptr).plan()), "kept Pinned p\n");
  EXPECT_EQ(summary(World{{}, {restored}}.plan()), "delete NotDesired p\n");
}

TEST(Pin, EndsWhenTheGrantChangesAppearsOrDisappears) {
  const WantedGrant g = wanted("g", "a", "kms");
  WantedGrant changed = wanted("g", "a", "kms", {"Writer"});
  const Observed p = ours("p", g);

  EXPECT_EQ(summary(pinned({{changed}, {p}}, &g.grant).plan()), "update RolesDiffer p\n");
  EXPECT_EQ(summary(pinned({{g}, {}}, nullptr).plan()), "create Missing \n");
  EXPECT_EQ(summary(pinned({{}, {p}}, &g.grant).plan()), "delete NotDesired p\n");
}

TEST(Pin, OutlivesALookUpThatFails) {
  WantedGrant g = wanted("g", "a", "kms");
  g.roles = Error{ErrorCode::timeout, "slow"};

  EXPECT_EQ(summary(pinned({{g}, {}}, &g.grant).plan()), "kept Pinned \n");
}

TEST(Pin, OutlivesTheEndOfItsGrantAndAClockInDoubt) {
  WantedGrant g = wanted("g", "a", "kms");
  g.grant.expires_at = Timestamp{std::chrono::hours(1)};
  World world = pinned({{g}, {ours("p", g)}}, &g.grant);
  EXPECT_EQ(summary(world.plan()), "kept Pinned p\n");

  world.options.time = trusted_at(*g.grant.expires_at);
  EXPECT_EQ(summary(world.plan()), "kept Pinned p\n") << "only a person ends a pin";

  world.options.time = test::time_in_doubt();
  EXPECT_EQ(summary(world.plan()), "kept Pinned p\n");
  EXPECT_TRUE(ended_pins(world.options.pins, Desired{test::kAccount, {g.grant}}).empty());
}

TEST(Pin, CoversWhatWasWrittenForTheKeyAndSitsElsewhereByNow) {
  const WantedGrant g = wanted("g", "a", "kms");

  EXPECT_EQ(summary(pinned({{g}, {altered("p", "hs")}}, &g.grant).plan()),
            "kept Pinned \nkept Pinned p\n");
  EXPECT_EQ(summary(pinned({{}, {altered("p", "hs")}}, nullptr).plan()), "kept Pinned p\n");
  EXPECT_EQ(summary(pinned({{wanted("h", "a", "hs")}, {altered("p", "hs")}}, nullptr).plan()),
            "conflict Pinned p\n");
}

TEST(Pin, TakesNothingOverAtItsKey) {
  const WantedGrant g = wanted("g", "a", "kms");
  World world = pinned({{g}, {policy("p", "a", "kms")}}, &g.grant);
  world.options.adopt = Adopt::always;

  EXPECT_EQ(summary(world.plan()), "kept Pinned p\nunmanaged Unmanaged p\n");
}

TEST(Pin, LetsAllOtherKeysGoOn) {
  const WantedGrant g = wanted("g", "a", "kms");
  World world = pinned({{g, wanted("h", "a", "hs")}, {}}, &g.grant);

  EXPECT_EQ(summary(world.plan()), "create Missing \nkept Pinned \n");
}

TEST(EndedPins, AreThoseWhoseGrantIsAnother) {
  const Grant g = wanted("g", "a", "kms").grant;
  const Grant h = wanted("h", "a", "hs").grant;
  const Pins pins{{g.key, grant_digest(g)}, {h.key, kNone}};
  Desired desired{test::kAccount, {g}};
  EXPECT_TRUE(ended_pins(pins, desired).empty());
  const Pins digests = desired_digests(desired, {g.key, h.key});
  EXPECT_EQ(digests.at(g.key), pins.at(g.key));
  EXPECT_EQ(digests.at(h.key), kNone);
  EXPECT_TRUE(is_of_no_grant(kNone));

  desired.grants.push_back(h);
  EXPECT_EQ(ended_pins(pins, desired), std::vector<Key>{h.key});
}

const InstanceName kName{"kms", "prod-kms"};
const std::string kFirst = "11111111-1111-4111-8111-111111111111";
const std::string kSecond = "22222222-2222-4222-8222-222222222222";

/// a → kms, whose instance the manifest gives by a name that refers to `id`, or by `id` itself.
WantedGrant on_instance(const std::string& name, const std::string& id, bool is_by_name = true) {
  WantedGrant g = wanted(name, "a", "kms");
  g.grant.resource = with_instance(g.grant.resource, id);
  g.grant.key = Key(test::kAccount, g.grant.subject, g.grant.resource);
  if (is_by_name) g.grant.target_instance = kName;
  return g;
}

/// With the digests that the keys of these have while `then` is desired.
World with_pins(World world, const std::vector<Grant>& at, const std::vector<Grant>& then) {
  std::set<Key> keys;
  for (const Grant& grant : at) keys.insert(grant.key);
  world.options.pins = desired_digests({test::kAccount, then}, keys);
  return world;
}

TEST(Pin, OutlivesThatItsInstanceNameRefersToAnother) {
  const WantedGrant first = on_instance("g", kFirst);
  const WantedGrant second = on_instance("g", kSecond);

  World world = with_pins({{second}, {ours("p", first)}}, {first.grant}, {first.grant});

  EXPECT_EQ(summary(world.plan()), "kept Pinned \nkept Pinned p\n") << "nor is it granted again";
  EXPECT_TRUE(ended_pins(world.options.pins, {test::kAccount, {second.grant}}).empty());
  world.desired = {first};
  EXPECT_EQ(summary(world.plan()), "kept Pinned p\n");
}

TEST(Pin, OutlivesThatItsInstanceIsNotFound) {
  WantedGrant lost = on_instance("g", kFirst);
  lost.grant.resource = with_instance(lost.grant.resource, unknown_instance(kName));
  lost.grant.key = Key(test::kAccount, lost.grant.subject, lost.grant.resource);
  const WantedGrant first = on_instance("g", kFirst);

  World world = with_pins({{lost}, {ours("p", first)}}, {first.grant}, {first.grant});

  EXPECT_EQ(summary(world.plan()), "kept Pinned \nkept Pinned p\n");
}

TEST(Pin, EndsWhenTheManifestOfANamedInstanceChanges) {
  const WantedGrant first = on_instance("g", kFirst);
  WantedGrant changed = on_instance("g", kSecond);
  changed.grant.roles = {"Writer"};
  const std::vector<Observed> observed{ours("p", first)};

  EXPECT_EQ(summary(with_pins({{changed}, observed}, {first.grant}, {first.grant}).plan()),
            "create Missing \ndelete NotDesired p\n");
  const WantedGrant by_id = on_instance("h", kFirst, false);
  World taken = with_pins({{by_id}, observed}, {first.grant}, {first.grant});
  EXPECT_EQ(summary(taken.plan()), "update MarkerRewritten p\n") << "another manifest has the key";
}

TEST(Pin, OfWhatNobodyWantsOutlivesALookUpThatPointsThere) {
  const WantedGrant there = on_instance("g", kFirst);
  const WantedGrant elsewhere = on_instance("g", kSecond);
  const std::vector<Observed> observed{ours("p", there)};

  World moved = with_pins({{there}, observed}, {there.grant}, {elsewhere.grant});
  EXPECT_EQ(summary(moved.plan()), "kept Pinned p\n");

  World added = with_pins({{there}, observed}, {there.grant}, {});
  EXPECT_EQ(summary(added.plan()), "") << "a manifest wants it again";
  World by_id =
      with_pins({{on_instance("g", kFirst, false)}, observed}, {there.grant}, {elsewhere.grant});
  EXPECT_EQ(summary(by_id.plan()), "");
}

TEST(Pin, OfAnEarlierVersionIsKnownWhileTheNameRefersToTheSame) {
  const WantedGrant first = on_instance("g", kFirst);
  Grant by_id = first.grant;
  by_id.target_instance.reset();
  World world{{first}, {}};
  world.options.pins[first.grant.key] = grant_digest(by_id);

  EXPECT_EQ(summary(world.plan()), "kept Pinned \n");
}

TEST(GrantDigest, KnowsAllThatAManifestSaysAndNotWhere) {
  const Grant g = wanted("g", "a", "kms").grant;
  const auto digest_with = [&g](const std::function<void(Grant&)>& change) {
    Grant other = g;
    change(other);
    return grant_digest(other);
  };
  const std::string digest = grant_digest(g);

  EXPECT_EQ(digest_with([](Grant& o) { o.position.line = 9; }), digest);
  EXPECT_EQ(digest_with([](Grant& o) { o.labels["team"] = "x"; }), digest);
  EXPECT_NE(digest_with([](Grant& o) { o.name = "h"; }), digest);
  EXPECT_NE(digest_with([](Grant& o) { o.roles = {"Writer"}; }), digest);
  EXPECT_NE(digest_with([](Grant& o) { o.description = "text"; }), digest);
  EXPECT_NE(digest_with([](Grant& o) { o.is_protected = true; }), digest);
  EXPECT_NE(digest_with([](Grant& o) { o.suspend = true; }), digest);
  EXPECT_NE(digest_with([](Grant& o) { o.release = true; }), digest);
  EXPECT_NE(digest_with([](Grant& o) { o.expires_at = Timestamp{std::chrono::hours(1)}; }), digest);
}

TEST(ClockInDoubt, NeitherTakesAwayNorRestoresWhatSeemsToHaveExpired) {
  const WantedGrant g = expired(wanted("g", "a", "kms"));
  World world{{g}, {ours("p", wanted("g", "a", "kms", {"Writer"}))}};
  EXPECT_EQ(summary(world.plan()), "delete Expired p\n");

  world.options.time = test::time_in_doubt();
  EXPECT_EQ(summary(world.plan()), "kept ClockSkew p\n");
  world.observed.clear();
  EXPECT_EQ(summary(world.plan()), "kept ClockSkew \n");
  world.observed = {altered("p", "hs")};
  EXPECT_EQ(summary(world.plan()), "kept ClockSkew \nkept ClockSkew p\n");
}

TEST(ClockInDoubt, LetsAllOtherGrantsGoOn) {
  World world{{expired(wanted("g", "a", "kms")), wanted("h", "a", "hs")}, {}};
  world.options.time = test::time_in_doubt();

  EXPECT_EQ(summary(world.plan()), "create Missing \nkept ClockSkew \n");
}

}  // namespace
}  // namespace authzd
