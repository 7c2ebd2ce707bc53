// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/state_age.hpp"

#include "daemon/cycle/rails_and_quorum.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/plan/canonical.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace authzd {
namespace {

bool is_own_change(const Observed& policy, const Ownership& ownership) {
  if (!ownership.identities.contains(policy.last_modified_by)) return false;
  const auto marker = parse_description(policy.content.description).marker;
  return marker &&
         (marker->owner == ownership.owner || ownership.previous_owners.contains(marker->owner));
}

void find_newest(std::span<const Observed> policies,
                 const Ownership& ownership,
                 std::optional<OwnChange>& newest) {
  for (const Observed& policy : policies) {
    const auto at = parse_rfc3339(policy.last_modified_at);
    if (!at || (newest && *at <= newest->at) || !is_own_change(policy, ownership)) continue;
    newest = OwnChange{policy.id, *at};
  }
}

/// A change that was found before, unless enough people have approved deletes since.
Result<std::optional<OwnChange>> standing_change(const ReadingContext& context,
                                                 const TrustedTime& time) {
  auto standing = context.state.changes.distrusted();
  if (!standing || !*standing) return standing;
  const auto quorum = quorum_of(context.spec, context.state, time.latest, context.wrote);
  if (!quorum) return quorum.error();
  const auto is_over = context.state.approvals.are_first_deletes_approved(time.latest, *quorum);
  if (!is_over) return is_over.error();
  if (*is_over) standing->reset();
  return standing;
}

}  // namespace

Result<StateAge> judge_state(const ReadingContext& context,
                             const Observation& observation,
                             const Ownership& ownership) {
  const ChangeMark& changes = context.state.changes;
  StateAge age;
  find_newest(observation.policies, ownership, age.newest);
  find_newest(observation.deleted, ownership, age.newest);
  auto standing = standing_change(context, observation.time);
  if (!standing) return std::move(standing).error();
  age.standing = std::move(*standing);
  const auto accounted = changes.accounted_until(context.spec.settle);
  if (!accounted) return accounted.error();
  if (*accounted && age.newest && age.newest->at > **accounted) age.unknown = age.newest;
  return age;
}

Async<StateAge> look_at_state_age(ReadingContext context) {
  const auto observation = co_await observe(context);
  if (!observation) co_return observation.error();
  const auto remembered = recollect(context.spec, context.state, observation->time, context.wrote);
  if (!remembered) co_return remembered.error();
  const Ownership ownership = ownership_of(context.spec, *remembered, observation->identity.iam_id);
  co_return judge_state(context, *observation, ownership);
}

void distrust(AccountMemory& remembered, const StateAge& age) {
  remembered.history.is_state_older = age.found().has_value();
  if (!age.unknown) return;
  remembered.pins.clear();
  remembered.approved.clear();
  remembered.history.first_deletes_approved = false;
}

Result<void> keep_state_age(AccountState& state, const StateAge& age) {
  if (age.unknown) return state.changes.distrust(*age.unknown);
  return age.newest ? state.changes.accept(age.newest->at) : Result<void>{};
}

std::string state_age_text(const OwnChange& change) {
  return "one of our own identities changed policy " + printable(change.policy.value) + " at " +
         to_rfc3339(change.at) +
         ", and this state does not know of it: it was restored from an older copy, or a second "
         "installation works with the same owner and identity. Its approvals and pins no longer "
         "count, and deletes wait until a person approves one";
}

Plan with_state_age(Plan plan, const StateAge& age) {
  if (!age.found()) return plan;
  Note note;
  note.kind = NoteKind::kept;
  note.reason = NoteReason::state_older_than_account;
  note.message = state_age_text(*age.found());
  note.id = age.found()->policy;
  plan.notes.push_back(std::move(note));
  sort_notes(plan);
  plan.hash = hash_plan(plan);
  return plan;
}

}  // namespace authzd
