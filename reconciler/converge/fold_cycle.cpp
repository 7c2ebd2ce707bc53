// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/fold_cycle.hpp"

#include <string>
#include <utility>

namespace authzd {
namespace {

/// Without the transaction id, which differs each time.
std::string text_of(const std::optional<Error>& error) {
  if (!error) return {};
  Error lasting = *error;
  lasting.detail.transaction_id.clear();
  return to_string(lasting);
}

class Fold {
 public:
  Fold(const ObjectHistories& before, const Plan& plan, const Rivalry& rivalry)
      : before_(before), plan_(plan), rivalry_(rivalry) {}

  FoldedCycle run(std::span<const Outcome> outcomes, Timestamp now) && {
    for (const Action& action : plan_.actions) {
      if (!is_held(action)) need(action, true);
    }
    for (std::size_t i = 0; i < plan_.notes.size(); ++i) note(i);
    for (std::size_t i = 0; i < outcomes.size(); ++i) tried(outcomes[i], i, now);
    keep_contests(now);
    for (const Outcome& outcome : outcomes) contest(outcome, now);
    return std::move(result_);
  }

 private:
  void need(const Action& action, bool counts) {
    const std::size_t cycles = need(object_of(action), signature_of(action), counts).cycles;
    if (counts && cycles == kStalledAfter) result_.news.stalled.push_back(action);
  }

  ObjectHistory& need(std::string object, std::string signature, bool counts) {
    const auto known = before_.find(object);
    ObjectHistory history;
    if (known != before_.end() && known->second.signature == signature) history = known->second;
    history.signature = std::move(signature);
    if (counts) ++history.cycles;
    return result_.histories[std::move(object)] = std::move(history);
  }

  void note(std::size_t index) {
    const Note& note = plan_.notes[index];
    for (const Action& action : note.dropped) {
      if (!action.stall) continue;  // the mode dropped it, and nothing was needed
      // While a write rests that was done the last time, nothing shows that it was undone again.
      need(action, !action.stall->error.empty());
    }
    if (note.kind != NoteKind::conflict || !note.dropped.empty()) return;
    std::string object = note_object(note);
    std::string signature = object;
    if (need(std::move(object), std::move(signature), true).cycles == 1) {
      result_.news.notes.push_back(index);
    }
  }

  void tried(const Outcome& outcome, std::size_t index, Timestamp now) {
    if (outcome.kind == OutcomeKind::skipped || outcome.action >= plan_.actions.size()) return;
    const auto found = result_.histories.find(object_of(plan_.actions[outcome.action]));
    if (found == result_.histories.end()) return;
    ObjectHistory& history = found->second;
    const bool is_done = outcome.kind == OutcomeKind::done;
    std::string error = is_done ? std::string{} : text_of(outcome.error);
    if (!is_done && error.empty()) error = to_string(outcome.kind);
    if (!is_done && (history.tries == 0 || error != history.error)) {
      result_.news.errors.push_back(index);
    }
    ++history.tries;
    history.last_tried = now;
    history.error = std::move(error);
  }

  void keep_contests(Timestamp now) {
    for (const auto& [object, history] : before_) {
      if (!is_contest_object(object) || !history.last_tried) continue;
      if (now - *history.last_tried < kContestMemory) result_.histories.emplace(object, history);
    }
  }

  [[nodiscard]] bool is_contest(const Action& action) const {
    if (action.verb == Verb::remove) return rivalry_.remade.contains(action.id);
    return action.verb == Verb::create && rivalry_.unmade.contains(action.key);
  }

  void contest(const Outcome& outcome, Timestamp now) {
    if (outcome.action >= plan_.actions.size()) return;
    const Action& action = plan_.actions[outcome.action];
    if (outcome.kind != OutcomeKind::done || !outcome.wrote || !is_contest(action)) return;
    ObjectHistory& history = result_.histories[contest_object(action.key)];
    ++history.cycles;
    ++history.tries;
    history.last_tried = now;
    if (history.cycles != kStalledAfter) return;
    Action stalled = action;
    stalled.stall = Stall{history.cycles, {}, {}};
    stalled.stall->is_contested = true;
    result_.news.stalled.push_back(std::move(stalled));
  }

  const ObjectHistories& before_;
  const Plan& plan_;
  const Rivalry& rivalry_;
  FoldedCycle result_;
};

}  // namespace

FoldedCycle fold_cycle(const ObjectHistories& before,
                       const Plan& plan,
                       std::span<const Outcome> outcomes,
                       Timestamp now,
                       const Rivalry& rivalry) {
  return Fold(before, plan, rivalry).run(outcomes, now);
}

}  // namespace authzd
