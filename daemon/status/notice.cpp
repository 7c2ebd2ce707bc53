// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/notice.hpp"

#include "reconciler/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 5> kWords{
    "DriftFound", "ChangeApplied", "PlanHeld", "AccountFailing", "AccountRecovered"};

using Json = nlohmann::json;

constexpr std::chrono::hours kAgain(24);

std::string change_text(const CycleSummary& cycle) {
  return std::to_string(cycle.created) + " created, " + std::to_string(cycle.updated) +
         " updated, " + std::to_string(cycle.deleted) + " deleted";
}

Notice drift_notice(const CycleSummary& cycle) {
  Notice notice{NoticeKind::drift_found, cycle, {}, {}};
  for (const CycleSummary::Drift& drift : cycle.drifts) {
    notice.text += (notice.text.empty() ? "" : ", ") + printable(drift.name) + " (policy " +
                   printable(drift.policy.value) + ") by " + printable(drift.by.value) + " at " +
                   printable(drift.at);
    notice.content += drift.policy.value + "@" + drift.at + " ";
  }
  notice.text = "someone else had changed " + count_of(cycle.drifts.size(), "policy", "policies") +
                " of ours: " + notice.text;
  return notice;
}

Notice hold_notice(const CycleSummary& cycle) {
  Notice notice{NoticeKind::plan_held, cycle, "held for approval: ", {}};
  for (const CycleSummary::Hold& hold : cycle.holds) {
    if (!notice.content.empty()) notice.text += "; ";
    notice.text += count_of(hold.actions, "action", "actions") + " by the rail " + hold.rail +
                   " (authzd approve " + hold.hash + ")";
    notice.content += hold.hash + " ";
  }
  return notice;
}

/// Slack gives these three a meaning of their own.
std::string slack_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

Json drifts_of(const CycleSummary& cycle) {
  Json drifts = Json::array();
  for (const CycleSummary::Drift& drift : cycle.drifts) {
    drifts.push_back({{"name", drift.name},
                      {"policyId", drift.policy.value},
                      {"by", drift.by.value},
                      {"at", drift.at}});
  }
  return drifts;
}

Json data_of(const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  Json data = {{"account", cycle.account.value},
               {"accountName", cycle.account_name},
               {"run", cycle.run},
               {"revision", cycle.revision},
               {"text", notice.text}};
  if (notice.kind == NoticeKind::drift_found) data["drifts"] = drifts_of(cycle);
  if (notice.kind == NoticeKind::account_failing) data["reason"] = cycle.failure;
  if (notice.kind == NoticeKind::change_applied) {
    data["created"] = cycle.created;
    data["updated"] = cycle.updated;
    data["deleted"] = cycle.deleted;
  }
  if (notice.kind != NoticeKind::plan_held) return data;
  data["holds"] = Json::array();
  for (const CycleSummary::Hold& hold : cycle.holds) {
    data["holds"].push_back({{"hash", hold.hash}, {"rail", hold.rail}, {"actions", hold.actions}});
  }
  return data;
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string_view to_string(NoticeKind kind) {
  return kWords.at(static_cast<std::size_t>(kind));
}

std::optional<NoticeKind> parse_notice_kind(std::string_view word) {
  const auto found = std::ranges::find(kWords, word);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<NoticeKind>(found - kWords.begin());
}

std::vector<Notice> notices_of(const CycleSummary& cycle) {
  std::vector<Notice> notices;
  if (!cycle.drifts.empty()) notices.push_back(drift_notice(cycle));
  if (cycle.created + cycle.updated + cycle.deleted > 0) {
    const std::string text = change_text(cycle);
    notices.push_back({NoticeKind::change_applied, cycle, text, cycle.run});
  }
  if (!cycle.holds.empty()) notices.push_back(hold_notice(cycle));
  if (cycle.failure.empty()) {
    notices.push_back({NoticeKind::account_recovered, cycle, "works again", {}});
  } else {
    const std::string text = "does not work: " + printable(cycle.error);
    notices.push_back({NoticeKind::account_failing, cycle, text, cycle.failure});
  }
  return notices;
}

bool NoticeFilter::is_news(const Notice& notice, ToldNotices& told) {
  if (notice.kind == NoticeKind::account_recovered) {
    return told.erase(NoticeKind::account_failing) > 0;
  }
  const auto found = told.find(notice.kind);
  const bool was_told = found != told.end() && found->second.content == notice.content &&
                        found->second.at <= notice.cycle.at &&
                        notice.cycle.at < found->second.at + kAgain;
  if (!was_told) told.insert_or_assign(notice.kind, ToldNotice{notice.content, notice.cycle.at});
  return !was_told;
}

std::vector<Notice> NoticeFilter::news(const CycleSummary& cycle) {
  ToldNotices& told = told_[cycle.account];
  // What is held again after a plan held nothing is news. A cycle that fails may have no plan.
  if (cycle.failure.empty() && cycle.holds.empty()) told.erase(NoticeKind::plan_held);
  std::vector<Notice> notices = notices_of(cycle);
  std::erase_if(notices, [&told](const Notice& notice) { return !is_news(notice, told); });
  return notices;
}

void NoticeFilter::recall(const AccountId& account, ToldNotices told) {
  told_[account] = std::move(told);
}

ToldNotices NoticeFilter::told(const AccountId& account) const {
  const auto found = told_.find(account);
  return found == told_.end() ? ToldNotices{} : found->second;
}

std::string cloud_event(const Notice& notice, const std::string& id) {
  const CycleSummary& cycle = notice.cycle;
  return dump({{"specversion", "1.0"},
               {"id", id},
               {"source", "/authzd/" + cycle.owner + "/accounts/" + cycle.account.value},
               {"type", "authzd.v1." + std::string(to_string(notice.kind))},
               {"subject", cycle.account_name},
               {"time", to_rfc3339(cycle.at)},
               {"datacontenttype", "application/json"},
               {"data", data_of(notice)}});
}

std::string slack_message(const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  const std::string text = "authzd (" + cycle.owner + "), account " + cycle.account_name + ": " +
                           notice.text +
                           (cycle.revision.empty() ? "" : " [revision " + cycle.revision + "]");
  return dump({{"text", slack_escaped(text)}});
}

}  // namespace authzd
