// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rollout/narrowing.hpp"

#include "reconciler/plan/canonical.hpp"

#include <utility>
#include <vector>

namespace authzd {
namespace {

bool goes_on(const Action& action) {
  return action.verb == Verb::remove || action.risk == Risk::narrowing || action.is_restore;
}

Note waiting_note(Action action, const std::string& why) {
  std::string message = "this " + std::string(to_string(action.verb)) + " waits for " + why;
  return note_of_dropped(
      std::move(action), NoteKind::kept, NoteReason::waits_for_wave, std::move(message));
}

}  // namespace

Plan only_narrowing(Plan plan, const std::string& why) {
  std::vector<Action> active;
  for (Action& action : plan.actions) {
    if (goes_on(action)) {
      active.push_back(std::move(action));
    } else {
      plan.notes.push_back(waiting_note(std::move(action), why));
    }
  }
  plan.actions = std::move(active);
  sort_notes(plan);
  return plan;
}

Desired with_earlier_ends(Desired desired, const std::map<Key, Timestamp>& ends) {
  for (Grant& grant : desired.grants) {
    const auto found = ends.find(grant.key);
    if (found == ends.end()) continue;
    if (!grant.expires_at || found->second < *grant.expires_at) grant.expires_at = found->second;
  }
  return desired;
}

}  // namespace authzd
