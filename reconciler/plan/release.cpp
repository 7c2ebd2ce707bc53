// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/release.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/never.hpp"
#include "reconciler/plan/notes.hpp"

#include <algorithm>
#include <tuple>

namespace authzd {
namespace {

Action release(const Sighting& it) {
  const Observed& policy = *it.policy;
  Action action;
  action.verb = Verb::update;
  action.name = it.description.marker->name;
  action.key = it.key;
  action.id = policy.id;
  action.before = policy.content;
  action.after = policy.content;
  action.after->description = it.description.text;
  action.last_modified_at = policy.last_modified_at;
  action.reason = Reason::released;
  action.risk = Risk::neutral;
  return action;
}

Note untouched(const Action& action, const PolicyPattern& pattern) {
  Note note;
  note.kind = NoteKind::kept;
  note.reason = "Never";
  note.message = "policy " + printable(action.id.value) + " fits rails.never (" +
                 printable(pattern_text(pattern)) + ") and keeps its marker";
  note.name = action.name;
  note.id = action.id;
  note.policy = action.before;
  return note;
}

}  // namespace

Plan make_release_plan(const AccountId& account,
                       std::span<const Observed> observed,
                       const Ownership& ownership,
                       std::span<const PolicyPattern> never) {
  Plan plan;
  plan.account = account;
  for (const Observed& policy : observed) {
    if (policy.state != PolicyState::active) continue;
    Sighting it{
        &policy, key_of(account, policy.content), parse_description(policy.content.description)};
    it.owner = classify_owner(policy, it.description, it.key, ownership);
    if (it.owner != OwnerClass::ours && it.owner != OwnerClass::altered) continue;
    ++plan.ours;
    Action action = release(it);
    if (const auto* pattern = find_never(never, policy.content)) {
      plan.notes.push_back(untouched(action, *pattern));
    } else if (!policy.content.extras.empty()) {
      plan.notes.push_back(not_releasable(it, nullptr));
    } else {
      plan.actions.push_back(std::move(action));
    }
  }
  std::ranges::sort(plan.actions, [](const Action& a, const Action& b) {
    return std::tie(a.key, a.id) < std::tie(b.key, b.id);
  });
  std::ranges::sort(plan.notes, {}, &Note::id);
  plan.hash = hash_plan(plan);
  return plan;
}

}  // namespace authzd
