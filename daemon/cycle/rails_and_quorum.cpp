// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/rails_and_quorum.hpp"

#include "reconciler/plan/asserted.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace authzd {

Plan with_rails(Plan plan,
                const AccountSpec& spec,
                const RailHistory& history,
                const std::set<std::string>& approved,
                const PlanMemory& memory,
                const PlanOptions& options,
                std::span<const Observed> policies) {
  if (memory.written.empty()) return apply_rails(std::move(plan), spec.rails, history, approved);
  Plan railed = apply_rails(plan, spec.rails, history, approved);
  Plan allowed;
  allowed.account = railed.account;
  allowed.actions = repairs_of_held(railed, memory, spec.rails.never, policies);
  allowed = keep_asserted(std::move(allowed), policies, options.assertions, options.role_names);
  const std::vector<Action>& repairs = allowed.actions;
  if (repairs.empty()) return railed;
  std::set<PolicyId> repaired;
  for (const Action& repair : repairs) repaired.insert(repair.id);
  const auto waits = [&](const Action& action) { return repaired.contains(action.id); };
  Plan now = std::move(plan);
  std::erase_if(now.actions, waits);
  now.actions.insert(now.actions.begin(), repairs.begin(), repairs.end());
  now = apply_rails(std::move(now), spec.rails, history, approved);
  std::ranges::copy_if(railed.actions, std::back_inserter(now.actions), waits);
  return now;
}

bool may_be_held_later(const Plan& plan, const AccountSpec& spec, const RailHistory& history) {
  if (!spec.approvers.not_the_author) return false;
  Plan later;
  later.account = plan.account;
  for (const Note& note : plan.notes) {
    if (!is_satisfied(note) || !note.policy) continue;
    Action create;
    create.name = note.name;
    create.key = key_of(plan.account, *note.policy);
    create.after = note.policy;
    create.risk = Risk::widening;
    later.actions.push_back(std::move(create));
  }
  if (later.actions.empty()) return false;
  later = apply_rails(std::move(later), spec.rails, history, {});
  return std::ranges::any_of(later.actions, is_held);
}

Result<Authors> authors_of_what_waits(const AccountState& state, Timestamp now) {
  auto authors = state.revisions.authors();
  if (!authors) return authors;
  auto of_ended = state.rails.authors_of_ended(now);
  if (!of_ended) return of_ended;
  return merged(std::move(*authors), *of_ended);
}

Result<Quorum> quorum_of(const AccountSpec& spec,
                         const AccountState& state,
                         Timestamp now,
                         const Authors& besides) {
  Quorum quorum{.need = spec.approvers.need};
  if (!spec.approvers.not_the_author) return quorum;
  auto authors = authors_of_what_waits(state, now);
  if (!authors) return std::move(authors).error();
  quorum.may_approve = [approvers = spec.approvers,
                        authors = merged(std::move(*authors), besides)](const Grantor& by) {
    return why_not_approver(approvers, by.login_uid, authors).empty();
  };
  return quorum;
}

}  // namespace authzd
