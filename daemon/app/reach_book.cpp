// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/reach_book.hpp"

#include "reconciler/model/marker.hpp"
#include "reconciler/plan/ownership.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace authzd {
namespace {

PolicyOwner owner_of(const Observed& policy,
                     const Description& description,
                     const AccountSpec& spec) {
  if (!policy.template_id.empty() || is_service_made(policy)) return PolicyOwner::foreign;
  if (!description.marker) return PolicyOwner::unmanaged;
  const std::string& owner = description.marker->owner;
  const bool is_ours = owner == spec.owner || spec.previous_owners.contains(owner);
  return is_ours ? PolicyOwner::ours : PolicyOwner::foreign;
}

/// All names of roles that the account's list and its plan know.
RoleNames names_in(const SharedPolicies& policies, RoleNames names) {
  for (const Observed& policy : policies) {
    names.insert(policy.role_names.begin(), policy.role_names.end());
  }
  return names;
}

/// Names that several roles have: only the CRN tells those apart.
std::set<std::string> names_of_several(const RoleNames& names) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [crn, name] : names) ++counts[name];
  std::set<std::string> several;
  for (const auto& [name, count] : counts) {
    if (count > 1) several.insert(name);
  }
  return several;
}

ReachPolicy reach_of(const Observed& policy,
                     const AccountSpec& spec,
                     const RoleNames& names,
                     const std::set<std::string>& several) {
  const Description description = parse_description(policy.content.description);
  ReachPolicy reach;
  reach.id = policy.id;
  reach.owner = owner_of(policy, description, spec);
  if (description.marker) reach.name = description.marker->name;
  reach.subject = policy.content.subject;
  reach.resource = policy.content.resource;
  reach.description = description.text;
  reach.last_used = policy.last_permit_at;
  for (const std::string& crn : policy.content.roles) {
    std::string shown = roles_text({crn}, names);
    if (several.contains(shown)) shown += " (" + crn + ")";
    reach.roles.push_back(std::move(shown));
  }
  std::ranges::sort(reach.roles);
  return reach;
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
  ReachView view{spec.id, spec.name, kept.listed, {}, names_in(kept.policies, kept.names)};
  const auto several = names_of_several(view.names);
  for (const Observed& policy : kept.policies) {
    const bool is_as_listed = policy.state == PolicyState::active &&
                              !kept.removed.contains(policy.id) && !kept.stored.contains(policy.id);
    if (!is_as_listed) continue;
    view.policies.push_back(reach_of(policy, spec, view.names, several));
    if (kept.disputed.contains(policy.id)) view.policies.back().owner = PolicyOwner::foreign;
  }
  for (const auto& [id, policy] : kept.stored) {
    view.policies.push_back(reach_of(policy, spec, view.names, several));
  }
  return view;
}

std::size_t ReachBook::kept_policies() const {
  std::size_t kept = 0;
  for (const auto& [account, list] : kept_) kept += list.policies.size();
  return kept;
}

}  // namespace authzd
