// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/release.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/never.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

Action release(const Observed& policy, const Description& description, Key key) {
  Action action;
  action.verb = Verb::update;
  action.name = description.marker->name;
  action.key = std::move(key);
  action.id = policy.id;
  action.before = policy.content;
  action.after = policy.content;
  action.after->description = description.text;
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
    const Description description = parse_description(policy.content.description);
    Key key = key_of(account, policy.content);
    const OwnerClass owner = classify_owner(policy, description, key, ownership);
    if (owner != OwnerClass::ours && owner != OwnerClass::altered) continue;
    ++plan.ours;
    Action action = release(policy, description, std::move(key));
    if (const auto* pattern = find_never(never, policy.content)) {
      plan.notes.push_back(untouched(action, *pattern));
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
