// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/plan.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <string>

namespace authzd {

namespace {

bool is_stalled(const Action& action) {
  return action.stall && is_stalled(*action.stall);
}

}  // namespace

bool is_satisfied(const Note& note) {
  return note.kind == NoteKind::kept &&
         (note.reason == NoteReason::unmanaged || note.reason == NoteReason::service_made ||
          note.reason == NoteReason::enterprise_template);
}

bool is_adoptable(const Note& note) {
  return note.kind != NoteKind::unmanaged && note.reason == NoteReason::unmanaged;
}

PlanCounts count(const Plan& plan) {
  PlanCounts counts;
  counts.in_sync = plan.in_sync;
  for (const Action& action : plan.actions) {
    if (action.verb == Verb::remove && action.removal && is_use_unknown(*action.removal)) {
      ++counts.unknown_use;
    }
    if (is_stalled(action)) ++counts.stalled;
    if (is_held(action)) {
      ++counts.held;
    } else if (action.verb == Verb::create) {
      ++counts.creates;
    } else if (action.verb == Verb::update) {
      ++counts.updates;
    } else {
      ++counts.removes;
    }
  }
  counts.ends = static_cast<std::size_t>(std::ranges::count_if(plan.ends, is_change));
  for (const Note& note : plan.notes) {
    if (note.kind == NoteKind::conflict) ++counts.conflicts;
    if (note.kind == NoteKind::unmanaged) {
      ++(note.reason == NoteReason::unmanaged ? counts.unmanaged : counts.foreign);
    }
    if (is_satisfied(note)) ++counts.kept;
    if (is_adoptable(note)) {
      ++(note.kind == NoteKind::kept ? counts.identical : counts.differing);
      counts.may_be_ours += note.may_be_ours;
    }
    counts.dropped += note.dropped.size();
    for (const Action& action : note.dropped) {
      if (is_stalled(action)) ++counts.stalled;
    }
  }
  return counts;
}

Risk risk_of(const GrantEnd& end) {
  if (!is_change(end)) return Risk::neutral;
  const bool is_sooner = end.after && (!end.before || *end.after < *end.before);
  return is_sooner ? Risk::narrowing : Risk::widening;
}

std::vector<const Action*> wanted_actions(const Plan& plan) {
  std::vector<const Action*> wanted;
  for (const Action& action : plan.actions) wanted.push_back(&action);
  for (const Note& note : plan.notes) {
    for (const Action& action : note.dropped) wanted.push_back(&action);
  }
  return wanted;
}

bool is_quiet(const Plan& plan) {
  const PlanCounts counts = count(plan);
  return plan.actions.empty() && counts.conflicts == 0 && counts.ends == 0;
}

bool leaves_something(const Plan& plan) {
  return std::ranges::any_of(plan.notes, [](const Note& note) {
    return note.kind == NoteKind::kept && !is_satisfied(note) &&
           note.reason != NoteReason::markers_trusted;
  });
}

std::string stall_text(const Stall& stall) {
  if (stall.is_contested) {
    return "was done " + std::to_string(stall.cycles) +
           " times recently, and undone each time under our own identity: another installation has "
           "our owner and our key, and other manifests. Stop it, or give it an owner of its own";
  }
  const std::string times = std::to_string(stall.cycles);
  if (!stall.error.empty()) {
    return "has been needed " + times + " cycles running, and ended in: " + printable(stall.error);
  }
  if (stall.cycles <= 2)
    return "was done in the last cycle, and is needed again: something undid it";
  return "has been needed " + times +
         " times in a row: it was done each time, and something "
         "undoes it";
}

std::string_view to_string(Verb verb) {
  switch (verb) {
    case Verb::create: return "create";
    case Verb::update: return "update";
    case Verb::remove: return "delete";
  }
  return "unknown";
}

std::string_view to_string(Risk risk) {
  switch (risk) {
    case Risk::widening: return "widening";
    case Risk::narrowing: return "narrowing";
    case Risk::neutral: return "neutral";
  }
  return "unknown";
}

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::missing: return "Missing";
    case Reason::roles_differ: return "RolesDiffer";
    case Reason::text_differs: return "TextDiffers";
    case Reason::extras_differ: return "ExtrasDiffer";
    case Reason::marker_rewritten: return "MarkerRewritten";
    case Reason::marker_restored: return "MarkerRestored";
    case Reason::altered: return "Altered";
    case Reason::adopted: return "Adopted";
    case Reason::released: return "Released";
    case Reason::not_desired: return "NotDesired";
    case Reason::expired: return "Expired";
    case Reason::unmarked: return "Unmarked";
    case Reason::added_by_others: return "AddedByOthers";
    case Reason::undone: return "Undone";
  }
  return "Unknown";
}

std::string_view to_string(NoteKind kind) {
  switch (kind) {
    case NoteKind::conflict: return "conflict";
    case NoteKind::kept: return "kept";
    case NoteKind::unmanaged: return "unmanaged";
  }
  return "unknown";
}

}  // namespace authzd
