// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/undo.hpp"

#include "daemon/cycle/assertions.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/role_look_up.hpp"
#include "reconciler/plan/pins.hpp"
#include "reconciler/plan/plan_name.hpp"
#include "reconciler/rails/rails.hpp"
#include "reconciler/undo/protection.hpp"
#include "reconciler/undo/undo.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

/// What each key is pinned to: its current desired grant.
UndoPins pins_on(const std::set<Key>& keys,
                 const Desired& desired,
                 const TrustedTime& time,
                 const std::vector<KeptPin>& kept,
                 const RunStart& run,
                 const std::string& undone) {
  UndoPins pins{.undone = undone, .added = {}, .earlier = {}};
  for (const KeptPin& pin : kept) {
    if (keys.contains(pin.key)) pins.earlier.push_back(pin);
  }
  std::set<Key> undone_keys;
  for (const KeptPin& pin : pins.earlier) {
    if (pin.run == undone) undone_keys.insert(pin.key);
  }
  for (auto& [key, digest] : desired_digests(desired, keys)) {
    if (undone_keys.contains(key)) continue;
    pins.added.push_back({key, digest, run.id, time.now});
  }
  return pins;
}

std::set<Key> protected_keys(const Desired& desired) {
  std::set<Key> keys;
  for (const Grant& grant : desired.grants) {
    if (grant.is_protected) keys.insert(grant.key);
  }
  return keys;
}

/// Keys of the actions with such an outcome.
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

/// The rail for first deletes does not apply: it is for a state that may have been lost, and this
/// one still has the run, unless it is known to be older than the account. No timer ends a hold of
/// removalGrace: it needs the answer of a person, or a reviewed hash.
Plan railed(Plan plan,
            const AccountSpec& spec,
            const AccountMemory& remembered,
            const StateAge& age,
            const RoleNames& names) {
  RailHistory history = remembered.history;
  history.role_names.insert(names.begin(), names.end());
  history.first_deletes_approved = !age.found();
  history.is_repeated = false;
  return apply_rails(std::move(plan), spec.rails, history, remembered.approved);
}

/// Policies that the run deleted and IAM no longer has. `past` and `observed` outlive the call.
Async<std::set<PolicyId>> forgotten_by_iam(ReadingContext reading,
                                           std::span<const PastAction> past,
                                           std::span<const Observed> observed) {
  std::set<PolicyId> forgotten;
  const auto gone = removed_for_good(past, observed);
  for (const PolicyId& id : gone) {
    const auto read = co_await reading.reader.get(id);
    if (read) continue;
    if (read.error().code == ErrorCode::not_found) {
      forgotten.insert(id);
    } else if (read.error().code == ErrorCode::cancelled) {
      co_return read.error();
    }
  }
  co_return forgotten;
}

}  // namespace

Result<void> put_pins(AccountRuntime& account, const UndoPins& pins) {
  // No cycle may come between this and the end of the pins.
  if (auto ended = account.state().rails.end_removals(); !ended) return ended;
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

Async<PlannedUndo> plan_undo(AccountRuntime& account, ReadingContext reading, RunDetail past) {
  const AccountSpec& spec = account.spec();
  const auto intent = co_await account.loader().look(account.time().latest);
  if (!intent) co_return intent.error();
  auto observation = co_await observe(reading);
  if (!observation) co_return std::move(observation).error();
  auto remembered = recollect(spec, account.state(), *observation);
  if (!remembered) co_return std::move(remembered).error();
  Ownership ownership = ownership_of(spec, *remembered, observation->identity.iam_id);
  auto age = distrust_older_state(reading, *observation, ownership, *remembered);
  if (!age) co_return std::move(age).error();
  const auto kept = account.state().pins.list();
  if (!kept) co_return kept.error();

  const auto actions = past_of(past);
  const auto good = locate_instances(account.state(), intent->good);
  if (!good) co_return good.error();
  const Desired desired = *good ? (*good)->desired : Desired{};
  auto forgotten = co_await forgotten_by_iam(reading, actions, observation->policies);
  if (!forgotten) co_return std::move(forgotten).error();
  const UndoOptions options{
      .mode = spec.mode, .never = spec.rails.never, .forgotten = std::move(*forgotten)};
  Undo undo = make_undo(spec.id, actions, observation->policies, ownership, options);
  undo = without_protected(std::move(undo), protected_keys(desired));
  auto names = co_await names_for(reading, undo.plan, desired, observation->policies);
  if (!names) co_return std::move(names).error();
  names->merge(names_told_to(past));
  const auto known = known_role_names(observation->policies, *names);
  undo = without_broken(std::move(undo), observation->policies, desired.assertions, known);
  PlannedUndo planned;
  planned.pins =
      pins_on(undo.touched, desired, observation->time, *kept, account.run(), past.run.start.id);
  auto memory = memory_of(account.state(), undo.plan, observation->gone);
  if (!memory) co_return std::move(memory).error();
  distrust(*memory, *age);
  Plan plan = recall(std::move(undo.plan), *memory);
  plan = without_loose_ends(std::move(plan), observation->open_writes.open);
  plan = with_state_age(std::move(plan), *age);
  planned.planned.plan = railed(std::move(plan), spec, *remembered, *age, *names);
  name_for_review(planned.planned.plan, observation->time.now, spec.approval_ttl);
  co_await judge_against_known(planned.planned.plan, *good, known_of(*observation, known));
  planned.planned.role_names = std::move(*names);
  planned.planned.findings.open_writes = std::move(observation->open_writes);
  planned.planned.findings.state_age = std::move(*age);
  planned.planned.policies = observation->policies.size();
  planned.planned.listed = observation->policies;
  planned.planned.time = observation->time;
  planned.planned.identity = std::move(observation->identity);
  co_return planned;
}

}  // namespace authzd
