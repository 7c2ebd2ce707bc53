// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/recollection.hpp"

#include <utility>

namespace authzd {
namespace {

Result<std::set<Key>> released_protections(const AccountSpec& spec,
                                           const AccountState& state,
                                           Timestamp now) {
  const auto releases = state.revisions.protect_releases();
  if (!releases) return releases.error();
  std::set<Key> released;
  for (const auto& [key, since] : *releases) {
    if (now - since >= spec.rails.protect_release) released.insert(key);
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

Result<RailHistory> history_of(const AccountSpec& spec, const AccountState& state, Timestamp now) {
  auto history = state.runs.window(now - spec.rail_window);
  if (!history) return history;
  const auto first_deletes = state.approvals.are_first_deletes_approved();
  if (!first_deletes) return first_deletes.error();
  const auto announced = state.revisions.announced_expiries();
  if (!announced) return announced.error();
  history->now = now;
  history->first_deletes_approved = *first_deletes;
  for (const AnnouncedExpiry& expiry : *announced) {
    history->announced.emplace(expiry.key, expiry.expires_at);
  }
  return history;
}

}  // namespace

Result<Recollection> recollect(const AccountSpec& spec, const AccountState& state, Timestamp now) {
  auto known = state.policies.known();
  if (!known) return std::move(known).error();
  auto releases = released_protections(spec, state, now);
  if (!releases) return std::move(releases).error();
  auto pins = kept_pins(state);
  if (!pins) return std::move(pins).error();
  auto history = history_of(spec, state, now);
  if (!history) return std::move(history).error();
  auto approved = state.approvals.passes(now);
  if (!approved) return std::move(approved).error();
  return Recollection{std::move(*known),
                      std::move(*releases),
                      std::move(*pins),
                      std::move(*history),
                      std::move(*approved)};
}

Ownership ownership_of(const AccountSpec& spec,
                       const Recollection& recollection,
                       const IamId& identity) {
  Ownership ownership;
  ownership.owner = spec.owner;
  ownership.identities = spec.identities;
  ownership.identities.insert(identity);
  ownership.previous_owners = spec.previous_owners;
  for (const auto& [id, origin] : recollection.known) {
    ownership.known_ids.insert(id);
    if (origin == PolicyOrigin::created) ownership.created_ids.insert(id);
  }
  return ownership;
}

}  // namespace authzd
