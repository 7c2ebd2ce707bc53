// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Writes that are needed again and again, because IAM refuses them or someone reverts them. Each
// object backs off separately, and is Stalled after three consecutive cycles (design §6).
// reconciler/converge folds the result of each cycle into these histories.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/plan/plan.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// The history of one object, kept until a cycle does not need its write.
struct ObjectHistory {
  std::string signature;                     // of the write, or of the note
  std::size_t cycles = 0;                    // consecutive, that needed the same
  std::size_t tries = 0;                     // attempts in these cycles
  std::optional<Timestamp> last_tried = {};  // none: not yet
  std::string error = {};                    // of the last attempt; empty: it succeeded

  bool operator==(const ObjectHistory&) const = default;
};

/// By object_of(), or by note_object().
using ObjectHistories = std::map<std::string, ObjectHistory, std::less<>>;

/// The object of a write: "policy <id>", or "key <64 hex digits>" for a create.
std::string object_of(const Action& action);

/// 64 hex digits over verb, policy id, key, before and after: equal writes have equal signatures.
std::string signature_of(const Action& action);

/// "note <64 hex digits>": the same text about the same object.
std::string note_object(const Note& note);

/// "contest <64 hex digits>": the history of a key that another installation with our owner and
/// identity recreates when we delete it, or deletes when we create it. Each time the policy has a
/// new id, so no other object identifies the repetition.
std::string contest_object(const Key& key);
bool is_contest_object(std::string_view object);

/// How long a contest is remembered after its last occurrence.
inline constexpr std::chrono::hours kContestMemory{24};

/// How long a write backs off after so many attempts: 30 s, doubled each time, at most 1 h.
std::chrono::milliseconds rest_after(std::size_t tries);

/// Marks Stalled actions, and turns each action that backs off into a conflict note with the action
/// in `dropped`. A write that narrows is attempted in each cycle, however often it failed, unless
/// its key is contested: then the other side would only restore it. Held actions stay as they are.
/// Apply it after the rails, so that their holds do not depend on the time. The plan's hash does
/// not change.
Plan set_aside(Plan plan, const ObjectHistories& histories, Timestamp now);

}  // namespace authzd
