// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/undo/protection.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/notes.hpp"
#include "reconciler/plan/risk.hpp"

#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

Note kept(const Action& action) {
  Note note;
  note.kind = NoteKind::conflict;
  note.reason = NoteReason::protection;
  note.message = "policy " + printable(action.id.value) + " is protected by its manifest and not " +
                 (action.verb == Verb::remove ? "deleted" : "narrowed") +
                 ", by an undo either; take `protect` off its manifest, and change or remove it "
                 "there";
  note.name = action.name;
  note.id = action.id;
  note.policy = action.before;
  return note;
}

/// Nothing is done about the other keys, so none of them is pinned.
std::set<Key> touched_by(const Plan& plan) {
  std::set<Key> keys;
  for (const Action& action : plan.actions) {
    keys.insert(action.key);
    if (action.before) keys.insert(key_of(plan.account, *action.before));
  }
  return keys;
}

Undo completed(Undo undo) {
  undo.touched = touched_by(undo.plan);
  sort_notes(undo.plan);
  undo.plan.hash = hash_plan(undo.plan);
  return undo;
}

}  // namespace

Undo without_protected(Undo undo, const std::set<Key>& keys) {
  const AccountId account = undo.plan.account;
  std::vector<Action> actions;
  for (Action& action : undo.plan.actions) {
    const bool is_protected = action.before && keys.contains(key_of(account, *action.before)) &&
                              effect_of(action.before, action.after).narrows;
    if (!is_protected) {
      actions.push_back(std::move(action));
      continue;
    }
    undo.plan.notes.push_back(kept(action));
  }
  undo.plan.actions = std::move(actions);
  return completed(std::move(undo));
}

Undo without_broken(Undo undo,
                    std::span<const Observed> observed,
                    std::span<const Assertion> assertions,
                    const KnownRoleNames& names) {
  undo.plan = keep_asserted(std::move(undo.plan), observed, assertions, names);
  return completed(std::move(undo));
}

}  // namespace authzd
