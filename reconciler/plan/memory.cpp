// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/memory.hpp"

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
  if (const Timestamp* since = find(memory.removals_since, hash_action(action))) {
    removal.wanted_since = *since;
  }
}

/// Compared with what was ours: an action may do both, where someone gave one role for another.
void recall_write(Action& action, const PolicyContent& ours) {
  action.is_repair = action.before && permits_all_of(*action.after, ours);
  action.is_restore = permits_all_of(ours, *action.after);
}

void recall_action(Action& action, const PlanMemory& memory) {
  if (action.removal) recall_removal(action, memory);
  if (action.verb == Verb::update) {
    if (const PolicyContent* ours = find(memory.written, action.id)) recall_write(action, *ours);
  }
  if (action.verb != Verb::create) return;
  const LostPolicy* lost = find(memory.lost, action.key);
  const PolicyId* id = lost != nullptr ? &lost->id : find(memory.unwritten, action.key);
  if (id == nullptr) return;
  if (lost != nullptr) recall_write(action, lost->content);
  const Drift* deletion = find(memory.deletions, *id);
  action.drift = deletion != nullptr ? *deletion : Drift{};  // IAM tells it for some days only
  action.drift->deleted = *id;
}

}  // namespace

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
    if (action.removal) wanted.insert(hash_action(action));
  }
  return wanted;
}

}  // namespace authzd
