// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notice_formats.hpp"
#include "reconciler/report/json_values.hpp"

namespace authzd {
namespace {

using report::Json;

Json drifts_json(const CycleSummary& cycle) {
  Json drifts = Json::array();
  for (const CycleSummary::Drift& drift : cycle.drifts) {
    drifts.push_back({{"name", drift.name},
                      {"policyId", drift.policy.value},
                      {"by", drift.by.value},
                      {"at", drift.at},
                      {"deleted", drift.is_deleted}});
  }
  return drifts;
}

Json undos_json(const CycleSummary& cycle) {
  Json undos = Json::array();
  for (const CycleSummary::EndingUndo& undo : cycle.ending_undos) {
    undos.push_back(
        {{"run", undo.run}, {"deletes", undo.deletes}, {"until", to_the_second(undo.until)}});
  }
  return undos;
}

Json due_json(const CycleSummary& cycle) {
  Json due = Json::array();
  for (const DueDate& date : cycle.due) {
    due.push_back({{"name", date.name},
                   {"owner", date.owner.empty() ? Json() : Json(date.owner)},
                   {"at", to_the_second(date.at)}});
  }
  return due;
}

Json event_data(const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  Json data = {{"account", cycle.account.value},
               {"accountName", cycle.account_name},
               {"run", cycle.run},
               {"revision", cycle.revision},
               {"commit", report::commit_json(commit_of(notice))},
               {"text", notice.text}};
  if (notice.kind == NoticeKind::drift_found) data["drifts"] = drifts_json(cycle);
  if (notice.kind == NoticeKind::undo_ending) data["undos"] = undos_json(cycle);
  if (notice.kind == NoticeKind::account_nearly_full) {
    data["policies"] = cycle.policies;
    data["limit"] = cycle.policy_limit;
  }
  if (notice.kind == NoticeKind::assertion_violated) data["violations"] = cycle.violations;
  const bool is_due =
      notice.kind == NoticeKind::ends_near || notice.kind == NoticeKind::reviews_due;
  if (is_due) data["due"] = due_json(cycle);
  if (notice.kind == NoticeKind::account_failing) data["reason"] = cycle.failure;
  if (notice.kind == NoticeKind::change_applied) {
    data["created"] = cycle.created;
    data["updated"] = cycle.updated;
    data["deleted"] = cycle.deleted;
    data["markerOnly"] = cycle.marker_only;
    data["askedBy"] = report::optional_text(cycle.asked_by);
    data["undoes"] = report::optional_text(cycle.undoes);
    data["changes"] = cycle.changes;
  }
  if (notice.kind != NoticeKind::plan_held) return data;
  data["approve"] = report::optional_text(approve_all_command(cycle));
  data["holds"] = Json::array();
  for (const CycleSummary::Hold& hold : cycle.holds) {
    data["holds"].push_back({{"hash", hold.hash},
                             {"rail", hold.rail},
                             {"actions", hold.actions},
                             {"message", hold.message},
                             {"changes", hold.changes},
                             {"approve", approve_command(cycle, hold)}});
  }
  return data;
}

}  // namespace

std::string cloud_event(const Notice& notice, const std::string& id) {
  const CycleSummary& cycle = notice.cycle;
  const Json event = {{"specversion", "1.0"},
                      {"id", id},
                      {"source", "/authzd/" + cycle.owner + "/accounts/" + cycle.account.value},
                      {"type", "authzd.v1." + std::string(to_string(notice.kind))},
                      {"subject", cycle.account_name},
                      {"time", to_rfc3339(cycle.at)},
                      {"datacontenttype", "application/json"},
                      {"data", event_data(notice)}};
  return report::dump(event, -1);
}

}  // namespace authzd
