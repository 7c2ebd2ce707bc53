// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/planning.hpp"

#include "reconciler/plan/planner.hpp"
#include "reconciler/plan/rails.hpp"

#include <utility>

namespace authzd {

Async<Planned> plan_account(ReadingContext context,
                            GoodRevision good,
                            std::set<std::string> approved) {
  auto observation = co_await observe(context);
  if (!observation) co_return std::move(observation).error();
  auto resolved = co_await resolve_roles(context, std::move(good.desired.grants));
  if (!resolved) co_return std::move(resolved).error();

  const auto known = context.state.policies.known();
  if (!known) co_return known.error();

  const AccountSpec& spec = context.spec;
  Ownership ownership;
  ownership.owner = spec.owner;
  ownership.identities = spec.identities;
  ownership.identities.insert(observation->identity.iam_id);
  for (const auto& [id, origin] : *known) ownership.known_ids.insert(id);
  PlanOptions options;
  options.mode = spec.mode;
  options.adopt = spec.adopt;
  options.now = context.clock.now();
  options.never = spec.rails.never;
  RailHistory history;
  history.now = options.now;
  history.first_deletes_approved = true;  // nothing remembers yet whether they were
  history.role_names = resolved->names;

  Planned planned;
  planned.revision = std::move(good.revision);
  planned.policies = observation->policies.size();
  planned.plan =
      apply_rails(make_plan(spec.id, resolved->grants, observation->policies, ownership, options),
                  spec.rails,
                  history,
                  approved);
  planned.identity = std::move(observation->identity);
  planned.role_names = std::move(resolved->names);
  co_return planned;
}

}  // namespace authzd
