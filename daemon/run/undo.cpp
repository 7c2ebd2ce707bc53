// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/undo.hpp"

#include "reconciler/plan/pins.hpp"
#include "reconciler/plan/rails.hpp"
#include "reconciler/undo/undo.hpp"

#include <utility>

namespace authzd {
namespace {

/// What each key is pinned at: its desired grant of now.
std::vector<KeptPin> pins_on(const std::set<Key>& keys,
                             const Desired& desired,
                             std::optional<Timestamp> trusted_now,
                             const RunStart& run,
                             Timestamp now) {
  std::vector<KeptPin> pins;
  for (const Key& key : keys) {
    pins.push_back({key, desired_digest(desired, key, trusted_now), run.id, now});
  }
  return pins;
}

/// The holds that the person's yes does not lift stay.
Plan railed(Plan plan, const AccountSpec& spec, const Recollection& remembered) {
  Plan held = apply_rails(std::move(plan), spec.rails, remembered.history, remembered.approved);
  std::set<std::string> approved = undo_approvals(held);
  approved.insert(remembered.approved.begin(), remembered.approved.end());
  return apply_rails(std::move(held), spec.rails, remembered.history, approved);
}

}  // namespace

Async<PlannedUndo> plan_undo(AccountRuntime& account, RunDetail past) {
  const AccountSpec& spec = account.spec();
  const Timestamp now = account.clock().now();
  const auto intent = co_await account.loader().next(now);
  if (!intent) co_return intent.error();
  auto observation = co_await observe(account.reading());
  if (!observation) co_return std::move(observation).error();
  const auto remembered = recollect(spec, account.state(), now);
  if (!remembered) co_return remembered.error();

  const auto actions = past_of(past);
  const UndoOptions options{.mode = spec.mode, .never = spec.rails.never};
  Undo undo = make_undo(spec.id,
                        actions,
                        observation->policies,
                        ownership_of(spec, *remembered, observation->identity.iam_id),
                        options);
  PlannedUndo planned;
  const bool is_trusted = is_clock_trusted(observation->clock_skew);
  const Desired desired = intent->good ? intent->good->desired : Desired{};
  planned.pins = pins_on(
      undo.touched, desired, is_trusted ? std::optional(now) : std::nullopt, account.run(), now);
  planned.planned.plan = railed(std::move(undo.plan), spec, *remembered);
  planned.planned.policies = observation->policies.size();
  planned.planned.clock_skew = observation->clock_skew;
  planned.planned.identity = std::move(observation->identity);
  co_return planned;
}

}  // namespace authzd
