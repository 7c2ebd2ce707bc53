// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Writes that are needed again and again: because IAM refuses them, or because someone undoes them.
// Each object backs off alone, and after three cycles running it is Stalled (design §6). What
// became of a cycle is folded into these histories by reconciler/converge.
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

/// What is remembered of one object until a cycle does not need its write any more.
struct ObjectHistory {
  std::string signature;                     // of the write, or of the note
  std::size_t cycles = 0;                    // running, in which the same was needed
  std::size_t tries = 0;                     // in them
  std::optional<Timestamp> last_tried = {};  // none: not yet
  std::string error = {};                    // of the last try; empty: it was done

  bool operator==(const ObjectHistory&) const = default;
};

/// By object_of(), or by note_object().
using ObjectHistories = std::map<std::string, ObjectHistory, std::less<>>;

/// What a write is about: "policy <id>", or "key <64 hex digits>" for a create.
std::string object_of(const Action& action);

/// 64 hex digits over verb, policy id, key, before and after: the same again is the same write.
std::string signature_of(const Action& action);

/// "note <64 hex digits>": the same words about the same thing.
std::string note_object(const Note& note);

/// "contest <64 hex digits>": what is remembered of a key that another installation, with our owner
/// and identity, gives back when we delete it, or deletes when we create it. Each time has a policy
/// id of its own, so that no other object tells that it is the same again.
std::string contest_object(const Key& key);
bool is_contest_object(std::string_view object);

/// For so long a contest is remembered after its last time.
inline constexpr std::chrono::hours kContestMemory{24};

/// How long a write rests after so many tries: 30 s, doubled each time, at most 1 h.
std::chrono::milliseconds rest_after(std::size_t tries);

/// Marks what is Stalled, and turns each action that rests into a conflict note with the action in
/// `dropped`. A write that narrows is tried each cycle, however often it failed, unless its key is
/// contested: there it would only be given back. Held actions stay as they are. Apply it after the
/// rails, so that what they hold does not change with the time. The plan's hash stays.
Plan set_aside(Plan plan, const ObjectHistories& histories, Timestamp now);

}  // namespace authzd
