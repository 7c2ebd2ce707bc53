// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/cycle_summary.hpp"

#include "daemon/cycle/status_keeper.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/look_alikes.hpp"
#include "reconciler/report/wording.hpp"
#include "reconciler/undo/undo.hpp"

#include <algorithm>
#include <chrono>

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

std::string change_text(const Action& action, const Plan& plan, const RoleNames& names) {
  const auto& shown = action.verb == Verb::remove ? action.before : action.after;
  const std::string what =
      shown ? grant_text(*shown, plan.account, names) + "  (" + printable(action.name) + ")"
            : printable(action.name);
  const std::string_view more = is_marker_only(action) ? ", marker only" : "";
  return std::string(1, symbol_of(action.verb)) + " " + what + std::string(more);
}

void tell_changes(const Performed& performed, CycleSummary& cycle) {
  const Planned& planned = performed.planned;
  for (const Outcome& outcome : performed.outcomes) {
    if (outcome.kind != OutcomeKind::done || !outcome.wrote) continue;
    const Action& action = planned.plan.actions[outcome.action];
    if (is_marker_only(action)) ++cycle.marker_only;
    if (cycle.changes.size() == kMostChangesShown) continue;
    cycle.changes.push_back(change_text(action, planned.plan, planned.role_names));
  }
}

void tell_what_is_held(const Planned& planned, CycleSummary& cycle) {
  const auto& actions = planned.plan.actions;
  cycle.held = static_cast<std::size_t>(std::ranges::count_if(actions, is_held));
  for (CycleSummary::Hold& hold : cycle.holds) {
    for (const Action& action : planned.plan.actions) {
      if (hold.changes.size() == kMostChangesShown) break;
      if (std::ranges::find(action.holds, hold.hash, &Hold::hash) == action.holds.end()) continue;
      hold.changes.push_back(change_text(action, planned.plan, planned.role_names));
    }
  }
}

void tell_who(const RunStart& run, CycleSummary& cycle) {
  cycle.asked_by = run.who;
  cycle.undoes = run.undoes;
  if (run.kind == RunKind::cycle) return;
  cycle.done_by = std::string(to_string(run.kind));
  if (!run.undoes.empty()) cycle.done_by += " of run " + run.undoes;
  if (!run.who.empty()) cycle.done_by += ", by " + run.who;
}

/// A revision whose check only failed to finish is tried again: nobody has refused it.
RevisionStanding standing_on_newest(const AccountStatus& status, const CycleEnd& end) {
  const bool is_refused =
      end.refusal && !end.refusal->revision.empty() && !is_transient(end.refusal->error.code);
  if (is_refused) return RevisionStanding::refused;
  if (end.refusal || end.wait) return RevisionStanding::pending;
  // Ready, and yet not as the revision says: the mode does not allow all of it.
  if (status.ready.kind == ConditionReason::kept_back) return RevisionStanding::pending;
  if (status.ready.is_true) return RevisionStanding::matches;
  if (status.ready.kind == ConditionReason::held) return RevisionStanding::held;
  const bool needs_person =
      status.stalled.is_true || status.ready.kind == ConditionReason::conflicts;
  return needs_person ? RevisionStanding::stalled : RevisionStanding::pending;
}

/// What others changed: from what is wanted to what IAM has.
std::string drift_of(const Action& action, const AccountId& home, const RoleNames& names) {
  if (!action.before || !action.after) return {};
  std::vector<std::string> parts;
  for (const Difference& each : differences(*action.after, *action.before, home, names)) {
    parts.push_back(each.label + " " + each.change);
  }
  return join(parts, ", ");
}

void tell_of_drift(const Planned& planned, CycleSummary& cycle) {
  const Plan& plan = planned.plan;
  for (const Action* action : wanted_actions(plan)) {
    if (!action->drift) continue;
    const Drift& drift = *action->drift;
    const bool is_deleted = !drift.deleted.empty();
    cycle.drifts.push_back({action->name,
                            is_deleted ? drift.deleted : action->id,
                            drift.by,
                            drift.at,
                            is_deleted,
                            drift_of(*action, plan.account, planned.role_names)});
  }
}

