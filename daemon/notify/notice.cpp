// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notice.hpp"

#include "reconciler/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 8> kNoticeWords{"DriftFound",
                                                       "ChangeApplied",
                                                       "PlanHeld",
                                                       "AccountFailing",
                                                       "AccountRecovered",
                                                       "UndoEnding",
                                                       "AccountNearlyFull",
                                                       "AssertionViolated"};

constexpr std::chrono::hours kAgain(24);

constexpr std::size_t kMostInNotice =
    20;  // drifted policies in a notice for people; the data has all

std::string change_text(const CycleSummary& cycle) {
  return std::to_string(cycle.created) + " created, " + std::to_string(cycle.updated) +
         " updated, " + std::to_string(cycle.deleted) + " deleted";
}

/// IAM may not report who deleted a policy.
std::string drift_text(const CycleSummary::Drift& drift) {
  std::string text = printable(drift.name);
  text += drift.policy.empty() ? "" : " (policy " + printable(drift.policy.value) + ")";
  if (drift.is_deleted) text += " deleted";
  if (!drift.by.empty()) text += " by " + printable(drift.by.value);
  if (!drift.at.empty()) text += " at " + printable(drift.at);
  return text;
}

Notice drift_notice(const CycleSummary& cycle) {
  Notice notice{NoticeKind::drift_found, cycle, {}, {}};
  std::size_t deleted = 0;
  std::size_t named = 0;
  for (const CycleSummary::Drift& drift : cycle.drifts) {
    deleted += drift.is_deleted;
    if (named++ < kMostInNotice) {
      notice.text += (notice.text.empty() ? "" : ", ") + drift_text(drift);
    }
    const std::string& what = drift.policy.empty() ? drift.name : drift.policy.value;
    notice.content += what + "@" + drift.at + " ";
  }
  if (named > kMostInNotice) {
    notice.text += ", and " + std::to_string(named - kMostInNotice) + " more: see authzd runs";
  }
  const std::string did = deleted == named ? "deleted " : "changed ";
  const bool are_both = deleted > 0 && deleted < named;
  notice.text = "someone else had " + did + count_of(named, "policy", "policies") + " of ours" +
                (are_both ? ", and deleted " + std::to_string(deleted) + " of them" : "") + ": " +
                notice.text;
  return notice;
}

Notice hold_notice(const CycleSummary& cycle) {
  Notice notice{NoticeKind::plan_held, cycle, "held for approval: ", {}};
  for (const CycleSummary::Hold& hold : cycle.holds) {
    if (!notice.content.empty()) notice.text += "; ";
    notice.text += count_of(hold.actions, "action", "actions") + " by the rail " +
                   (hold.message.starts_with(hold.rail + ": ") ? hold.message : hold.rail) +
                   " (authzd approve " + hold.hash + cycle.approve_options + ")";
    notice.content += hold.hash + " ";
  }
  return notice;
}

