// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Laws of the undo, for any run in any world.
#include "reconciler/undo/undo.hpp"
#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace authzd::test {
namespace {

using Policies = std::vector<Observed>;

const std::vector<std::string> kTargets{"kms", "hs-crypto", "cos", "is", "logs"};

RoleSet any_roles() {
  return *rc::gen::element<RoleSet>(RoleSet{"R"}, RoleSet{"W"}, RoleSet{"R", "W"});
}

bool one_in(int n) {
  return *rc::gen::inRange(0, n) == 0;
}

/// A run, and the world before and after it.
struct Run {
  Policies before;
  Policies after;
  std::vector<PastAction> past;
};

const Observed* find(const Policies& policies, const PolicyId& id) {
  const auto found = std::ranges::find(policies, id, &Observed::id);
  return found == policies.end() ? nullptr : &*found;
}

/// Performs each action and records its outcome.
Run perform_all(Policies before, const std::vector<Action>& actions) {
  Run run{before, std::move(before), {}};
  for (const Action& action : actions) {
    Policies next = perform(run.after, action);
    Outcome outcome;
    outcome.kind = OutcomeKind::done;
    outcome.wrote = next != run.after;
    if (action.verb == Verb::create && outcome.wrote) {
      const auto made = std::ranges::find_if(next, [&](const Observed& policy) {
        const Observed* old = find(run.after, policy.id);
        return old == nullptr || old->state != policy.state;
      });
      outcome.stored = Versioned{*made, {}};
    } else if (action.verb == Verb::update) {
      outcome.stored = Versioned{*find(next, action.id), {}};
    }
    run.past.push_back({action, one_in(6) ? std::nullopt : std::optional(outcome)});
    run.after = std::move(next);
  }
  return run;
}

/// A run of the planner: any manifests against any policies of ours.
Run any_run() {
  Policies observed;
  std::vector<WantedGrant> desired;
  for (const std::string& target : kTargets) {
    const std::string name = "g-" + target;
    if (!one_in(3)) observed.push_back(ours("p-" + target, wanted(name, "a", target, any_roles())));
    if (!one_in(3)) desired.push_back(wanted(name, "a", target, any_roles()));
  }
  std::ranges::sort(desired, {}, [](const WantedGrant& grant) { return grant.grant.key; });
  const Plan plan = make_plan(kAccount, resolved(desired), observed, prod(), in_sync_mode());
  return perform_all(observed, plan.actions);
}

Undo undo_of(const Run& run, const Policies& now) {
  return make_undo(kAccount, run.past, now, prod(), {});
}

/// Active policies by key: what they grant. Ids of recreated policies may differ.
std::map<Key, PolicyContent> grants(const Policies& policies) {
  std::map<Key, PolicyContent> found;
  for (const Observed& policy : policies) {
    if (policy.state != PolicyState::active) continue;
    found.emplace(key_of(kAccount, policy.content), policy.content);
  }
  return found;
}

RC_GTEST_PROP(UndoLaw, BringsBackTheStateBeforeTheRunWithItsIds, ()) {
  const Run run = any_run();

  const Undo undo = undo_of(run, run.after);
  const Policies back = perform(run.after, undo.plan.actions);

  RC_ASSERT(grants(back) == grants(run.before));
  for (const Observed& policy : run.before) {
    RC_ASSERT(find(back, policy.id)->state == PolicyState::active);
  }
}

RC_GTEST_PROP(UndoLaw, OfAnUndoIsTheStateAfterTheRun, ()) {
  const Run run = any_run();
  const Undo undo = undo_of(run, run.after);
  const Run undone = perform_all(run.after, undo.plan.actions);

  const Undo again = undo_of(undone, undone.after);
  const Policies forth = perform(undone.after, again.plan.actions);

  RC_ASSERT(grants(forth) == grants(run.after));
}

RC_GTEST_PROP(UndoLaw, LeavesAloneWhatSomeoneTouchedSince, ()) {
  const Run run = any_run();
  Policies now = run.after;
  std::vector<PolicyId> touched;
  for (Observed& policy : now) {
    if (policy.state != PolicyState::active || !one_in(2)) continue;
    policy.content.roles = {"Manager"};
    policy.last_modified_by = kPerson;
    touched.push_back(policy.id);
  }

  const Undo undo = undo_of(run, now);

  for (const Action& action : undo.plan.actions) {
    RC_ASSERT(std::ranges::find(touched, action.id) == touched.end());
  }
}

RC_GTEST_PROP(UndoLaw, IsDoneOnceAndPinsWhatItDoes, ()) {
  const Run run = any_run();
  const Undo undo = undo_of(run, run.after);
  const Policies back = perform(run.after, undo.plan.actions);

  for (const Action& action : undo.plan.actions) RC_ASSERT(undo.touched.contains(action.key));
  RC_ASSERT(undo_of(run, back).plan.actions.empty());
}

}  // namespace
}  // namespace authzd::test
