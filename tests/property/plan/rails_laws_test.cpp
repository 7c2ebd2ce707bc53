// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Laws of the rails, for every plan, every rule and every history.

#include "reconciler/rails/rails.hpp"
#include "tests/unit/rails/rails_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace authzd {
namespace {

using test::creation;
using test::removal;
using test::update;

const Timestamp kNow{std::chrono::hours(10'000)};
const Timestamp kEnd = kNow - std::chrono::hours(1);

bool one_case_in(int n) {
  return *rc::gen::inRange(0, n) == 0;
}

Action any_removal(const std::string& n) {
  Action action = removal(n);
  if (!one_case_in(3)) {
    action.removal->last_permit_at = kNow - std::chrono::hours(24 * *rc::gen::inRange(0, 60));
  }
  if (one_case_in(3)) {
    action.removal->covered_by = PolicyId("cover");
    action.removal->covered_since = kNow - std::chrono::hours(24 * *rc::gen::inRange(0, 60));
  }
  if (one_case_in(2)) {
    action.removal->wanted_since = kNow - std::chrono::minutes(*rc::gen::inRange(0, 120));
  }
  if (one_case_in(3)) action.removal->made_by = IamId("IBMid-person");
  if (one_case_in(4)) action.reason = Reason::unmarked;
  if (one_case_in(4)) {
    action.reason = Reason::expired;
    action.removal->expires_at = kEnd;
    action.removal->is_announced = one_case_in(2);
  }
  return action;
}

Action any_action(const std::string& n) {
  switch (*rc::gen::inRange(0, 4)) {
    case 0: return creation(n);
    case 1: return update(n, {"Reader", "Writer"});  // widening
    case 2: return update(n, {"Writer"});            // both
    default: return any_removal(n);
  }
}

struct Case {
  Plan plan;
  RailRules rules;
  RailHistory history;

  [[nodiscard]] Plan railed(const std::set<std::string>& approved = {}) const {
    return apply_rails(plan, rules, history, approved);
  }
};

Case any_case() {
  Case it;
  it.plan = test::plan_with({}, *rc::gen::inRange<std::size_t>(0, 40));
  const int n = *rc::gen::inRange(0, 12);
  for (int i = 0; i < n; ++i) it.plan.actions.push_back(any_action(std::to_string(i)));
  RailLimits& limits = it.rules.limits;
  limits.max_delete = *rc::gen::inRange<std::size_t>(0, 6);
  limits.max_update = *rc::gen::inRange<std::size_t>(0, 6);
  limits.max_create = *rc::gen::inRange<std::size_t>(0, 6);
  it.rules.hold_unknown = one_case_in(2);
  if (one_case_in(2)) it.rules.allow.roles = {"Reader"};
  it.history.now = kNow;
  it.history.deletes = *rc::gen::inRange<std::size_t>(0, 3);
  it.history.first_deletes_approved = one_case_in(2);
  return it;
}

std::set<std::string> hashes_of(const Plan& plan) {
  std::set<std::string> hashes;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) hashes.insert(hold.hash);
  }
  return hashes;
}

std::set<std::string> any_subset(const std::set<std::string>& all) {
  std::set<std::string> some;
  for (const std::string& one : all) {
    if (one_case_in(2)) some.insert(one);
  }
  return some;
}

/// The holds without an approval, action by action.
Plan without(Plan plan, const std::set<std::string>& approved) {
  for (Action& action : plan.actions) {
    std::erase_if(action.holds, [&](const Hold& hold) { return approved.contains(hold.hash); });
  }
  return plan;
}

RC_GTEST_PROP(RailLaw, NoRailIsPassedWithoutApprovalOfExactlyTheseActions, ()) {
  const Case it = any_case();
  const Plan held = it.railed();
  const std::set<std::string> approved = any_subset(hashes_of(held));

  RC_ASSERT(it.railed(approved) == without(held, approved));

  std::set<std::string> one_by_one;
  for (const std::string& hash : approved) one_by_one.merge(approvals_of(held, hash));
  RC_ASSERT(it.railed(one_by_one) == without(held, approved));
}

RC_GTEST_PROP(RailLaw, WhatIsApprovedStaysSoWhateverElseIsDoneOrJoins, ()) {
  Case it = any_case();
  const Plan held = it.railed();
  std::set<std::string> approved;
  for (const std::string& hash : hashes_of(held)) approved.merge(approvals_of(held, hash));
  const Plan before = it.plan;
  std::erase_if(it.plan.actions, [](const Action&) { return one_case_in(3); });
  it.history.deletes += before.actions.size() - it.plan.actions.size();
  it.plan.actions.push_back(any_removal("joined"));

  const Plan after = it.railed(approved);

  for (const Action& action : after.actions) {
    if (action.id == PolicyId("pjoined")) continue;
    for (const Hold& hold : action.holds) {
      // Only a rail that did not hold it before may do so now: the numbers have grown.
      const auto was = std::find_if(held.actions.begin(), held.actions.end(), [&](const Action& a) {
        return a.key == action.key;
      });
      for (const std::string_view rail : rail::kAll) {
        const bool held_before =
            std::any_of(was->holds.begin(), was->holds.end(), [&](const Hold& earlier) {
              return names_rail(earlier, rail);
            });
        RC_ASSERT(!(held_before && names_rail(hold, rail)));
      }
    }
  }
}

RC_GTEST_PROP(RailLaw, MoreApprovalsNeverHoldMore, ()) {
  const Case it = any_case();
  const std::set<std::string> more = any_subset(hashes_of(it.railed()));
  const std::set<std::string> less = any_subset(more);
  const Plan strict = it.railed(less);
  const Plan loose = it.railed(more);
  for (std::size_t i = 0; i < strict.actions.size(); ++i) {
    RC_ASSERT(!is_held(loose.actions[i]) || is_held(strict.actions[i]));
  }
}

RC_GTEST_PROP(RailLaw, AFullerWindowNeverLetsMoreThrough, ()) {
  Case it = any_case();
  const Plan loose = it.railed();
  it.history.deletes += *rc::gen::inRange<std::size_t>(0, 5);
  it.history.updates += *rc::gen::inRange<std::size_t>(0, 5);
  it.history.creates += *rc::gen::inRange<std::size_t>(0, 5);
  const Plan strict = it.railed();
  for (std::size_t i = 0; i < strict.actions.size(); ++i) {
    RC_ASSERT(!is_held(loose.actions[i]) || is_held(strict.actions[i]));
  }
}

RC_GTEST_PROP(RailLaw, TheyAreIdempotentAndTouchNothingButHolds, ()) {
  const Case it = any_case();
  const std::set<std::string> approved = any_subset(hashes_of(it.railed()));
  Plan once = it.railed(approved);
  RC_ASSERT(apply_rails(once, it.rules, it.history, approved) == once);
  for (Action& action : once.actions) action.holds.clear();
  RC_ASSERT(once == it.plan);
}

RC_GTEST_PROP(RailLaw, HashesKnowNoOrderAndNoTime, ()) {
  Case it = any_case();
  const std::set<std::string> hashes = hashes_of(it.railed());
  if (!it.plan.actions.empty()) {
    const auto turn = *rc::gen::inRange<std::size_t>(0, it.plan.actions.size());
    std::rotate(it.plan.actions.begin(),
                it.plan.actions.begin() + static_cast<std::ptrdiff_t>(turn),
                it.plan.actions.end());
  }
  for (Action& action : it.plan.actions) action.position.line = 99;
  RC_ASSERT(hashes_of(it.railed()) == hashes);
}

}  // namespace
}  // namespace authzd
