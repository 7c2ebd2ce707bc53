// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Laws that hold for every world, not only for known examples.

#include "reconciler/pattern/policy_pattern.hpp"
#include "reconciler/plan/planner.hpp"
#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace authzd {
namespace {

using test::kAccount;
using test::kPerson;
using test::kUs;
using test::WantedGrant;

const std::vector<std::string> kTargets = {"kms", "hs", "cos", "is"};

struct World {
  std::vector<WantedGrant> desired;
  std::vector<Observed> observed;
  Ownership ownership = test::prod();
  PlanOptions options = test::in_sync_mode();

  [[nodiscard]] Plan plan() const {
    return make_plan(kAccount, resolved(desired), observed, ownership, options);
  }
};

RoleSet any_roles() {
  return *rc::gen::element<RoleSet>(RoleSet{"R"}, RoleSet{"W"}, RoleSet{"R", "W"});
}

bool one_in(int n) {
  return *rc::gen::inRange(0, n) == 0;
}

std::string any_description() {
  const Key key = test::key_for("a", *rc::gen::elementOf(kTargets));
  const auto name = *rc::gen::element<std::string>("g-kms", "g-hs", "old");
  switch (*rc::gen::inRange(0, 8)) {
    case 0: return "by hand";
    case 1: return render_description("", Marker{"dev", name, key.hash12(), false});
    case 2: return test::marked(name, key, true);
    case 3: return test::marked(name, key) + " " + test::marked("rival", key);
    default: return test::marked(name, key);
  }
}

Observed any_policy(const std::string& id, const std::string& target) {
  Observed policy = test::policy(id, "a", target, any_roles());
  policy.content.description = any_description();
  if (!one_in(4)) policy.created_by = kUs;
  if (one_in(8)) policy.created_by = IamId("crn:v1:service");
  if (one_in(8)) policy.template_id = "t";
  if (one_in(8)) policy.content.extras["rule"] = "{}";
  return policy;
}

World any_world() {
  World world;
  for (const std::string& target : kTargets) {
    if (one_in(3)) continue;
    world.desired.push_back(test::wanted("g-" + target, "a", target, any_roles()));
    Grant& grant = world.desired.back().grant;
    grant.suspend = one_in(8);
    grant.release = one_in(8);
    grant.is_protected = one_in(6);
    if (one_in(8)) grant.expires_at = Timestamp{};
    if (one_in(8)) world.desired.back().roles = Error{ErrorCode::timeout, "slow"};
  }
  for (const std::string& target : kTargets) {  // one policy per key, as in IAM
    if (one_in(4)) continue;
    world.observed.push_back(any_policy("p-" + target, target));
    if (one_in(4))
      world.ownership.known.own().emplace(PolicyId("p-" + target), PolicyOrigin::adopted);
  }
  world.options.adopt = *rc::gen::element(Adopt::never, Adopt::identical, Adopt::always);
  return world;
}

/// Plans and performs like the daemon until nothing is left to do; false if that never ends.
bool converges(World& world) {
  for (int cycle = 0; cycle < 6; ++cycle) {
    const Plan plan = world.plan();
    if (plan.actions.empty()) return true;
    world.observed = test::perform(std::move(world.observed), plan.actions);
  }
  return false;
}

RC_GTEST_PROP(PlanLaw, AnyPrefixOfAPlanConvergesToDesired, ()) {
  World world = any_world();
  const Plan plan = world.plan();
  const auto done = *rc::gen::inRange<std::size_t>(0, plan.actions.size() + 1);
  world.observed = test::perform(std::move(world.observed), std::span(plan.actions).first(done));

  RC_ASSERT(converges(world));

  const Plan last = world.plan();
  for (const WantedGrant& want : world.desired) {
    const bool is_had =
        std::any_of(world.observed.begin(), world.observed.end(), [&](const Observed& policy) {
          return policy.state == PolicyState::active && want.roles &&
                 key_of(kAccount, policy.content) == want.grant.key &&
                 policy.content.roles == *want.roles;
        });
    const bool is_explained =
        std::any_of(last.notes.begin(), last.notes.end(), [&](const Note& note) {
          return note.name == want.grant.name ||
                 (note.policy && key_of(kAccount, *note.policy) == want.grant.key);
        });
    RC_ASSERT(is_had || is_explained || want.grant.expires_at);
  }
}

RC_GTEST_PROP(PlanLaw, NoActionIsInTheWayOfAnother, ()) {
  const World world = any_world();
  std::vector<Observed> now = world.observed;
  for (const Action& action : world.plan().actions) {
    const std::vector<Observed> next = test::perform(now, action);
    RC_ASSERT(next != now);
    now = next;
  }
}

RC_GTEST_PROP(PlanLaw, TouchesNothingThatIsUnownedOrProtected, ()) {
  const World world = any_world();
  std::map<PolicyId, const Observed*> by_id;
  for (const Observed& policy : world.observed) by_id[policy.id] = &policy;

  for (const Action& action : world.plan().actions) {
    if (action.verb == Verb::create) continue;
    const Observed& policy = *by_id.at(action.id);
    const Description text = parse_description(policy.content.description);
    const bool is_known = world.ownership.known->contains(policy.id);
    RC_ASSERT(policy.template_id.empty() && !policy.created_by.value.starts_with("crn:"));
    if (!text.rivals.empty()) {  // both are of prod, and only the state counts
      RC_ASSERT(is_known);
      continue;
    }
    // RC_ASSERT evaluates both sides of an "or".
    if (text.marker) {
      RC_ASSERT(text.marker->owner == "prod");
      RC_ASSERT(is_known || policy.created_by == kUs);
    } else {
      RC_ASSERT(is_known || action.reason == Reason::adopted);
    }
    if (text.marker && text.marker->is_protected) {
      RC_ASSERT(action.verb == Verb::update && action.risk != Risk::narrowing);
    }
  }
}

RC_GTEST_PROP(PlanLaw, TouchesNothingThatItCannotJudge, ()) {
  World world = any_world();
  for (WantedGrant& want : world.desired) {
    if (one_in(3)) want.roles = Error{ErrorCode::timeout, "slow"};
  }
  const auto is_unknown = [](const WantedGrant& want) {
    const Grant& grant = want.grant;
    return !want.roles && !grant.suspend && !grant.release && !grant.expires_at;
  };
  for (const Action& action : world.plan().actions) {
    for (const WantedGrant& want : world.desired) {
      if (!is_unknown(want)) continue;
      RC_ASSERT(action.key != want.grant.key);
      if (!action.before) continue;
      RC_ASSERT(key_of(kAccount, *action.before) != want.grant.key);
      const auto marker = parse_description(action.before->description).marker;
      if (marker) {
        RC_ASSERT(marker->hash12 != want.grant.key.hash12() || action.verb != Verb::remove);
      }
    }
  }
}

RC_GTEST_PROP(PlanLaw, TouchesNoPinnedKey, ()) {
  World world = any_world();
  const Plan free = world.plan();
  std::set<Key> pinned;
  for (const std::string& target : kTargets) {
    if (one_in(2)) continue;
    const Key key = test::key_for("a", target);
    const auto want = std::find_if(world.desired.begin(),
                                   world.desired.end(),
                                   [&](const WantedGrant& r) { return r.grant.key == key; });
    const Grant* grant = want == world.desired.end() ? nullptr : &want->grant;
    world.options.pins[key] = grant == nullptr ? "absent" : grant_digest(*grant);
    pinned.insert(key);
  }
  const Plan plan = world.plan();
  for (const Action& action : plan.actions) {
    RC_ASSERT(!pinned.contains(action.key));
    if (action.before) RC_ASSERT(!pinned.contains(key_of(kAccount, *action.before)));
  }
  if (pinned.empty()) RC_ASSERT(plan == free);
}

RC_GTEST_PROP(PlanLaw, TouchesAndMakesNothingThatFitsNever, ()) {
  World world = any_world();
  world.options.never = {{{"target.serviceName", *rc::gen::elementOf(kTargets)}}, {{"x", "*"}}};
  for (const Action& action : world.plan().actions) {
    for (const auto* content : {&action.before, &action.after}) {
      if (*content) RC_ASSERT(find_never(world.options.never, **content) == nullptr);
    }
  }
}

RC_GTEST_PROP(PlanLaw, ActsOnNoExpiryByAClockInDoubt, ()) {
  World world = any_world();
  world.options.time = test::time_in_doubt();
  for (const Action& action : world.plan().actions) {
    RC_ASSERT(action.reason != Reason::expired);
    for (const WantedGrant& want : world.desired) {
      RC_ASSERT(!want.grant.expires_at || want.grant.release || action.key != want.grant.key);
    }
  }
}

RC_GTEST_PROP(PlanLaw, FindsNothingToDoInWhatItMade, ()) {
  World world;
  for (const std::string& target : kTargets) {
    if (!one_in(4)) world.desired.push_back(test::wanted("g", "a", target, any_roles()));
    if (one_in(2)) world.observed.push_back(test::policy("other-" + target, "b", target));
    if (one_in(3))
      world.observed.push_back(test::ours("p-" + target, test::wanted("g", "a", target)));
  }
  world.observed = test::perform(std::move(world.observed), world.plan().actions);

  const Plan plan = world.plan();

  RC_ASSERT(plan.actions.empty());
  RC_ASSERT(plan.in_sync == world.desired.size());
  RC_ASSERT(plan.ours == world.desired.size());
  for (const Note& note : plan.notes) RC_ASSERT(note.kind == NoteKind::unmanaged);
}

RC_GTEST_PROP(PlanLaw, LeavesTheRestAsItWas, ()) {
  World world = any_world();
  world.options.adopt = Adopt::never;
  const std::vector<Observed> before = world.observed;
  RC_ASSERT(converges(world));

  for (const Observed& policy : before) {
    const Description text = parse_description(policy.content.description);
    const bool is_known = world.ownership.known->contains(policy.id);
    const bool is_one_of_us = is_known || policy.created_by == kUs;
    const bool is_marked_ours = text.marker && text.marker->owner == "prod";
    const bool is_foreign =
        !policy.template_id.empty() || policy.created_by.value.starts_with("crn:");
    const bool is_witnessed = text.rivals.empty() ? is_one_of_us : is_known;
    const bool is_ours = is_marked_ours ? is_witnessed : is_known && !text.marker;
    if (is_ours && !is_foreign) continue;
    RC_ASSERT(std::count(world.observed.begin(), world.observed.end(), policy) == 1);
  }
}

RC_GTEST_PROP(PlanLaw, OrderOfInputNeverMatters, ()) {
  World world = any_world();
  world.observed.push_back(any_policy("second", "kms"));
  const Plan plan = world.plan();
  std::reverse(world.desired.begin(), world.desired.end());
  std::rotate(world.observed.begin(), world.observed.begin() + 1, world.observed.end());
  RC_ASSERT(world.plan() == plan);
}

RC_GTEST_PROP(PlanLaw, AModeOnlyTakesActionsAway, ()) {
  World world = any_world();
  const Plan all = world.plan();
  for (const Mode mode : {Mode::observe, Mode::create_only, Mode::upsert_only}) {
    world.options.mode = mode;
    const Plan some = world.plan();
    RC_ASSERT(some.notes.size() + some.actions.size() == all.notes.size() + all.actions.size());
    for (const Action& action : some.actions) {
      RC_ASSERT(is_allowed(mode, action.verb));
      RC_ASSERT(std::count(all.actions.begin(), all.actions.end(), action) == 1);
    }
  }
}

}  // namespace
}  // namespace authzd
