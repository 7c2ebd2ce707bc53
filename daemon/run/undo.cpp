// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/undo.hpp"

#include "reconciler/plan/pins.hpp"
#include "reconciler/plan/rails.hpp"
#include "reconciler/undo/undo.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// What each key is pinned at: its desired grant of now.
UndoPins pins_on(const std::set<Key>& keys,
                 const Desired& desired,
                 std::optional<Timestamp> trusted_now,
                 const std::vector<KeptPin>& kept,
                 const RunStart& run,
                 const std::string& undone,
                 Timestamp now) {
  UndoPins pins{.undone = undone, .added = {}, .earlier = {}};
  for (const KeptPin& pin : kept) {
    if (keys.contains(pin.key)) pins.earlier.push_back(pin);
  }
  for (const Key& key : keys) {
    const auto pin = std::ranges::find(pins.earlier, key, &KeptPin::key);
    if (pin != pins.earlier.end() && pin->run == undone) continue;
    pins.added.push_back({key, desired_digest(desired, key, trusted_now), run.id, now});
  }
  return pins;
}

/// Keys of the actions whose outcome is such.
template <class Such>
std::set<Key> keys_of(const AccountId& account, const Performed& performed, Such is_such) {
  std::set<Key> keys;
  for (const Outcome& outcome : performed.outcomes) {
    const Action& action = performed.planned.plan.actions[outcome.action];
    if (!is_such(outcome)) continue;
    keys.insert(action.key);
    if (action.before) keys.insert(key_of(account, *action.before));
  }
  return keys;
}

bool is_done(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::done;
}

bool may_have_written(const Outcome& outcome) {
  return outcome.wrote || is_done(outcome);
}

/// The holds that the person's yes does not lift stay. First deletes are no matter here: that rail
/// is for a state that may have been lost, and this one still has the run.
Plan railed(Plan plan, const AccountSpec& spec, const Recollection& remembered) {
  RailHistory history = remembered.history;
  history.first_deletes_approved = true;
  Plan held = apply_rails(std::move(plan), spec.rails, history, remembered.approved);
  std::set<std::string> approved = undo_approvals(held);
  approved.insert(remembered.approved.begin(), remembered.approved.end());
  return apply_rails(std::move(held), spec.rails, history, approved);
}

}  // namespace

Result<void> put_pins(AccountRuntime& account, const UndoPins& pins) {
  return account.state().pins.add(pins.added);
}

Result<void> settle_pins(AccountRuntime& account,
                         const UndoPins& pins,
                         const Performed& performed) {
  const AccountId& id = account.spec().id;
  const auto written = keys_of(id, performed, may_have_written);
  const auto done = keys_of(id, performed, is_done);
  std::set<Key> off;
  std::vector<KeptPin> back;
  for (const KeptPin& pin : pins.added) {
    if (!written.contains(pin.key)) off.insert(pin.key);
  }
  for (const KeptPin& pin : pins.earlier) {
    if (pin.run == pins.undone) {
      if (done.contains(pin.key)) off.insert(pin.key);
    } else if (off.contains(pin.key)) {
      back.push_back(pin);
    }
  }
  if (auto removed = account.state().pins.remove(off); !removed) return removed;
  return account.state().pins.add(back);
}

Async<PlannedUndo> plan_undo(AccountRuntime& account, RunDetail past) {
  const AccountSpec& spec = account.spec();
  const Timestamp now = account.clock().now();
  const auto intent = co_await account.loader().next(now);
  if (!intent) co_return intent.error();
  auto observation = co_await observe(account.reading());
  if (!observation) co_return std::move(observation).error();
  const auto remembered = recollect(spec, account.state(), now);
  if (!remembered) co_return remembered.error();
  const auto kept = account.state().pins.list();
  if (!kept) co_return kept.error();

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
  const auto trusted_now = is_trusted ? std::optional(now) : std::nullopt;
  planned.pins =
      pins_on(undo.touched, desired, trusted_now, *kept, account.run(), past.run.start.id, now);
  planned.planned.plan = railed(std::move(undo.plan), spec, *remembered);
  planned.planned.policies = observation->policies.size();
  planned.planned.clock_skew = observation->clock_skew;
  planned.planned.identity = std::move(observation->identity);
  co_return planned;
}

}  // namespace authzd
