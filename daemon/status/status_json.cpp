// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/account_state.hpp"
#include "daemon/status/rollout_report.hpp"
#include "daemon/status/status_report.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/json_values.hpp"

#include <nlohmann/json.hpp>

namespace authzd {
namespace {

using Json = nlohmann::ordered_json;

Json time_json(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json();
}

Json condition_json(const char* type, const Condition& condition) {
  return {{"type", type},
          {"status", condition.is_true},
          {"reason", condition.reason},
          {"message", condition.message},
          {"since", to_rfc3339(condition.since)}};
}

Json planned_json(const PlanCounts& counts) {
  return {{"create", counts.creates},
          {"update", counts.updates},
          {"delete", counts.removes},
          {"held", counts.held},
          {"conflicts", counts.conflicts},
          {"unmanaged", counts.unmanaged},
          {"inSync", counts.in_sync},
          {"kept", counts.kept},
          {"notInMode", counts.dropped}};
}

Json run_json(const std::optional<LastRun>& run) {
  if (!run) return {};
  return {{"id", run->id},
          {"began", to_rfc3339(run->began)},
          {"ended", to_rfc3339(run->ended)},
          {"revision", run->revision},
          {"policies", run->policies},
          {"managed", run->managed()},
          {"inSync", run->in_sync()},
          {"planned", planned_json(run->planned)},
          {"created", run->created},
          {"updated", run->updated},
          {"deleted", run->deleted},
          {"failed", run->failed},
          {"drifted", run->drifted}};
}

Json hold_json(const HeldActions& hold) {
  return {{"hash", hold.hash},
          {"rail", hold.rail},
          {"message", hold.message},
          {"actions", hold.actions}};
}

Json failing_json(const FailingObject& object) {
  return {{"name", object.name},
          {"policy", object.id.value},
          {"reason", object.reason},
          {"message", object.message},
          {"nextAttempt", time_json(object.next_attempt)}};
}

Json due_json(const DueDates& due) {
  Json dates = Json::array();
  for (const DueDate& date : due.dates) {
    dates.push_back({{"kind", to_string(date.kind)},
                     {"name", date.name},
                     {"owner", date.owner.empty() ? Json() : Json(date.owner)},
                     {"at", to_rfc3339(date.at)}});
  }
  return {{"ends", due.ends}, {"reviews", due.reviews}, {"dates", std::move(dates)}};
}

Json reload_json(const std::optional<RefusedReload>& reload) {
  if (!reload) return {};
  return {{"at", to_rfc3339(reload->at)}, {"message", reload->why}};
}

Json place_json(const std::optional<RolloutPlace>& place) {
  if (!place) return {};
  return {{"revision", place->revision},
          {"wave", place->wave},
          {"why", place->why},
          {"started", place->is_started}};
}

Json account_json(const AccountStatus& account) {
  Json holds = Json::array();
  for (const HeldActions& hold : account.holds) holds.push_back(hold_json(hold));
  Json approve_all;
  if (!account.holds.empty()) approve_all = hash_all_holds(account);
  Json failing = Json::array();
  for (const FailingObject& object : account.failing) failing.push_back(failing_json(object));
  Json conditions = Json::array({condition_json("Ready", account.ready),
                                 condition_json("Reconciling", account.reconciling),
                                 condition_json("Stalled", account.stalled),
                                 condition_json("Held", account.held),
                                 condition_json("Due", account.due),
                                 condition_json("AssertionsHold", account.assertions_hold)});
  return {{"name", account.name},
          {"id", account.id.value},
          {"mode", to_string(account.mode)},
          {"state", to_string(state_of(account))},
          {"suspended", account.is_suspended},
          {"conditions", std::move(conditions)},
          {"rollout", place_json(account.rollout)},
          {"attemptedRevision", account.attempted_revision},
          {"appliedRevision", account.applied_revision},
          {"attemptedCommit", report::commit_json(account.attempted_commit)},
          {"appliedCommit", report::commit_json(account.applied_commit)},
          {"lastRun", run_json(account.last_run)},
          {"nextCycle", time_json(account.next_cycle)},
          {"holds", std::move(holds)},
          {"approveAll", approve_all},
          {"failing", std::move(failing)},
          {"due", due_json(account.due_dates)},
          {"pinned", account.pinned},
          {"standingWidenings", account.standing_widenings},
          {"policies", account.policies},
          {"policyLimit", account.policy_limit},
          {"unreadable", report::optional_text(account.unreadable)},
          {"assertions",
           {{"hold", account.assertions.hold},
            {"violated", account.assertions.violated},
            {"undecided", account.assertions.undecided},
            {"violations", account.assertions.violations}}},
          {"unknownOutcomes", account.unknown_outcomes},
          {"clockSkewMilliseconds", account.clock_skew.count()}};
}

}  // namespace

std::string status_json(const DaemonStatus& daemon) {
  Json list = Json::array();
  for (const AccountStatus& account : daemon.accounts) list.push_back(account_json(account));
  const Json document = {{"formatVersion", kStatusFormatVersion},
                         {"refusedReload", reload_json(daemon.refused_reload)},
                         {"rollout", rollout_json(daemon.rollout)},
                         {"accounts", std::move(list)}};
  return json_safe(document.dump(2, ' ', false, Json::error_handler_t::replace)) + "\n";
}

}  // namespace authzd
