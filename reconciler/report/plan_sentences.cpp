// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/plan_sentences.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace authzd {

std::string name_of(const Note& note) {
  if (!note.name.empty()) return printable(note.name);
  return note.id.empty() ? "the account" : "policy " + printable(note.id.value);
}

std::string message_for_all(const Note& note) {
  std::string message = note.message;
  const std::string one = note.id.empty() ? "a policy" : "policy " + printable(note.id.value);
  const std::size_t at = message.find(one);
  if (at != std::string::npos) message.replace(at, one.size(), "these");
  return message;
}

std::set<NoteReason> counted_reasons(const Plan& plan, std::size_t most) {
  std::set<NoteReason> counted;
  for (const NoteReason reason : {NoteReason::pinned, NoteReason::undone}) {
    const auto found = std::ranges::count(plan.notes, reason, &Note::reason);
    if (static_cast<std::size_t>(found) > most) counted.insert(reason);
  }
  return counted;
}

CountedNotes counted_notes(const Plan& plan, NoteReason reason) {
  constexpr std::size_t kMostNamed = 3;
  std::set<std::string> names;
  std::size_t number = 0;
  for (const Note& note : plan.notes) {
    if (note.reason != reason) continue;
    ++number;
    names.insert(name_of(note));
  }
  std::vector<std::string> shown(names.begin(), names.end());
  shown.resize(std::min(shown.size(), kMostNamed));
  CountedNotes counted;
  counted.names = join(shown, ", ");
  if (names.size() > shown.size()) {
    counted.names += " and " + std::to_string(names.size() - shown.size()) + " more";
  }
  counted.number =
      std::to_string(number) + " alike · " + std::string(to_string(reason)) + "; --full shows each";
  counted.because = reason == NoteReason::undone
                        ? "they are as they were before the run"
                        : "pinned by an undo or a release: left alone until their manifests "
                          "change, or `authzd unpin`, which lists them";
  return counted;
}

std::string left_alone_text(const Plan& plan) {
  std::map<NoteReason, std::size_t> by_reason;
  std::size_t total = 0;
  for (const Note& note : plan.notes) {
    if (note.kind != NoteKind::unmanaged) continue;
    ++by_reason[note.reason];
    ++total;
  }
  if (total == 0) return {};
  std::vector<std::string> parts;
  for (const auto& [reason, n] : by_reason) {
    parts.push_back(std::to_string(n) + " " + std::string(to_string(reason)));
  }
  return "Left alone: " + count_of(total, "policy", "policies") + " not managed here (" +
         printable(join(parts, ", ")) + ").";
}

std::string nothing_to_do(const Plan& plan, const PlanCounts& counts) {
  if (counts.dropped > 0) {
    return "Nothing to do in this mode: it does not allow " +
           count_of(counts.dropped, "change", "changes") + ", shown above.";
  }
  const bool leaves = leaves_something(plan);
  std::string text = "Nothing to do";
  if (leaves) text += ", but for what is shown above and left alone";
  if (counts.in_sync > 0) {
    if (!leaves) text += ": IAM is as the manifests say";
    return text + " (" + count_of(counts.in_sync, "policy", "policies") + " in sync).";
  }
  if (!leaves && counts.kept > 0) text += ": policies that are not ours give all that is wanted";
  return text + ".";
}

}  // namespace authzd
