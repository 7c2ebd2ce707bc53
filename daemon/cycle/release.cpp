// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/release.hpp"

#include "daemon/cycle/assertions.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/role_look_up.hpp"
#include "reconciler/plan/pins.hpp"
#include "reconciler/plan/release.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace authzd {
namespace {

/// The keys of the policies that are no longer ours, or may not be.
std::set<Key> released_keys(const AccountId& account, const Performed& performed) {
  const Plan& plan = performed.planned.plan;
  std::set<Key> keys;
  for (const Outcome& outcome : performed.outcomes) {
    if (outcome.wrote || outcome.kind == OutcomeKind::done)
      keys.insert(plan.actions[outcome.action].key);
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
  for (auto& [key, digest] : desired_digests(desired, keys)) {
    if (!is_of_no_grant(digest)) pins.push_back({key, std::move(digest), run.id, time.now});
  }
  return pins;
}

}  // namespace

/// It only removes text, which can neither break nor satisfy an assertion.
Async<Planned> plan_release(ReadingContext context, SharedRevision good, std::string which) {
  auto observation = co_await observe(context);
  if (!observation) co_return std::move(observation).error();
  auto remembered = recollect(context.spec, context.state, *observation, context.wrote);
  if (!remembered) co_return std::move(remembered).error();
  Ownership ownership = ownership_of(context.spec, *remembered, observation->identity.iam_id);
  auto age = distrust_older_state(context, *observation, ownership, *remembered);
  if (!age) co_return std::move(age).error();
  const auto located = locate_instances(context.state, std::move(good));
  if (!located) co_return located.error();
  const Desired desired = *located ? (*located)->desired : Desired{};
  const ReleaseOptions options{.never = context.spec.rails.never,
                               .protect_releases = std::move(remembered->protect_releases),
                               .desired = desired.grants,
                               .are_manifests_known = *located != nullptr,
                               .time = observation->time,
                               .which = which};
  Plan plan = make_release_plan(context.spec.id, observation->policies, ownership, options);
  Planned planned;
  planned.plan = without_loose_ends(std::move(plan), observation->open_writes.open);
  planned.findings.released = released_of(planned.plan);
  planned.findings.state_age = std::move(*age);
  auto names = co_await names_for(context, planned.plan, desired, observation->policies);
  if (!names) co_return std::move(names).error();
  const auto known = known_role_names(observation->policies, *names);
  co_await judge_against_known(planned.plan, *located, known_of(*observation, known));
  planned.role_names = std::move(*names);
  take(std::move(*observation), planned);
  co_return planned;
}

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
