// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/second_try.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace authzd {
namespace {

/// Numbers by two texts, either of which may match: actions by key and id, notes by name and id.
class Index {
 public:
  void add(std::string_view text, std::string_view id, std::size_t number) {
    by_text_[text].push_back(number);
    if (!id.empty()) by_id_[id].push_back(number);
  }

  template <class Such>
  [[nodiscard]] bool has(std::string_view text, std::string_view id, Such is_such) const {
    return has_in(by_text_, text, is_such) || (!id.empty() && has_in(by_id_, id, is_such));
  }

 private:
  using Numbers = std::unordered_map<std::string_view, std::vector<std::size_t>>;

  template <class Such>
  static bool has_in(const Numbers& numbers, std::string_view text, Such is_such) {
    const auto found = numbers.find(text);
    return found != numbers.end() && std::ranges::any_of(found->second, is_such);
  }

  Numbers by_text_;
  Numbers by_id_;
};

/// The actions that are about the same object: they share the key, or the policy.
Index index_of(const std::vector<Action>& actions) {
  Index index;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    index.add(actions[i].key.text(), actions[i].id.value, i);
  }
  return index;
}

/// The same goal, whatever the policy looks like by now; for actions on the same object.
bool is_same_wish(const Action& a, const Action& b) {
  return a.verb == b.verb && a.after == b.after;
}

/// The note means that the action's goal is not reached. Two `kept` notes do not mean that: a
/// policy of someone else that grants the same, and one without a marker to remove.
bool leaves_undone(const Plan& plan, const Note& note, const Action& action) {
  const bool is_conflict = note.kind == NoteKind::conflict;
  const bool is_fulfilled = is_satisfied(note) || note.reason == NoteReason::released;
  if (!is_conflict && (note.kind != NoteKind::kept || is_fulfilled)) return false;
  if (!action.id.empty() && note.id == action.id) return true;
  if (note.name != action.name) return false;
  return is_conflict || !note.policy || key_of(plan.account, *note.policy) == action.key;
}

/// What the new plan has for each object.
class NewPlan {
 public:
  explicit NewPlan(const Planned& again) : again_(again), actions_(index_of(again.plan.actions)) {
    const auto& notes = again.plan.notes;
    for (std::size_t i = 0; i < notes.size(); ++i) notes_.add(notes[i].name, notes[i].id.value, i);
  }

  /// An object that needs nothing more counts as done. A delete is done only when its policy is
  /// gone, whatever keeps it.
  [[nodiscard]] bool has_settled(const Action& action) const {
    if (action.verb == Verb::remove) return again_.listed.find_active(action.id) == nullptr;
    const auto any = [](std::size_t) { return true; };
    const auto leaves = [&](std::size_t note) {
      return leaves_undone(again_.plan, again_.plan.notes[note], action);
    };
    return !actions_.has(action.key.text(), action.id.value, any) &&
           !notes_.has(action.name, action.id.value, leaves);
  }

 private:
  const Planned& again_;
  Index actions_;
  Index notes_;
};

}  // namespace

bool was_refused(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::refused;
}

Plan still_wanted(Plan again, const Performed& first) {
  const auto& actions = first.planned.plan.actions;
  Index refused;
  for (const Outcome& outcome : first.outcomes) {
    if (!was_refused(outcome)) continue;
    const Action& action = actions[outcome.action];
    refused.add(action.key.text(), action.id.value, outcome.action);
  }
  std::erase_if(again.actions, [&](const Action& action) {
    const auto same = [&](std::size_t i) { return is_same_wish(actions[i], action); };
    return !refused.has(action.key.text(), action.id.value, same);
  });
  return again;
}

void settle_refused(Performed& first, const Planned& again) {
  const NewPlan plan(again);
  for (Outcome& outcome : first.outcomes) {
    if (!was_refused(outcome)) continue;
    const Action& action = first.planned.plan.actions[outcome.action];
    if (!plan.has_settled(action)) continue;
    outcome.kind = OutcomeKind::done;
    if (again.findings.open_writes.made.contains(action.key)) outcome.wrote = true;
    outcome.error.reset();
  }
}

void take_over_outcomes(Performed& first, const Performed& second) {
  const auto& actions = second.planned.plan.actions;
  Index later;
  for (std::size_t i = 0; i < second.outcomes.size(); ++i) {
    const Action& action = actions[second.outcomes[i].action];
    later.add(action.key.text(), action.id.value, i);
  }
  for (Outcome& earlier : first.outcomes) {
    if (!was_refused(earlier)) continue;
    const std::size_t index = earlier.action;
    const Action& action = first.planned.plan.actions[index];
    std::size_t found = 0;
    const auto same = [&](std::size_t i) {
      found = i;
      return is_same_wish(action, actions[second.outcomes[i].action]);
    };
    if (!later.has(action.key.text(), action.id.value, same)) continue;
    earlier = second.outcomes[found];
    earlier.action = index;
  }
}

}  // namespace authzd
