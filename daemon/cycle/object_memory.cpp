// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/object_memory.hpp"

#include "reconciler/report/wording.hpp"

#include <string>
#include <utility>

namespace authzd {
namespace {

FailingObject failing(const Action& action, const Stall& stall, const Planned& planned) {
  std::string message = stall_text(stall);
  if (is_stalled(stall)) {
    message += "; each time " + sides_text(action, planned.plan.account, planned.role_names);
  }
  return {action.name,
          action.id,
          std::string(to_string(is_stalled(stall) ? NoteReason::stalled : NoteReason::backing_off)),
          std::move(message),
          stall.next_try};
}

FailingObject failing(const Action& action, const Error& error) {
  return {action.name, action.id, std::string(to_string(error.code)), to_string(error), {}};
}

}  // namespace

Result<CycleNews> remember_objects(AccountState& state,
                                   const ObjectHistories& before,
                                   const Performed& performed,
                                   Timestamp now) {
  FoldedCycle folded = fold_cycle(
      before, performed.planned.plan, performed.outcomes, now, performed.planned.findings.rivalry);
  if (auto kept = state.histories.replace(folded.histories); !kept) return std::move(kept).error();
  return std::move(folded.news);
}

std::vector<FailingObject> failing_objects(const Performed& performed) {
  std::vector<FailingObject> found;
  const Plan& plan = performed.planned.plan;
  for (const Action& action : plan.actions) {
    if (action.stall) found.push_back(failing(action, *action.stall, performed.planned));
  }
  for (const Note& note : plan.notes) {
    for (const Action& action : note.dropped) {
      if (action.stall) found.push_back(failing(action, *action.stall, performed.planned));
    }
  }
  for (const Outcome& outcome : performed.outcomes) {
    const Action& action = plan.actions[outcome.action];
    if (outcome.kind == OutcomeKind::done || action.stall || !outcome.error) continue;
    found.push_back(failing(action, *outcome.error));
  }
  return found;
}

}  // namespace authzd
