// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/bookkeeping.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/rails.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// Each hold of the plan that the hash speaks of, once.
std::vector<Hold> named_holds(const Plan& plan, std::string_view hash) {
  std::vector<Hold> holds;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      const bool is_named = hash == plan.hash || hash == hold.hash;
      if (is_named && std::ranges::find(holds, hold.hash, &Hold::hash) == holds.end()) {
        holds.push_back(hold);
      }
    }
  }
  return holds;
}

}  // namespace

/// The approval ends first: should the process die in between, it is the outcome that is found out
/// by reading, and an approval is never used twice.
Result<void> record_outcome(AccountState& state,
                            const AccountId& account,
                            const ActionRef& ref,
                            const Action& action,
                            const Outcome& outcome,
                            Timestamp now) {
  if (outcome.kind == OutcomeKind::done) {
    auto ended = state.approvals.mark_done(approvals_on(account, action), now);
    if (!ended) return ended;
  }
  return state.runs.record(ref, action, outcome, now);
}

Result<std::vector<Hold>> approve(AccountState& state,
                                  const Plan& plan,
                                  std::string_view hash,
                                  const Grantor& by) {
  std::vector<Hold> holds = named_holds(plan, hash);
  if (holds.empty()) {
    return Error{ErrorCode::not_found,
                 "nothing is held under " + printable(hash) +
                     "; it may be done, or the plan may have changed. `authzd plan` shows what is "
                     "held now"};
  }
  for (const Hold& hold : holds) {
    auto kept =
        state.approvals.approve_hold(hold.hash, hold.rail, approvals_of(plan, hold.hash), by);
    if (kept && names_rail(hold, rail::kFirstDeletes)) {
      kept = state.approvals.approve_first_deletes(by);
    }
    if (!kept) return std::move(kept).error();
  }
  return holds;
}

Result<void> approve_revision(AccountState& state, std::string_view revision, const Grantor& by) {
  const auto attempted = state.revisions.attempted();
  if (!attempted) return attempted.error();
  if (!*attempted || (*attempted)->revision != revision) {
    return Error{ErrorCode::not_found,
                 printable(revision) + " is not the newest revision that was tried"};
  }
  return state.approvals.approve_revision((*attempted)->revision, by);
}

}  // namespace authzd
