// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Why a plan leaves something alone: the stable words of notes, which JSON, logs and metrics show.
#pragma once

#include <string_view>

namespace authzd {

/// Sorted by their words, which is the order of notes.
enum class NoteReason {
  ambiguous_instance,
  assertion_broken,    // would violate an assertion
  assertions_unknown,  // no manifests in force are known
  awaits_replacement,  // its replacement does not exist yet
  backing_off,         // failed, and is retried later
  cannot_release,
  cannot_restore,
  changed_since,
  clock_skew,
  covered,   // an undo has nothing to restore: a wider policy grants it
  disputed,  // it has this owner's marker, but no other proof
  enterprise_template,
  expired,
  follows,        // a later plan does it
  granted_twice,  // an instance name makes two grants one
  instance_lookup_failed,
  instance_replaced,
  key_taken,        // another policy has the source and target
  markers_trusted,  // without a state, markers alone prove ownership
  mode,             // the mode does not allow it
  never,            // rails.never
  new_id,           // an undo recreates it with another id
  not_desired,      // carries the name of a document that does not want it; or is released unwanted
  not_ours,
  other_owner,  // its marker names another owner
  outcome_unknown,
  pinned,      // an undo or a release pinned it
  protection,  // protection prevents a delete, narrowing or release
  released,    // released, or no longer this owner's; with an id, the state may forget it
  role_lookup_failed,
  service_made,
  stalled,
  state_older_than_account,  // the account has writes that the state does not know
  suspended,
  undone,
  unknown_instance,
  unknown_role,
  unmanaged,
  unmarked,        // this owner's, lost its marker, and no grant wants it
  unreadable,      // of others: what they grant is unknown
  waits_for_wave,  // of an urgent revision: it gives access, and the account's wave has not come
};

inline constexpr NoteReason kLastNoteReason = NoteReason::waits_for_wave;

std::string_view to_string(NoteReason reason);  // "AmbiguousInstance", …

}  // namespace authzd
