// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/memory.hpp"

#include "reconciler/pattern/policy_pattern.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>

namespace authzd {
namespace {

template <class Key, class Value, class Sought>
const Value* find(const std::map<Key, Value>& in, const Sought& sought) {
  const auto found = in.find(sought);
  return found == in.end() ? nullptr : &found->second;
}

void recall_removal(Action& action, const PlanMemory& memory) {
  Removal& removal = *action.removal;
  if (const Timestamp* used = find(memory.last_uses, action.id)) {
    removal.last_permit_at = std::max(removal.last_permit_at.value_or(*used), *used);
    removal.is_never_used = false;
  }
  if (const Timestamp* since = find(memory.removals_since, hash_removal(action))) {
    removal.wanted_since = *since;
  }
}

/// Compares with our last write: an action may both repair and restore, if someone replaced a role.
/// If it is not certain which write was the last, it has to for each that may have been.
void recall_write(Action& action,
                  const PolicyId& id,
                  const PolicyContent& ours,
                  const PlanMemory& memory) {
  action.is_repair = action.before && permits_all_of(*action.after, ours);
  action.is_restore = permits_all_of(ours, *action.after);
  const auto* perhaps = find(memory.perhaps_written, id);
  if (perhaps == nullptr) return;
  for (const PolicyContent& content : *perhaps) {
    action.is_repair = action.is_repair && permits_all_of(*action.after, content);
    action.is_restore = action.is_restore && permits_all_of(content, *action.after);
  }
}

void recall_action(Action& action, const PlanMemory& memory) {
  if (action.removal) recall_removal(action, memory);
  if (action.verb == Verb::update) {
    const PolicyContent* ours = find(memory.written, action.id);
    if (ours != nullptr) recall_write(action, action.id, *ours, memory);
  }
  if (action.verb != Verb::create) return;
  const LostPolicy* lost = find(memory.lost, action.key);
  const PolicyId* id = lost != nullptr ? &lost->id : find(memory.unwritten, action.key);
  if (id == nullptr) return;
  if (lost != nullptr) recall_write(action, lost->id, lost->content, memory);
  const Drift* deletion = find(memory.deletions, *id);
  action.drift = deletion != nullptr ? *deletion : Drift{};  // IAM reports it for some days only
  action.drift->deleted = *id;
}

RoleSet wanted_of(RoleSet roles, const RoleSet& wanted) {
  std::erase_if(roles, [&](const std::string& role) { return !wanted.contains(role); });
  return roles;
}

/// It restores access that the held change does not want; a delete wants none.
bool gives_unwanted(const PolicyContent& before,
                    const std::optional<PolicyContent>& after,
                    const PolicyContent& kept) {
  return effect_of(before, kept).widens && !(after && permits_all_of(*after, kept));
}

/// Our last write, without what others removed meanwhile: only manifests restore that. With what
/// others added, if the held change wants it: otherwise it would be granted again. If others put
/// something else in its place, there is nothing to keep.
std::optional<PolicyContent> without_additions(const PolicyContent& before,
                                               const std::optional<PolicyContent>& after,
                                               const PolicyContent& ours) {
  PolicyContent kept = ours;
  const bool is_same_scope =
      after && after->subject == ours.subject && after->resource == ours.resource;
  if (is_same_scope) kept.roles.insert(after->roles.begin(), after->roles.end());
  std::erase_if(kept.roles, [&](const std::string& role) { return !before.roles.contains(role); });
  if (kept.roles.empty() && is_same_scope) kept.roles = wanted_of(ours.roles, after->roles);
  const bool is_all_of_it = after && kept.subject == after->subject &&
                            kept.resource == after->resource && kept.roles == after->roles;
  const bool takes_nothing = permits_all_of(kept, before);
  if (kept.roles.empty() || is_all_of_it || takes_nothing) return std::nullopt;
  if (gives_unwanted(before, after, kept)) return std::nullopt;
  return kept;
}

/// All that may be ours: what our last write left, and later ones may have. None if it is not known
/// of which source and target that is.
std::optional<PolicyContent> all_of_ours(const PolicyId& id, const PlanMemory& memory) {
  const PolicyContent* written = find(memory.written, id);
  if (written == nullptr) return std::nullopt;
  PolicyContent ours = *written;
  const auto* perhaps = find(memory.perhaps_written, id);
  if (perhaps == nullptr) return ours;
  for (const PolicyContent& content : *perhaps) {
    const bool is_same_scope = content.subject == ours.subject && content.resource == ours.resource;
    if (!is_same_scope) return std::nullopt;
    ours.roles.insert(content.roles.begin(), content.roles.end());
  }
  return ours;
}

/// It has our marker. A policy without its marker is left alone until a person decides.
bool is_marked_as_ours(const Action& action) {
  switch (action.reason) {
    case Reason::roles_differ:
    case Reason::text_differs:
    case Reason::extras_differ:
    case Reason::marker_rewritten:
    case Reason::altered:
    case Reason::not_desired:
    case Reason::expired: return true;
    case Reason::missing:
    case Reason::marker_restored:
    case Reason::adopted:
    case Reason::released:
    case Reason::unmarked:
    case Reason::added_by_others:
    case Reason::undone: break;
  }
  return false;
}

/// Who added it: not known once we changed the policy after them.
Drift last_change_by_others(const PolicyId& id,
                            const PlanMemory& memory,
                            std::span<const Observed> observed) {
  const auto policy = std::ranges::find(observed, id, &Observed::id);
  if (policy == observed.end() || memory.identities.contains(policy->last_modified_by)) return {};
  return {policy->last_modified_by, policy->last_modified_at, {}};
}

Action repair_of(const AccountId& account,
                 Action held,
                 PolicyContent kept,
                 const PlanMemory& memory,
                 std::span<const Observed> observed) {
  Action repair = std::move(held);
  const Effect effect = effect_of(repair.before, kept);
  repair.verb = Verb::update;
  repair.key = key_of(account, kept);
  repair.after = std::move(kept);
  repair.reason = Reason::added_by_others;
  repair.risk = to_risk(effect);
  repair.holds.clear();
  repair.is_repair = true;
  repair.is_restore = effect.widens;
  if (effect.narrows && !repair.removal) repair.removal.emplace();
  if (!repair.drift) repair.drift = last_change_by_others(repair.id, memory, observed);
  return repair;
}

}  // namespace

PolicyContent as_granted(PolicyContent written, const GrantedPolicy& granted) {
  const PolicyContent& content = granted.content;
  const bool is_same_scope =
      written.subject == content.subject && written.resource == content.resource;
  if (granted.is_whole || !is_same_scope) {
    // Keeps our description: a foreign one may lack the marker and the protection.
    written.subject = content.subject;
    written.resource = content.resource;
    written.roles = content.roles;
    written.extras = content.extras;
  } else {
    written.roles.insert(content.roles.begin(), content.roles.end());
  }
  return written;
}

std::vector<Action> repairs_of_held(const Plan& plan,
                                    const PlanMemory& memory,
                                    std::span<const PolicyPattern> never,
                                    std::span<const Observed> observed) {
  std::vector<Action> repairs;
  for (const Action& action : plan.actions) {
    if (!is_held(action) || !action.before) continue;
    if (!is_marked_as_ours(action)) continue;
    const auto ours = all_of_ours(action.id, memory);
    if (!ours) continue;
    if (permits_all_of(*ours, *action.before)) continue;
    auto kept = without_additions(*action.before, action.after, *ours);
    if (!kept || find_never(never, *kept) != nullptr) continue;
    repairs.push_back(repair_of(plan.account, action, std::move(*kept), memory, observed));
  }
  return repairs;
}

Plan recall(Plan plan, const PlanMemory& memory) {
  for (Action& action : plan.actions) recall_action(action, memory);
  for (Note& note : plan.notes) {
    for (Action& action : note.dropped) recall_action(action, memory);
  }
  return plan;
}

std::set<std::string> wanted_removals(const Plan& plan) {
  std::set<std::string> wanted;
  for (const Action& action : plan.actions) {
    if (action.removal) wanted.insert(hash_removal(action));
  }
  return wanted;
}

}  // namespace authzd
