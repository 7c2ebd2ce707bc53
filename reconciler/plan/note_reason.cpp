// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/note_reason.hpp"

namespace authzd {

std::string_view to_string(NoteReason reason) {
  switch (reason) {
    case NoteReason::ambiguous_instance: return "AmbiguousInstance";
    case NoteReason::assertion_broken: return "AssertionBroken";
    case NoteReason::assertions_unknown: return "AssertionsUnknown";
    case NoteReason::awaits_replacement: return "AwaitsReplacement";
    case NoteReason::backing_off: return "BackingOff";
    case NoteReason::cannot_release: return "CannotRelease";
    case NoteReason::cannot_restore: return "CannotRestore";
    case NoteReason::changed_since: return "ChangedSince";
    case NoteReason::clock_skew: return "ClockSkew";
    case NoteReason::covered: return "Covered";
    case NoteReason::disputed: return "Disputed";
    case NoteReason::enterprise_template: return "EnterpriseTemplate";
    case NoteReason::expired: return "Expired";
    case NoteReason::follows: return "Follows";
    case NoteReason::granted_twice: return "GrantedTwice";
    case NoteReason::instance_lookup_failed: return "InstanceLookupFailed";
    case NoteReason::instance_replaced: return "InstanceReplaced";
    case NoteReason::key_taken: return "KeyTaken";
    case NoteReason::markers_trusted: return "MarkersTrusted";
    case NoteReason::mode: return "Mode";
    case NoteReason::never: return "Never";
    case NoteReason::new_id: return "NewId";
    case NoteReason::not_desired: return "NotDesired";
    case NoteReason::not_ours: return "NotOurs";
    case NoteReason::other_owner: return "OtherOwner";
    case NoteReason::outcome_unknown: return "OutcomeUnknown";
    case NoteReason::pinned: return "Pinned";
    case NoteReason::protection: return "Protected";
    case NoteReason::released: return "Released";
    case NoteReason::role_lookup_failed: return "RoleLookupFailed";
    case NoteReason::service_made: return "ServiceMade";
    case NoteReason::stalled: return "Stalled";
    case NoteReason::state_older_than_account: return "StateOlderThanAccount";
    case NoteReason::suspended: return "Suspended";
    case NoteReason::undone: return "Undone";
    case NoteReason::unknown_instance: return "UnknownInstance";
    case NoteReason::unknown_role: return "UnknownRole";
    case NoteReason::unmanaged: return "Unmanaged";
    case NoteReason::unmarked: return "Unmarked";
    case NoteReason::unreadable: return "Unreadable";
    case NoteReason::waits_for_wave: return "WaitsForWave";
  }
  return "";
}

}  // namespace authzd
