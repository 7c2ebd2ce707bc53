// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Why a plan leaves something alone: the stable words of notes, which JSON, logs and metrics show.
#pragma once

#include <string_view>

namespace authzd {

/// In the order of their words, which is the order in which notes are listed.
enum class NoteReason {
  ambiguous_instance,
  assertion_broken,    // would break an assertion
  awaits_replacement,  // its replacement is not there yet
  backing_off,         // failed, and is tried again later
  cannot_release,
  cannot_restore,
  changed_since,
  clock_skew,
  covered,   // an undo has nothing to bring back: a wider policy gives it
  disputed,  // its marker is this owner's, and nothing else says so
  enterprise_template,
  expired,
  follows,        // a later plan does it
  granted_twice,  // a name of an instance makes two grants one
  instance_lookup_failed,
  instance_replaced,
  key_taken,        // another policy has the source and target
  markers_trusted,  // without a state, markers alone say what is this owner's
  mode,             // the mode does not allow it
  never,            // rails.never
  new_id,           // an undo brings it back with another id
  not_ours,
  other_owner,  // its marker names another owner
  outcome_unknown,
  pinned,      // an undo or a release left it
  protection,  // protection keeps it from being deleted, narrowed or released
  released,    // released, or no longer this owner's; with an id, the state may forget it
  role_lookup_failed,
  service_made,
  stalled,
  state_older_than_account,  // the account knows of writes that the state does not
  suspended,
  undone,
  unknown_instance,
  unknown_role,
  unmanaged,
  unmarked,  // this owner's, lost its marker, and no grant wants it
};

inline constexpr NoteReason kLastNoteReason = NoteReason::unmarked;

std::string_view to_string(NoteReason reason);  // "AmbiguousInstance", …

}  // namespace authzd
