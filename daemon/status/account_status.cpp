// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/account_status.hpp"

#include "reconciler/plan/canonical.hpp"

#include <set>

namespace authzd {

std::string_view to_string(ConditionReason reason) {
  switch (reason) {
    case ConditionReason::other: return {};
    case ConditionReason::all_hold: return "AllHold";
    case ConditionReason::clock_skew: return "ClockSkew";
    case ConditionReason::clock_unknown: return "ClockUnknown";
    case ConditionReason::conflicts: return "Conflicts";
    case ConditionReason::cut_short: return "CutShort";
    case ConditionReason::cycle_under_way: return "CycleUnderWay";
    case ConditionReason::ends_soon: return "EndsSoon";
    case ConditionReason::held: return "Held";
    case ConditionReason::in_sync: return "InSync";
    case ConditionReason::kept_back: return "KeptBack";
    case ConditionReason::no_assertions: return "NoAssertions";
    case ConditionReason::no_manifests: return "NoManifests";
    case ConditionReason::nothing_due: return "NothingDue";
    case ConditionReason::nothing_held: return "NothingHeld";
    case ConditionReason::objects_stalled: return "ObjectsStalled";
    case ConditionReason::outcome_unknown: return "OutcomeUnknown";
    case ConditionReason::progressing: return "Progressing";
    case ConditionReason::rails: return "Rails";
    case ConditionReason::reviews_due: return "ReviewsDue";
    case ConditionReason::revision_refused: return "RevisionRefused";
    case ConditionReason::suspended: return "Suspended";
    case ConditionReason::undecided: return "Undecided";
    case ConditionReason::violated: return "Violated";
    case ConditionReason::waiting: return "Waiting";
    case ConditionReason::waits_for_wave: return "WaitsForWave";
    case ConditionReason::writes_failed: return "WritesFailed";
  }
  return {};
}

std::string hash_all_holds(const AccountStatus& account) {
  std::set<std::string> hashes;
  for (const HeldActions& hold : account.holds) hashes.insert(hold.hash);
  return hash_all_holds(account.id, hashes);
}

std::string approve_all_command(const AccountStatus& account) {
  if (account.holds.empty()) return {};
  return "authzd approve " + hash_all_holds(account) + account.approve_options;
}

}  // namespace authzd
