// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/reviewed_plan.hpp"

#include "daemon/cli/approve_text.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cycle/bookkeeping.hpp"
#include "daemon/cycle/cycle.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/plan/plan_name.hpp"
#include "reconciler/rails/rails.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

/// The best result of any of the hashes for the plan.
Review best_review(const std::vector<std::string>& given,
                   const Plan& plan,
                   Timestamp now,
                   std::chrono::milliseconds ttl) {
  Review best = Review::differs;
  for (const std::string& hash : given) {
    const Review review = judge_review(hash, plan, now, ttl);
    if (review == Review::stands) return review;
    if (review != Review::differs) best = review;
  }
  return best;
}

std::string why_not(Review review, const AccountSpec& spec, const std::string& hash, bool is_cut) {
  const std::string account = "account " + printable(spec.name);
  switch (review) {
    case Review::too_old:
      return account + ": the plan that --plan-hash names is older than rails.approvalTtl (" +
             to_string(spec.approval_ttl) + "). Its hash of now is " + hash;
    case Review::too_early:
      return account +
             ": the plan that --plan-hash names was made by a clock that is ahead of this one. "
             "Set the clocks right; its hash of now is " +
             hash;
    case Review::stands:
    case Review::differs: break;
  }
  if (is_cut) return account + ": --plan-hash takes the whole hash of a plan, which is " + hash;
  return account + " has the plan " + hash + " now, which --plan-hash does not name";
}

}  // namespace

std::optional<Obstacle> hash_mismatch(const std::vector<std::string>& given,
                                      std::span<const AccountPlan> plans) {
  for (const AccountPlan& plan : plans) {
    if (!plan.planned || plan.planned->plan.actions.empty()) continue;
    const AccountSpec& spec = plan.account->spec();
    const Timestamp now = plan.account->time().latest;
    const Review review = best_review(given, plan.planned->plan, now, spec.approval_ttl);
    if (review == Review::stands) continue;
    const std::string& hash = plan.planned->plan.hash;
    const bool is_cut = std::ranges::all_of(
        given, [&hash](const std::string& one) { return one.size() < hash.size(); });
    return Obstacle{.why = why_not(review, spec, hash, is_cut) +
                           "; nothing was written. Read the plan above, and apply its hash"};
  }
  return std::nullopt;
}

bool lets_first_deletes_through(const AccountPlan& plan) {
  if (is_restricted(plan.account->spec().approvers)) return false;
  return std::ranges::any_of(plan.planned->plan.actions, [](const Action& action) {
    return std::ranges::any_of(
        action.holds, [](const Hold& hold) { return names_rail(hold, rail::kFirstDeletes); });
  });
}

void end_first_deletes(const CommandContext& context,
                       AccountRuntime& account,
                       const Performed& performed) {
  if (!account.spec().keeps_state || !took_access_away(performed)) return;
  const Timestamp now = account.time().at_latest();
  ApprovalStore& approvals = account.state().approvals;
  auto kept = approvals.approve_first_deletes({context.who, now, std::nullopt, context.login_uid});
  if (kept) kept = approvals.mark_first_deletes_done(now);
  if (!kept) {
    fail(context, account.spec(), kept.error());
    return;
  }
  context.console.err << "authzd: account " << printable(account.spec().name) << ": "
                      << kFirstDeletesEnded;
}

std::set<std::string> let_through(const CommandContext& context, AccountPlan& plan) {
  const AccountSpec& spec = plan.account->spec();
  Plan& reviewed = plan.planned->plan;
  if (!is_restricted(spec.approvers)) {
    std::set<std::string> approved = approvals_of(reviewed, reviewed.hash);
    reviewed = without_holds(std::move(reviewed));
    return approved;
  }
  if (count(reviewed).held > 0) {
    context.console.err << "authzd: account " << printable(spec.name)
                        << ": rails.approvers says who approves, so that --plan-hash lets nothing "
                           "through: what is held waits for 'authzd approve'\n";
  }
  return {};
}

}  // namespace authzd
