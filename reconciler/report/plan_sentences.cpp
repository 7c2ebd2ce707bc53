// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/plan_sentences.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace authzd {

std::string account_text(const Plan& plan, const std::string& name) {
  const std::string id = printable(plan.account.value);
  return name.empty() || name == plan.account.value ? id : printable(name) + " (" + id + ")";
}

std::string facts(std::string_view name, std::string_view what, const SourcePos& position) {
  std::string text = printable(name);
  if (!what.empty()) text += (text.empty() ? "" : " · ") + std::string{what};
  if (!position.file.empty()) text += (text.empty() ? "" : " · ") + printable(to_string(position));
  return text;
}

std::string_view before_plan_hash(WayThrough way) {
  return shows_approvals(way)
             ? "An approval lets a later cycle or apply do it. To have exactly this plan done now "
               "instead, held actions included:"
             : "Having read all of this plan, held actions included, let it through with";
}

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

std::string without_state_text(const Plan& plan) {
  const bool is_changing = std::ranges::any_of(plan.actions, [](const Action& action) {
    return action.verb != Verb::create && action.reason != Reason::adopted;
  });
  if (!is_changing) return {};
  return "This plan was made without the state of a daemon: what an undo or a release has pinned "
         "there stays as it is, whatever is shown here.";
}

std::string nothing_to_do(const Plan& plan, const PlanCounts& counts) {
  if (counts.dropped > 0) {
    return "Nothing to do in this mode: it does not allow " +
           count_of(counts.dropped, "change", "changes") + ", shown above.";
  }
  const std::string in_sync = " (" + count_of(counts.in_sync, "policy", "policies") + " in sync).";
  if (leaves_something(plan)) {
    return "Nothing to do, but for what is shown above and left alone" +
           (counts.in_sync > 0 ? in_sync : ".");
  }
  if (counts.in_sync == 0 && counts.kept > 0) {
    return "Nothing to do: policies that are not ours give all that is wanted.";
  }
  return "Nothing to do: IAM is as the manifests say" + in_sync;
}

}  // namespace authzd
