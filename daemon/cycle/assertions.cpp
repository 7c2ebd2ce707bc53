// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/assertions.hpp"

#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/plan/asserted.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/plan_draft.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <vector>

namespace authzd {
namespace {

Note assertions_unknown() {
  Note note;
  note.reason = NoteReason::assertions_unknown;
  note.message =
      "no manifests in force are known here, so that nothing was checked against their assertions";
  return note;
}

/// A published role's CRN may differ from IAM's in all but its last part.
void name_by_last_part(const Observed& policy,
                       const std::vector<Role>& published,
                       KnownRoleNames& names) {
  for (const std::string& crn : policy.content.roles) {
    if (names.contains(crn) || !is_predefined_role(crn)) continue;
    for (const Role& role : published) {
      if (last_part(role.crn) == last_part(crn)) names.emplace(crn, role.display_name);
    }
  }
}

/// More policies can break neither what `always` wants, nor what is broken already.
void doubt(AssertionResult& result, const Assertion& assertion, std::size_t unreadable) {
  const bool may_break = !assertion.never.empty() || !assertion.only.empty();
  if (unreadable == 0 || !may_break) return;
  result.undecided += unreadable;
  if (result.verdict == Verdict::holds) result.verdict = Verdict::undecided;
}

}  // namespace

KnownRoleNames known_role_names(std::span<const Observed> policies, const RoleNames& looked_up) {
  KnownRoleNames names(looked_up.begin(), looked_up.end());
  std::map<RoleQuery, std::vector<Role>> published;
  for (const Observed& policy : policies)
    names.insert(policy.role_names.begin(), policy.role_names.end());
  for (const Observed& policy : policies) {
    const RoleQuery pair = role_query(policy.content.subject, policy.content.resource);
    const auto [roles, is_new] = published.try_emplace(pair);
    if (is_new) roles->second = published_roles(pair);
    name_by_last_part(policy, roles->second, names);
  }
  return names;
}

void take_assertions(PlanOptions& options,
                     std::span<const Assertion> assertions,
                     std::span<const Observed> policies,
                     const RoleNames& looked_up) {
  if (assertions.empty()) return;
  options.assertions = assertions;
  options.role_names = known_role_names(policies, looked_up);
}

boost::asio::awaitable<Plan> make_plan_in_turns(
    const AccountId& account,                // coroutine-ref: the awaiter's
    std::span<const ResolvedGrant> desired,  // coroutine-ref: the awaiter's
    std::span<const Observed> observed,      // coroutine-ref: the awaiter's
    const Ownership& ownership,              // coroutine-ref: the awaiter's
    const PlanOptions& options) {            // coroutine-ref: the awaiter's
  PlanDraft draft = draft_plan(account, desired, observed, ownership, options);
  {
    AssertionGuard guard(draft.plan, observed, options.assertions, options.role_names);
    while (guard.step()) co_await boost::asio::post(boost::asio::use_awaitable);
  }  // which returns the actions
  co_return finish_plan(std::move(draft), ownership, options);
}

KnownAccount known_of(const Observation& observation, const KnownRoleNames& names) {
  return {observation.policies, names, observation.unreadable.size()};
}

boost::asio::awaitable<void> judge_assertions(
    Plan& plan,                // coroutine-ref: the awaiter's
    const GoodRevision& good,  // coroutine-ref: the awaiter's
    KnownAccount known) {
  plan.lost_assertions = good.lost_assertions;
  if (good.desired.assertions.empty()) co_return;
  const AssertedAccount account(plan, known.policies, known.names);
  for (const Assertion& assertion : good.desired.assertions) {
    AssertionJudgement judgement(account, assertion);
    while (judgement.step()) co_await boost::asio::post(boost::asio::use_awaitable);
    plan.assertions.push_back(std::move(judgement).finish());
    doubt(plan.assertions.back(), assertion, known.unreadable);
    co_await boost::asio::post(boost::asio::use_awaitable);
  }
}

boost::asio::awaitable<void> judge_against_known(Plan& plan,  // coroutine-ref: the awaiter's
                                                 SharedRevision good,
                                                 KnownAccount known) {
  if (good) {
    co_await judge_assertions(plan, *good, known);
    plan.lost_assertions.clear();  // the revision's own plan reports them
  } else if (!plan.actions.empty()) {
    plan.notes.push_back(assertions_unknown());
    sort_notes(plan);
  }
}

}  // namespace authzd
