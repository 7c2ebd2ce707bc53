// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/mode_filter.hpp"

#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {
namespace {

std::string_view what_mode_does(Mode mode) {
  switch (mode) {
    case Mode::observe: return "never writes";
    case Mode::create_only: return "only creates";
    case Mode::upsert_only: return "never deletes";
    case Mode::sync: break;
  }
  return "allows everything";
}

Note note_of(Action action, Mode mode) {
  const bool is_expiry = action.reason == Reason::expired;
  std::string message = "would " + std::string(to_string(action.verb));
  message += action.id.empty() ? " a policy" : " policy " + printable(action.id.value);
  if (is_expiry) message += ", whose grant has expired";
  message +=
      " (mode " + std::string(to_string(mode)) + " " + std::string(what_mode_does(mode)) + ")";

  Note note{.kind = NoteKind::kept,
            .reason = is_expiry ? NoteReason::expired : NoteReason::mode,
            .message = std::move(message),
            .name = action.name,
            .position = action.position,
            .id = action.id,
            .policy = action.before};
  note.dropped.push_back(std::move(action));
  return note;
}

}  // namespace

bool is_allowed(Mode mode, Verb verb) {
  switch (mode) {
    case Mode::observe: return false;
    case Mode::create_only: return verb == Verb::create;
    case Mode::upsert_only: return verb != Verb::remove;
    case Mode::sync: return true;
  }
  return false;
}

Plan filter_by_mode(Plan plan, Mode mode) {
  std::vector<Action> allowed;
  allowed.reserve(plan.actions.size());
  for (Action& action : plan.actions) {
    if (is_allowed(mode, action.verb)) {
      allowed.push_back(std::move(action));
    } else {
      plan.notes.push_back(note_of(std::move(action), mode));
    }
  }
  plan.actions = std::move(allowed);
  return plan;
}

}  // namespace authzd
