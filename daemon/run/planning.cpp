// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/planning.hpp"

#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/release.hpp"

#include <utility>

namespace authzd {
namespace {

PlanOptions options_of(const AccountSpec& spec,
                       const Recollection& recollection,
                       Timestamp now,
                       std::chrono::milliseconds skew) {
  PlanOptions options;
  options.mode = spec.mode;
  options.adopt = spec.adopt;
  options.now = now;
  options.protect_releases = recollection.protect_releases;
  options.pins = recollection.pins;
  options.never = spec.rails.never;
  options.clock_is_trusted = is_clock_trusted(skew);
  return options;
}

/// Policies that are ours by their marker and by who wrote them, and that the state has lost or
/// never knew.
std::map<PolicyId, PolicyOrigin> unknown_of_ours(const AccountId& account,
                                                 const std::vector<Observed>& policies,
                                                 const Ownership& ownership) {
  std::map<PolicyId, PolicyOrigin> found;
  for (const Observed& policy : policies) {
    if (ownership.known_ids.contains(policy.id) || !is_witnessed(policy, ownership)) continue;
    const OwnerClass owner = classify_owner(policy,
                                            parse_description(policy.content.description),
                                            key_of(account, policy.content),
                                            ownership);
    if (owner != OwnerClass::ours && owner != OwnerClass::altered) continue;
    found.emplace(policy.id,
                  is_made_by_us(policy, ownership) ? PolicyOrigin::created : PolicyOrigin::adopted);
  }
  return found;
}

/// The note "Released" names a policy only where there is nothing left to take off of it.
std::vector<PolicyId> released_of(const Plan& plan) {
  std::vector<PolicyId> released;
  for (const Note& note : plan.notes) {
    if (note.reason == "Released" && !note.id.empty()) released.push_back(note.id);
  }
  return released;
}

}  // namespace

bool is_clock_trusted(std::chrono::milliseconds skew) {
  return skew <= kMaxClockSkew && -skew <= kMaxClockSkew;
}

Async<Planned> plan_account(ReadingContext context,
                            SharedRevision good,
                            std::set<std::string> approved) {
  const AccountSpec& spec = context.spec;
  auto observation = co_await observe(context);
  if (!observation) co_return std::move(observation).error();
  const Timestamp now = context.clock.now();
  auto remembered = recollect(spec, context.state, now);
  if (!remembered) co_return std::move(remembered).error();
  const PlanOptions options = options_of(spec, *remembered, now, observation->clock_skew);

  Planned planned;
  const auto trusted_now = options.clock_is_trusted ? std::optional(now) : std::nullopt;
  planned.findings.ended_pins = ended_pins(options.pins, good->desired, trusted_now);
  auto resolved = co_await resolve_roles(context, good->desired.grants);
  if (!resolved) co_return std::move(resolved).error();

  const Ownership ownership = ownership_of(spec, *remembered, observation->identity.iam_id);
  remembered->history.role_names.insert(resolved->names.begin(), resolved->names.end());
  approved.merge(remembered->approved);
  planned.plan =
      apply_rails(make_plan(spec.id, resolved->grants, observation->policies, ownership, options),
                  spec.rails,
                  remembered->history,
                  approved);
  planned.findings.ours = unknown_of_ours(spec.id, observation->policies, ownership);
  planned.findings.gone = std::move(observation->gone);
  planned.findings.released = released_of(planned.plan);
  planned.revision = good->revision;
  planned.policies = observation->policies.size();
  for (const Observed& policy : observation->policies) {
    if (policy.state == PolicyState::active) planned.ids.insert(policy.id);
  }
  planned.clock_skew = observation->clock_skew;
  planned.identity = std::move(observation->identity);
  planned.role_names = std::move(resolved->names);
  co_return planned;
}

Async<Planned> plan_release(ReadingContext context) {
  auto observation = co_await observe(context);
  if (!observation) co_return std::move(observation).error();
  const auto remembered = recollect(context.spec, context.state, context.clock.now());
  if (!remembered) co_return remembered.error();
  Planned planned;
  planned.plan =
      make_release_plan(context.spec.id,
                        observation->policies,
                        ownership_of(context.spec, *remembered, observation->identity.iam_id),
                        context.spec.rails.never);
  planned.policies = observation->policies.size();
  planned.clock_skew = observation->clock_skew;
  planned.identity = std::move(observation->identity);
  co_return planned;
}

}  // namespace authzd
