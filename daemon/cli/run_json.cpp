// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/run_report.hpp"
#include "reconciler/report/action_json.hpp"

namespace authzd {
namespace {

using report::Json;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json counts_json(const RunCounts& counts) {
  return {{"created", counts.created},
          {"updated", counts.updated},
          {"deleted", counts.deleted},
          {"failed", counts.failed},
          {"held", counts.held},
          {"conflicts", counts.conflicts},
          {"unknown", counts.unknown}};
}

Json summary_json(const std::string& name, const AccountId& id, const RunSummary& run) {
  Json json = {{"id", run.start.id},
               {"account", id.value},
               {"accountName", name},
               {"kind", to_string(run.start.kind)},
               {"who", text_or_null(run.start.who)},
               {"revision", text_or_null(run.start.revision)},
               {"undoes", text_or_null(run.start.undoes)},
               {"began", to_rfc3339(run.start.began)},
               {"ended", Json()},
               {"planHash", Json()},
               {"error", Json()},
               {"counts", Json()},
               {"idsKeptUntil", Json()}};
  if (!run.end) return json;
  json["ended"] = to_rfc3339(run.end->ended);
  json["planHash"] = text_or_null(run.end->plan_hash);
  json["error"] = text_or_null(run.end->error);
  json["counts"] = counts_json(run.end->counts);
  if (const auto until = ids_kept_until(run)) json["idsKeptUntil"] = to_rfc3339(*until);
  return json;
}

Json recorded_json(const RecordedAction& recorded) {
  Json json = report::action_json(recorded.action);
  json["outcome"] = Json();
  json["sent"] = recorded.writes.size();
  json["ended"] = recorded.ended ? Json(to_rfc3339(*recorded.ended)) : Json();
  if (!recorded.outcome) return json;
  const Outcome& outcome = *recorded.outcome;
  json["outcome"] = to_string(outcome.kind);
  json["error"] = outcome.error ? Json(to_string(*outcome.error)) : Json();
  json["transactionId"] = text_or_null(outcome.transaction_id);
  if (outcome.stored) json["storedId"] = outcome.stored->policy.id.value;
  return json;
}

}  // namespace

std::string runs_json(std::span<const AccountRuns> accounts) {
  Json runs = Json::array();
  for (const auto& [account, run] : newest_first(accounts)) {
    runs.push_back(summary_json(account->name, account->id, *run));
  }
  const Json document = {{"formatVersion", kRunsFormatVersion}, {"runs", std::move(runs)}};
  return report::dump(document, 2) + "\n";
}

std::string run_json(const AccountRun& run) {
  Json actions = Json::array();
  for (std::size_t i = 0; i < run.detail.actions.size(); ++i) {
    Json action = recorded_json(run.detail.actions[i]);
    const bool is_known = i < run.approved_by.size();
    action["approvedBy"] = is_known ? Json(run.approved_by[i]) : Json::array();
    actions.push_back(std::move(action));
  }
  Json document = {{"formatVersion", kRunsFormatVersion},
                   {"run", summary_json(run.name, run.id, run.detail.run)},
                   {"commit", report::commit_json(run.commit)},
                   {"actions", std::move(actions)}};
  return report::dump(document, 2) + "\n";
}

}  // namespace authzd
