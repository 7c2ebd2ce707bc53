// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/account_memory.hpp"

#include "daemon/cycle/rails_and_quorum.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

Result<ProtectReleases> released_protections(const AccountSpec& spec,
                                             const AccountState& state,
                                             const TrustedTime& time) {
  const auto releases = state.revisions.protect_releases();
  if (!releases) return releases.error();
  ProtectReleases released;
  for (const auto& [key, since] : *releases) {
    const Timestamp ends = std::min(since, time.latest) + spec.rails.protect_release;
    if (time.has_passed(ends)) {
      released.due.insert(key);
    } else {
      released.to_come.emplace(key, ends);
    }
  }
  return released;
}

Result<Pins> kept_pins(const AccountState& state) {
  const auto kept = state.pins.list();
  if (!kept) return kept.error();
  Pins pins;
  for (const KeptPin& pin : *kept) pins.emplace(pin.key, pin.digest);
  return pins;
}

Result<RailHistory> history_of(const AccountSpec& spec,
                               const AccountState& state,
                               const TrustedTime& time,
                               const Quorum& quorum) {
  auto history = state.runs.window(time.earliest - spec.rail_window);
  if (!history) return history;
  const auto first_deletes = state.approvals.are_first_deletes_approved(time.latest, quorum);
  if (!first_deletes) return first_deletes.error();
  const auto attempted = state.revisions.attempted();
  if (!attempted) return attempted.error();
  history->is_newest_refused = *attempted && !(*attempted)->error.empty();
  history->now = time.earliest;
  history->is_time_trusted = time.is_trusted();
  history->first_deletes_approved = *first_deletes;
  history->is_kept = spec.keeps_state;
  return history;
}

/// A marker of a policy, or our last write to it, may say that it is protected. Else the releases
/// of protections are of no use: there is one for most grants.
bool has_protection(const Observation& observation, const WrittenPolicies& written) {
  return std::ranges::any_of(
             observation.policies,
             [](const Observed& policy) { return may_be_protected(policy.content.description); }) ||
         std::ranges::any_of(*written,
                             [](const auto& each) { return each.second.protects.has_value(); });
}

}  // namespace

Result<AccountMemory> recollect(const AccountSpec& spec,
                                const AccountState& state,
                                const Observation& observation,
                                const Authors& besides) {
  const TrustedTime& time = observation.time;
  auto written = state.written.all();
  if (!written) return std::move(written).error();
  auto releases = has_protection(observation, *written) ? released_protections(spec, state, time)
                                                        : ProtectReleases{};
  if (!releases) return std::move(releases).error();
  releases->delay = spec.rails.protect_release;
  auto pins = kept_pins(state);
  if (!pins) return std::move(pins).error();
  auto ends = state.rails.ends();
  if (!ends) return std::move(ends).error();
  const auto quorum = quorum_of(spec, state, time.latest, besides);
  if (!quorum) return quorum.error();
  auto history = history_of(spec, state, time, *quorum);
  if (!history) return std::move(history).error();
  auto approved = state.approvals.passes(time.latest, *quorum);
  if (!approved) return std::move(approved).error();
  return AccountMemory{observation.known,
                       std::move(*written),
                       std::move(*releases),
                       std::move(*pins),
                       std::move(*ends),
                       std::move(*history),
                       std::move(*approved)};
}

namespace {

Result<void> recall_use(const AccountState& state, const Action& action, PlanMemory& memory) {
  const auto used = state.rails.latest_use(action.id, action.key);
  if (!used) return used.error();
  if (*used) memory.last_uses.emplace(action.id, **used);
  return {};
}

Result<void> recall_written(const AccountState& state, const Action& action, PlanMemory& memory) {
  auto written = state.written.find(action.id);
  if (!written) return std::move(written).error();
  if (*written) memory.written.emplace(action.id, std::move(**written));
  return {};
}

}  // namespace

PlanOptions options_of(const AccountSpec& spec,
                       const AccountMemory& memory,
                       const TrustedTime& time) {
  PlanOptions options;
  options.mode = spec.mode;
  options.adopt = spec.adopt;
  options.time = time;
  options.protect_releases = memory.protect_releases;
  options.pins = memory.pins;
  options.never = spec.rails.never;
  options.ends = memory.ends;
  options.announce = spec.rail_window;
  return options;
}

Result<InheritedKeys> inherit(const AccountState& state, std::span<const ResolvedGrant> desired) {
  const auto documents = inheriting_documents(desired);
  if (documents.empty()) return InheritedKeys{};
  const auto given = state.revisions.given_to(documents);
  if (!given) return given.error();
  return inherited_keys(desired, *given);
}

Result<PlanMemory> memory_of(const AccountState& state,
                             const Plan& plan,
                             const std::vector<PolicyId>& gone) {
  PlanMemory memory;
  auto removals = state.rails.removals();
  if (!removals) return std::move(removals).error();
  memory.removals_since = std::move(*removals);
  auto lost = state.written.lost(gone);
  if (!lost) return std::move(lost).error();
  memory.lost = std::move(*lost);
  auto perhaps = state.written.perhaps();
  if (!perhaps) return std::move(perhaps).error();
  memory.perhaps_written = std::move(*perhaps);
  for (const Action* action : wanted_actions(plan)) {
    if (action->removal) {
      if (auto used = recall_use(state, *action, memory); !used) return std::move(used).error();
    }
    if (action->verb != Verb::create) {
      auto written = recall_written(state, *action, memory);
      if (!written) return std::move(written).error();
    }
  }
  return memory;
}

std::set<IamId> identities_of(const AccountSpec& spec, const IamId& identity) {
  std::set<IamId> identities = spec.identities;
  identities.insert(identity);
  return identities;
}

Ownership ownership_of(const AccountSpec& spec,
                       const AccountMemory& memory,
                       const IamId& identity) {
  Ownership ownership;
  ownership.owner = spec.owner;
  ownership.identities = identities_of(spec, identity);
  ownership.previous_owners = spec.previous_owners;
  ownership.known = memory.known;
  ownership.written = memory.written;
  ownership.trusts_markers = spec.trusts_markers;
  return ownership;
}

}  // namespace authzd