void tell_of_failure(const Condition& ready, CycleSummary& cycle) {
  const bool is_no_failure = ready.is_true || ready.kind == ConditionReason::held ||
                             ready.kind == ConditionReason::suspended ||
                             ready.kind == ConditionReason::waits_for_wave ||
                             ready.kind == ConditionReason::cut_short;
  if (is_no_failure) return;
  cycle.failure = ready.reason;
  cycle.error = ready.message.empty() ? ready.reason : ready.message;
}

/// IAM forgets deleted policies: two days before that, there is still time to undo a run.
void tell_of_ending_undos(const AccountRuntime& account, CycleSummary& cycle) {
  constexpr std::chrono::hours kNotice(48);
  const auto runs = account.state().runs.deletes_since(cycle.at - kDeletedKept);
  if (!runs) return;  // an unreadable state is reported elsewhere
  for (const RunDeletes& run : *runs) {
    const Timestamp until = run.first + kDeletedKept;
    if (until - cycle.at > kNotice) continue;
    cycle.ending_undos.push_back({run.run, run.deletes, run.first, until});
  }
}

void tell_of_room(const AccountStatus& status, CycleSummary& cycle) {
  cycle.policy_limit = status.policy_limit;
  if (is_nearly_full(status.policies, status.policy_limit)) cycle.policies = status.policies;
}

CycleSummary standing_of(const AccountRuntime& account) {
  const AccountStatus& status = account.status();
  CycleSummary cycle;
  cycle.owner = account.spec().owner;
  cycle.account = account.spec().id;
  cycle.account_name = account.spec().name;
  cycle.approve_options = account.spec().approve_options;
  cycle.hash_of_all = hash_all_holds(status);
  for (const HeldActions& hold : status.holds) {
    cycle.holds.push_back({hold.hash, hold.rail, hold.actions, hold.message});
  }
  tell_of_failure(status.ready, cycle);
  tell_of_room(status, cycle);
  cycle.due = status.due_dates.dates;
  cycle.violations = status.violations;
  if (!cycle.violations.empty()) cycle.violations_text = status.assertions_hold.message;
  return cycle;
}

}  // namespace

CycleSummary summary_of(const AccountRuntime& account, const CycleEnd& end) {
  CycleSummary cycle = standing_of(account);
  if (account.status().last_run) tell_what_was_done(*account.status().last_run, cycle);
  cycle.commit = commit_of(account, cycle.revision);
  cycle.newest = account.status().attempted_revision;
  cycle.newest_commit = account.status().attempted_commit;
  cycle.standing = standing_on_newest(account.status(), end);
  if (end.performed) {
    tell_of_drift(end.performed->planned, cycle);
    tell_changes(*end.performed, cycle);
    tell_what_is_held(end.performed->planned, cycle);
  }
  tell_of_ending_undos(account, cycle);
  cycle.rollout_stopped = end.rollout.stopped;
  cycle.rollout_complete = end.rollout.complete;
  return cycle;
}

CycleSummary summary_of(const AccountRuntime& account, const Performed& performed, Timestamp now) {
  CycleSummary cycle = standing_of(account);
  cycle.is_standing_known = account.status().last_run.has_value();
  const PerformedCounts done = count(performed);
  cycle.run = account.run().id;
  tell_who(account.run(), cycle);
  cycle.revision = performed.planned.revision;
  cycle.commit = commit_of(account, cycle.revision);
  tell_changes(performed, cycle);
  cycle.at = now;
  cycle.created = done.created;
  cycle.updated = done.updated;
  cycle.deleted = done.deleted;
  return cycle;
}

}  // namespace authzd