std::string to_the_second(Timestamp time) {
  return to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

/// Runs are in order: a notice about the newest covers those before it.
std::string content_of(const CycleSummary::EndingUndo& undo) {
  return to_the_second(undo.deleted);
}

Notice undo_notice(const CycleSummary& cycle) {
  Notice notice{NoticeKind::undo_ending, cycle, {}, {}};
  for (const CycleSummary::EndingUndo& undo : cycle.ending_undos) {
    if (!notice.text.empty()) notice.text += "; ";
    notice.text += "`authzd undo " + printable(undo.run) + "` brings " +
                   count_of(undo.deletes, "deleted policy", "deleted policies") +
                   " back with the ids that they had until " + to_the_second(undo.until) +
                   ", and with new ids after that";
    notice.content = content_of(undo);
  }
  return notice;
}

std::size_t percent_of(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : part * 100 / whole;
}

Notice full_notice(const CycleSummary& cycle) {
  const std::size_t percent = percent_of(cycle.policies, cycle.policy_limit);
  std::string content = std::to_string(percent);
  content.insert(0, 4 - std::min<std::size_t>(4, content.size()), '0');
  return {NoticeKind::account_nearly_full,
          cycle,
          "the account holds " + std::to_string(cycle.policies) + " authorizations, " +
              std::to_string(percent) + " % of the " + std::to_string(cycle.policy_limit) +
              " policies that it may hold (iam.policyLimit), and at the limit IAM takes no policy "
              "any more: remove some, or have IBM raise the limit",
          content};
}

Notice violation_notice(const CycleSummary& cycle) {
  Notice notice{NoticeKind::assertion_violated, cycle, cycle.violations_text, {}};
  for (const std::string& violation : cycle.violations) notice.content += violation + "\n";
  return notice;
}

/// These three are special in Slack.
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

nlohmann::json drifts_of(const CycleSummary& cycle) {
  nlohmann::json drifts = nlohmann::json::array();
  for (const CycleSummary::Drift& drift : cycle.drifts) {
    drifts.push_back({{"name", drift.name},
                      {"policyId", drift.policy.value},
                      {"by", drift.by.value},
                      {"at", drift.at},
                      {"deleted", drift.is_deleted}});
  }
  return drifts;
}

nlohmann::json undos_of(const CycleSummary& cycle) {
  nlohmann::json undos = nlohmann::json::array();
  for (const CycleSummary::EndingUndo& undo : cycle.ending_undos) {
    undos.push_back(
        {{"run", undo.run}, {"deletes", undo.deletes}, {"until", to_the_second(undo.until)}});
  }
  return undos;
}

nlohmann::json data_of(const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  nlohmann::json data = {{"account", cycle.account.value},
                         {"accountName", cycle.account_name},
                         {"run", cycle.run},
                         {"revision", cycle.revision},
                         {"text", notice.text}};
  if (notice.kind == NoticeKind::drift_found) data["drifts"] = drifts_of(cycle);
  if (notice.kind == NoticeKind::undo_ending) data["undos"] = undos_of(cycle);
  if (notice.kind == NoticeKind::account_nearly_full) {
    data["policies"] = cycle.policies;
    data["limit"] = cycle.policy_limit;
  }
  if (notice.kind == NoticeKind::assertion_violated) data["violations"] = cycle.violations;
  if (notice.kind == NoticeKind::account_failing) data["reason"] = cycle.failure;
  if (notice.kind == NoticeKind::change_applied) {
    data["created"] = cycle.created;
    data["updated"] = cycle.updated;
    data["deleted"] = cycle.deleted;
  }
  if (notice.kind != NoticeKind::plan_held) return data;
  data["holds"] = nlohmann::json::array();
  for (const CycleSummary::Hold& hold : cycle.holds) {
    data["holds"].push_back({{"hash", hold.hash},
                             {"rail", hold.rail},
                             {"actions", hold.actions},
                             {"message", hold.message}});
  }
  return data;
}

std::string dump(const nlohmann::json& json) {
  return json_safe(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

std::string_view to_string(NoticeKind kind) {
  return kNoticeWords.at(static_cast<std::size_t>(kind));
}

std::optional<NoticeKind> parse_notice_kind(std::string_view word) {
  const auto found = std::ranges::find(kNoticeWords, word);
  if (found == kNoticeWords.end()) return std::nullopt;
  return static_cast<NoticeKind>(found - kNoticeWords.begin());
}

std::vector<Notice> notices_of(const CycleSummary& cycle) {
  std::vector<Notice> notices;
  if (!cycle.drifts.empty()) notices.push_back(drift_notice(cycle));
  if (cycle.created + cycle.updated + cycle.deleted > 0) {
    const std::string text = change_text(cycle);
    notices.push_back({NoticeKind::change_applied, cycle, text, cycle.run});
  }
  if (!cycle.holds.empty()) notices.push_back(hold_notice(cycle));
  if (!cycle.ending_undos.empty()) notices.push_back(undo_notice(cycle));
  if (cycle.policies > 0) notices.push_back(full_notice(cycle));
  if (!cycle.violations.empty()) notices.push_back(violation_notice(cycle));
  if (cycle.failure.empty()) {
    notices.push_back({NoticeKind::account_recovered, cycle, "works again", {}});
  } else {
    const std::string text = "does not work: " + printable(cycle.error);
    notices.push_back({NoticeKind::account_failing, cycle, text, cycle.failure});
  }
  return notices;
}

namespace {

/// Sent once for each step that its content rises.
bool grows(NoticeKind kind) {
  return kind == NoticeKind::undo_ending || kind == NoticeKind::account_nearly_full;
}

/// Persistent until somebody acts, and not a failure of ours.
bool is_told_once(NoticeKind kind) {
  return kind == NoticeKind::assertion_violated;
}

/// Without the runs that were already reported.
CycleSummary without_told_undos(CycleSummary cycle, const ToldNotices& told) {
  const auto found = told.find(NoticeKind::undo_ending);
  if (found == told.end() || found->second.at > cycle.at) return cycle;
  std::erase_if(cycle.ending_undos, [&](const CycleSummary::EndingUndo& undo) {
    return content_of(undo) <= found->second.content;
  });
  return cycle;
}

}  // namespace

bool NoticeFilter::is_news(const Notice& notice, ToldNotices& told) {
  if (notice.kind == NoticeKind::account_recovered) {
    return told.erase(NoticeKind::account_failing) > 0;
  }
  const auto found = told.find(notice.kind);
  const bool is_known = found != told.end() && found->second.at <= notice.cycle.at;
  const bool was_told =
      is_known && (grows(notice.kind) ? found->second.content >= notice.content
                                      : found->second.content == notice.content &&
                                            (is_told_once(notice.kind) ||
                                             notice.cycle.at < found->second.at + kAgain));
  if (!was_told) told.insert_or_assign(notice.kind, ToldNotice{notice.content, notice.cycle.at});
  return !was_told;
}

std::vector<Notice> NoticeFilter::news(const CycleSummary& cycle) {
  ToldNotices& told = told_[cycle.account];
  // A hold after a plan without holds is news. A failed cycle may have no plan.
  if (cycle.failure.empty() && cycle.holds.empty()) told.erase(NoticeKind::plan_held);
  if (cycle.failure.empty() && cycle.violations.empty()) {
    told.erase(NoticeKind::assertion_violated);
  }
  if (cycle.failure.empty() && cycle.policies == 0) told.erase(NoticeKind::account_nearly_full);
  std::vector<Notice> notices = notices_of(without_told_undos(cycle, told));
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
