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
  note.kind = NoteKind::kept;
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
    undo.touched.erase(action.key);
    undo.touched.erase(key_of(account, *action.before));
  }
  undo.plan.actions = std::move(actions);
  sort_notes(undo.plan);
  undo.plan.hash = hash_plan(undo.plan);
  return undo;
}

}  // namespace authzd
