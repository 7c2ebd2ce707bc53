// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/reach_book.hpp"

#include "reconciler/model/marker.hpp"
#include "reconciler/plan/ownership.hpp"

#include <utility>
#include <vector>

namespace authzd {
namespace {

/// By its marker alone: the cycle knows more, and has said what is disputed.
PolicyOwner owner_by_marker(const Observed& policy,
                            const Description& description,
                            const AccountSpec& spec) {
  if (!policy.template_id.empty() || is_service_made(policy)) return PolicyOwner::foreign;
  if (!description.marker) return PolicyOwner::unmanaged;
  const std::string& owner = description.marker->owner;
  const bool is_ours = owner == spec.owner || spec.previous_owners.contains(owner);
  return is_ours ? PolicyOwner::ours : PolicyOwner::foreign;
}

}  // namespace

bool ReachBook::note(const AccountId& account, const CycleEnd& end) {
  if (!end.performed) return true;
  const Planned& planned = end.performed->planned;
  kept_.erase(account);
  if (kept_policies() + planned.listed.size() > kMostReachKept) return false;
  Kept kept{planned.listed, planned.time.now, {}, {}, {}, planned.role_names};
  for (const Note& note : planned.plan.notes) {
    if (note.reason == NoteReason::disputed) kept.disputed.insert(note.id);
  }
  for (const Outcome& outcome : end.performed->outcomes) {
    if (outcome.kind != OutcomeKind::done) continue;
    const Action& action = planned.plan.actions[outcome.action];
    if (action.verb == Verb::remove) {
      kept.removed.insert(action.id);
    } else if (outcome.stored) {
      kept.stored.emplace(outcome.stored->policy.id, outcome.stored->policy);
    }
  }
  kept_.emplace(account, std::move(kept));
  return true;
}

std::optional<ReachView> ReachBook::view(const AccountSpec& spec) const {
  const auto found = kept_.find(spec.id);
  if (found == kept_.end()) return std::nullopt;
  const Kept& kept = found->second;
  std::vector<const Observed*> policies;
  for (const Observed& policy : kept.policies) {
    const bool is_as_listed = policy.state == PolicyState::active &&
                              !kept.removed.contains(policy.id) && !kept.stored.contains(policy.id);
    if (is_as_listed) policies.push_back(&policy);
  }
  for (const auto& [id, policy] : kept.stored) policies.push_back(&policy);
  ReachView view{spec.id, spec.name, kept.listed, {}, kept.names};
  return with_policies(
      std::move(view), policies, [&](const Observed& policy, const Description& description) {
        if (kept.disputed.contains(policy.id) && !kept.stored.contains(policy.id)) {
          return PolicyOwner::foreign;
        }
        return owner_by_marker(policy, description, spec);
      });
}

const Observed* ReachBook::find_in(const Kept& kept, const PolicyId& id) {
  const auto stored = kept.stored.find(id);
  if (stored != kept.stored.end()) return &stored->second;
  return kept.removed.contains(id) ? nullptr : kept.policies.find_active(id);
}

std::optional<KeptPolicy> ReachBook::find(const AccountSpec& spec, const PolicyId& id) const {
  const auto account = kept_.find(spec.id);
  if (account == kept_.end()) return std::nullopt;
  const Kept& kept = account->second;
  const Observed* policy = find_in(kept, id);
  if (policy == nullptr) return std::nullopt;
  KeptPolicy found{*policy, kept.listed};
  found.is_disputed = kept.disputed.contains(id) && !kept.stored.contains(id);
  found.owner =
      found.is_disputed
          ? PolicyOwner::foreign
          : owner_by_marker(*policy, parse_description(policy->content.description), spec);
  return found;
}

std::size_t ReachBook::kept_policies() const {
  std::size_t kept = 0;
  for (const auto& [account, list] : kept_) kept += list.policies.size();
  return kept;
}

}  // namespace authzd
