// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/stall.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kContest = "contest ";
constexpr milliseconds kFirstRest = std::chrono::seconds(30);
constexpr milliseconds kLongestRest = std::chrono::hours(1);

/// When the write may be attempted again; none if it may now. An attempt after `now` was made
/// before the clock was set back, and is ignored.
std::optional<Timestamp> next_try(const ObjectHistory& history, Timestamp now) {
  if (!history.last_tried || *history.last_tried > now) return std::nullopt;
  const Timestamp due = *history.last_tried + rest_after(history.tries);
  return due > now ? std::optional(due) : std::nullopt;
}

/// What another installation has recently done to this key; none if that may be chance.
std::optional<Stall> contest_of(const Action& action,
                                const ObjectHistories& histories,
                                Timestamp now) {
  if (action.verb == Verb::update) return std::nullopt;
  const auto found = histories.find(contest_object(action.key));
  if (found == histories.end() || found->second.cycles < kStalledAfter) return std::nullopt;
  Stall stall{found->second.cycles, {}, next_try(found->second, now)};
  stall.is_contested = true;
  return stall;
}

/// The same write as before, whose result is known.
std::optional<Stall> repetition_of(const Action& action,
                                   const ObjectHistories& histories,
                                   Timestamp now) {
  const auto found = histories.find(object_of(action));
  const bool is_again = found != histories.end() && found->second.tries > 0 &&
                        found->second.signature == signature_of(action);
  if (!is_again) return std::nullopt;
  const ObjectHistory& history = found->second;
  Stall stall{history.cycles + 1, history.error, {}};
  const bool narrows = effect_of(action.before, action.after).narrows;
  if (!narrows) stall.next_try = next_try(history, now);
  if (!is_stalled(stall) && !stall.next_try) return std::nullopt;
  return stall;
}

std::string message_of(const Action& action, const Stall& stall) {
  std::string text = "this " + std::string(to_string(action.verb)) + " " + stall_text(stall);
  return text + "; tried again at " + to_rfc3339(*stall.next_try);
}

Note note_of(Action action) {
  const auto reason = is_stalled(*action.stall) ? NoteReason::stalled : NoteReason::backing_off;
  std::string message = message_of(action, *action.stall);
  return note_of_dropped(std::move(action), NoteKind::conflict, reason, std::move(message));
}

}  // namespace

std::string object_of(const Action& action) {
  if (action.id.empty()) return "key " + sha256_hex(action.key.text());
  return "policy " + action.id.value;
}

std::string signature_of(const Action& action) {
  return hash_action(action);
}

std::string contest_object(const Key& key) {
  return std::string(kContest) + sha256_hex(key.text());
}

bool is_contest_object(std::string_view object) {
  return object.starts_with(kContest);
}

std::string note_object(const Note& note) {
  return "note " + hash_note(note);
}

milliseconds rest_after(std::size_t tries) {
  milliseconds rest = kFirstRest;
  for (std::size_t i = 1; i < tries && rest < kLongestRest; ++i) rest *= 2;
  return tries == 0 ? milliseconds{0} : std::min(rest, kLongestRest);
}

Plan set_aside(Plan plan, const ObjectHistories& histories, Timestamp now) {
  std::vector<Action> active;
  active.reserve(plan.actions.size());
  for (Action& action : plan.actions) {
    if (!is_held(action)) {
      action.stall = contest_of(action, histories, now);
      if (!action.stall) action.stall = repetition_of(action, histories, now);
    }
    if (action.stall && action.stall->next_try) {
      plan.notes.push_back(note_of(std::move(action)));
    } else {
      active.push_back(std::move(action));
    }
  }
  plan.actions = std::move(active);
  sort_notes(plan);
  return plan;
}

}  // namespace authzd
