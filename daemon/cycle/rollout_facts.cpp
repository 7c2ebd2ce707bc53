// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/rollout_facts.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/stall.hpp"

#include <algorithm>
#include <string_view>

namespace authzd {
namespace {

constexpr std::size_t kMostText = 300;  // characters of a symptom
constexpr std::size_t kMarkDigits = 16;

/// Names and errors are others' text: a mark is one line, whatever they hold.
Symptom symptom(Trouble trouble, std::string_view what, const std::string& text) {
  std::string mark = std::string(to_string(trouble)) + " ";
  mark += sha256_hex(what).substr(0, kMarkDigits);
  return {trouble, std::move(mark), first_characters(text, kMostText), {}};
}

void add_holds(const AccountStatus& status, CycleFaring& faring) {
  for (const HeldActions& hold : status.holds) {
    if (hold.until) continue;
    faring.symptoms.push_back(symptom(Trouble::held, hold.hash, hold.message));
  }
}

void add_failures(const AccountStatus& status, const CycleEnd& end, CycleFaring& faring) {
  if (end.error) {
    faring.symptoms.push_back(
        symptom(Trouble::failed, to_string(end.error->code), to_string(*end.error)));
  }
  if (end.refusal) {
    const std::string what = "refused " + end.refusal->revision;
    faring.symptoms.push_back(symptom(Trouble::failed, what, status.ready.message));
    // While the source cannot be read, nothing follows about any revision.
    const std::string& refused = end.refusal->revision;
    faring.symptoms.back().revision = refused.empty() ? "none" : refused;
  }
  if (end.error) return;  // the objects are those of an earlier cycle
  for (const FailingObject& object : status.failing) {
    const std::string what = object.name + ' ' + object.id.value + ' ' + object.reason;
    faring.symptoms.push_back(
        symptom(Trouble::failed, what, object.name + ": " + object.reason + ": " + object.message));
  }
  if (status.unknown_outcomes > 0) {
    faring.symptoms.push_back(symptom(Trouble::failed, "OutcomeUnknown", status.ready.message));
  }
}

/// What backs off is among the failures already.
void add_conflicts(const Plan& plan, CycleFaring& faring) {
  for (const Note& note : plan.notes) {
    if (note.kind != NoteKind::conflict || !note.dropped.empty()) continue;
    const std::string text =
        "conflict: " + (note.name.empty() ? note.id.value : note.name) + ": " + note.message;
    faring.symptoms.push_back(symptom(Trouble::failed, note_object(note), text));
  }
}

}  // namespace

CycleFaring faring_of(const AccountStatus& status, const CycleEnd& end) {
  CycleFaring faring;
  if (end.performed) {
    const Planned& planned = end.performed->planned;
    faring.revision = planned.revision;
    faring.narrows = end.narrows;
    // What waits for a time, as a grace, was not tried yet.
    const bool waits = std::ranges::any_of(
        status.holds, [](const HeldActions& hold) { return hold.until.has_value(); });
    faring.is_applied =
        !end.error && !end.suspension && !waits && status.ready.kind != ConditionReason::cut_short;
    add_conflicts(planned.plan, faring);
  }
  if (status.stalled.is_true) {
    faring.symptoms.push_back(symptom(Trouble::stalled,
                                      status.stalled.reason,
                                      status.stalled.reason + ": " + status.stalled.message));
  }
  add_holds(status, faring);
  add_failures(status, end, faring);
  return faring;
}

}  // namespace authzd
