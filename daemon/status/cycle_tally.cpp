// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/cycle_tally.hpp"

namespace authzd {

std::string_view to_string(CycleResult result) {
  switch (result) {
    case CycleResult::success: return "success";
    case CycleResult::refused: return "refused";
    case CycleResult::incomplete: return "incomplete";
    case CycleResult::error: return "error";
  }
  return "unknown";
}

PlanTally census_of(const Plan& plan) {
  const PlanCounts counts = count(plan);
  PlanTally tally;
  tally.ours = plan.ours;
  tally.conflicts = counts.conflicts;
  tally.kept_back = counts.dropped;
  tally.unknown_use = counts.unknown_use;
  for (const Note& note : plan.notes) {
    if (note.reason == NoteReason::unmanaged) ++tally.unmanaged;
    if (note.reason == NoteReason::other_owner) ++tally.theirs;
    if (note.reason == NoteReason::enterprise_template || note.reason == NoteReason::service_made)
      ++tally.foreign;
    if (note.reason == NoteReason::disputed) ++tally.disputed;
    if (note.reason == NoteReason::pinned) ++tally.pinned;
    if (note.reason == NoteReason::expired) ++tally.expired_kept;
  }
  return tally;
}

void CycleTally::add(const std::string& account, const CycleFacts& facts) {
  AccountTally& tally = accounts_[account];
  ++tally.cycles[facts.result];
  tally.cycle_times.add(facts.took);
  for (const auto took : facts.deletions) tally.deletion_times.add(took);
  for (const auto age : facts.drift_ages) tally.drift_ages.add(age);
  if (facts.list_took) tally.list_times.add(*facts.list_took);
  if (facts.policies) tally.policies = facts.policies;

  const bool went_well =
      facts.result == CycleResult::success || facts.result == CycleResult::refused;
  tally.soft_errors_in_a_row = !went_well && facts.may_pass ? tally.soft_errors_in_a_row + 1 : 0;
  if (went_well && facts.plan != nullptr && facts.plan->actions.empty()) ++tally.no_ops;
  tally.drifted += facts.drifted;
  tally.last_reconcile = facts.ended;
  if (went_well) tally.last_sync = facts.ended;
  if (facts.plan != nullptr) tally.tally = census_of(*facts.plan);
}

const AccountTally& CycleTally::of(const std::string& account) const {
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? none_ : found->second;
}

}  // namespace authzd
