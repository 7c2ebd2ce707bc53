// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/bookkeeping.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/rails.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace authzd {
namespace {

/// Each hold of the plan that the hash speaks of, once.
std::vector<Hold> named_holds(const Plan& plan, std::string_view hash) {
  std::vector<Hold> holds;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) {
      const bool is_named = hash == plan.hash || hash == hold.hash;
      if (is_named && std::ranges::find(holds, hold.hash, &Hold::hash) == holds.end()) {
        holds.push_back(hold);
      }
    }
  }
  return holds;
}

/// Lost policies that no grant wants back.
std::vector<PolicyId> unwanted(const std::map<Key, LostPolicy>& lost, const Desired& desired) {
  std::vector<PolicyId> ids;
  for (const auto& [key, policy] : lost) {
    if (!std::ranges::binary_search(desired.grants, key, {}, &Grant::key)) ids.push_back(policy.id);
  }
  return ids;
}

std::map<Key, Timestamp> ends_of(const Desired& desired) {
  std::map<Key, Timestamp> ends;
  for (const Grant& grant : desired.grants) {
    if (grant.expires_at) ends.emplace(grant.key, *grant.expires_at);
  }
  return ends;
}

Result<bool> is_applied_last(const AccountState& state, const GoodRevision& good) {
  return state.revisions.is_applied(good.revision, good.digest);
}

/// An approval lets a revision in once: set back to it again, the branch asks again.
Result<void> end_approval(AccountState& state, const std::string& revision) {
  auto ended = state.approvals.revoke(ApprovalKind::revision, revision);
  const bool was_none = !ended && ended.error().code == ErrorCode::not_found;
  return was_none ? Result<void>{} : ended;
}

/// The keys whose grants say `protect`, or of all others.
std::set<Key> keys_of(const Desired& desired, bool are_protected) {
  std::set<Key> keys;
  for (const Grant& grant : desired.grants) {
    if (grant.is_protected == are_protected) keys.insert(grant.key);
  }
  return keys;
}

Result<void> keep_before_writes(AccountState& state,
                                const std::set<std::string>& removals,
                                const Planned& planned,
                                const GoodRevision& good,
                                const TrustedTime& time) {
  auto kept = state.rails.keep_removals(removals, time.if_trusted());
  if (!kept) return kept;
  const auto is_applied = is_applied_last(state, good);
  if (!is_applied) return is_applied.error();
  if (!*is_applied) kept = state.revisions.end_releases(keys_of(good.desired, true));
  if (!kept) return kept;
  return state.rails.note_uses(planned.findings.uses);
}

}  // namespace

Result<void> keep_seen(AccountState& state, const GoodRevision& good) {
  return state.rails.doubt_ends(ends_of(good.desired));
}

Result<void> keep_planned(AccountState& state, const GoodRevision& good, const Planned& planned) {
  auto kept = state.rails.keep_removals(wanted_removals(planned.plan), std::nullopt);
  if (!kept) return kept;
  const auto is_applied = is_applied_last(state, good);
  if (!is_applied) return is_applied.error();
  return *is_applied ? state.written.take_as_ours(planned.findings.granted) : Result<void>{};
}

Result<void> keep_unplanned(AccountState& state, const GoodRevision& good) {
  const auto is_applied = is_applied_last(state, good);
  if (!is_applied) return is_applied.error();
  return *is_applied ? Result<void>{} : state.rails.keep_removals({}, std::nullopt);
}

Result<void> keep_for_rails(AccountState& state,
                            const Planned& planned,
                            const GoodRevision& good,
                            const TrustedTime& time) {
  return keep_before_writes(state, wanted_removals(planned.plan), planned, good, time);
}

Result<void> keep_for_named(AccountState& state,
                            const Planned& planned,
                            const GoodRevision& good,
                            const TrustedTime& time) {
  const auto known = state.rails.removals();
  if (!known) return known.error();
  std::set<std::string> removals = wanted_removals(planned.plan);
  for (const auto& [removal, since] : *known) removals.insert(removal);
  return keep_before_writes(state, removals, planned, good, time);
}

/// The ends are compared each time: they must be known of a revision that an older state applied,
/// too.
Result<void> keep_applied(AccountState& state,
                          const GoodRevision& good,
                          const Planned& planned,
                          const TrustedTime& time) {
  auto kept = state.rails.keep_ends(ends_of(good.desired), time.if_trusted());
  if (!kept) return kept;
  const auto lost = state.written.lost({});
  if (!lost) return lost.error();
  auto forgot = state.written.forget_all(unwanted(*lost, good.desired));
  if (!forgot) return forgot;
  const auto is_applied = is_applied_last(state, good);
  if (!is_applied) return is_applied.error();
  if (*is_applied) return {};
  auto taken = state.written.take_as_ours(planned.findings.granted);
  if (!taken) return taken;
  auto given = state.revisions.keep_given(given_keys(good.desired, planned.inherited));
  if (!given) return given;
  if (auto spent = end_approval(state, good.revision); !spent) return spent;
  return state.revisions.keep_applied(
      good.revision, keys_of(good.desired, false), time.at_latest(), good.digest);
}

Result<std::vector<Hold>> approve(AccountState& state,
                                  const Plan& plan,
                                  std::string_view hash,
                                  const Grantor& by) {
  std::vector<Hold> holds = named_holds(plan, hash);
  if (holds.empty()) {
    return Error{ErrorCode::not_found,
                 "nothing is held under " + printable(hash) +
                     "; it may be done, or the plan may have changed. `authzd plan` shows what is "
                     "held now"};
  }
  for (const Hold& hold : holds) {
    auto kept =
        state.approvals.approve_hold(hold.hash, hold.rail, approvals_of(plan, hold.hash), by);
    if (kept && names_rail(hold, rail::kFirstDeletes)) {
      kept = state.approvals.approve_first_deletes({by.who, by.at, std::nullopt, by.login_uid});
    }
    if (!kept) return std::move(kept).error();
  }
  return holds;
}

Result<void> approve_revision(AccountState& state, std::string_view revision, const Grantor& by) {
  const auto attempted = state.revisions.attempted();
  if (!attempted) return attempted.error();
  if (!*attempted || (*attempted)->revision != revision) {
    return Error{ErrorCode::not_found,
                 printable(revision) + " is not the newest revision that was tried"};
  }
  return state.approvals.approve_revision((*attempted)->revision, by);
}

}  // namespace authzd
