// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/release.hpp"

#include "daemon/run/instance_look_up.hpp"
#include "reconciler/plan/pins.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace authzd {
namespace {

/// The keys of the policies that are not ours any more.
std::set<Key> released_keys(const AccountId& account, const Performed& performed) {
  const Plan& plan = performed.planned.plan;
  std::set<Key> keys;
  for (const Outcome& outcome : performed.outcomes) {
    if (outcome.kind == OutcomeKind::done) keys.insert(plan.actions[outcome.action].key);
  }
  for (const Note& note : plan.notes) {
    if (note.reason == NoteReason::released && note.policy)
      keys.insert(key_of(account, *note.policy));
  }
  return keys;
}

std::vector<KeptPin> pins_on(const std::set<Key>& keys,
                             const Desired& desired,
                             const TrustedTime& time,
                             const RunStart& run) {
  std::vector<KeptPin> pins;
  for (auto& [key, digest] : desired_digests(desired, keys, time.if_trusted())) {
    if (digest != kNoGrant) pins.push_back({key, std::move(digest), run.id, time.now});
  }
  return pins;
}

}  // namespace

Result<void> settle_release(AccountRuntime& account,
                            const Performed& performed,
                            const Result<SharedRevision>& good) {
  for (const PolicyId& id : performed.planned.findings.released) {
    auto forgot = account.state().policies.seen_gone(id, account.time().now);
    if (!forgot) return forgot;
  }
  if (!good) {
    return Error(good.error())
        .context("nothing is pinned, so that `adopt` may take up again what was released");
  }
  if (!*good) return {};
  const auto located = locate_instances(account.state(), *good);
  if (!located) return located.error();
  const AccountId& id = account.spec().id;
  const auto keys = released_keys(id, performed);
  return account.state().pins.add(
      pins_on(keys, (*located)->desired, account.time(), account.run()));
}

}  // namespace authzd
