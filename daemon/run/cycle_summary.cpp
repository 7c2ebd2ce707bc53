// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/run/cycle_summary.hpp"

namespace authzd {
namespace {

void tell_what_was_done(const LastRun& run, CycleSummary& cycle) {
  cycle.run = run.id;
  cycle.revision = run.revision;
  cycle.at = run.ended;
  cycle.created = run.created;
  cycle.updated = run.updated;
  cycle.deleted = run.deleted;
}

void tell_of_drift(const Plan& plan, CycleSummary& cycle) {
  for (const Action* action : wanted_actions(plan)) {
    if (!action->drift) continue;
    cycle.drifts.push_back({action->name, action->id, action->drift->by, action->drift->at});
  }
}

void tell_of_failure(const Condition& ready, CycleSummary& cycle) {
  if (ready.is_true || ready.reason == "Held" || ready.reason == "Suspended") return;
  cycle.failure = ready.reason;
  cycle.error = ready.message.empty() ? ready.reason : ready.message;
}

CycleSummary standing_of(const AccountRuntime& account) {
  const AccountStatus& status = account.status();
  CycleSummary cycle;
  cycle.owner = account.spec().owner;
  cycle.account = account.spec().id;
  cycle.account_name = account.spec().name;
  for (const HeldActions& hold : status.holds) {
    cycle.holds.push_back({hold.hash, hold.rail, hold.actions});
  }
  tell_of_failure(status.ready, cycle);
  return cycle;
}

}  // namespace

CycleSummary summary_of(const AccountRuntime& account, const CycleEnd& end) {
  CycleSummary cycle = standing_of(account);
  if (account.status().last_run) tell_what_was_done(*account.status().last_run, cycle);
  if (end.performed) tell_of_drift(end.performed->planned.plan, cycle);
  return cycle;
}

CycleSummary summary_of(const AccountRuntime& account, const Performed& performed, Timestamp now) {
  CycleSummary cycle = standing_of(account);
  const PerformedCounts done = count(performed);
  cycle.run = account.run().id;
  cycle.revision = performed.planned.revision;
  cycle.at = now;
  cycle.created = done.created;
  cycle.updated = done.updated;
  cycle.deleted = done.deleted;
  return cycle;
}

}  // namespace authzd
