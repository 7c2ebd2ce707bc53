// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notice.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 13> kNoticeWords{"DriftFound",
                                                        "ChangeApplied",
                                                        "PlanHeld",
                                                        "AccountFailing",
                                                        "AccountRecovered",
                                                        "UndoEnding",
                                                        "AccountNearlyFull",
                                                        "AssertionViolated",
                                                        "HoldEnded",
                                                        "EndsNear",
                                                        "ReviewsDue",
                                                        "RolloutStopped",
                                                        "RolloutComplete"};

constexpr std::size_t kMostInNotice =
    20;  // drifted policies in a notice for people; the data has all

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
  const std::string all = approve_all_command(cycle);
  for (const CycleSummary::Hold& hold : cycle.holds) {
    if (!notice.content.empty()) notice.text += "; ";
    notice.text += hold_text(hold);
    if (all.empty()) notice.text += " (" + approve_command(cycle, hold) + ")";
    notice.content += hold.hash + " ";
  }
  if (!all.empty()) notice.text += " (" + all + ")";
  return notice;
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

/// Of what was not told before.
std::optional<Notice> due_notice(const CycleSummary& cycle, DueKind kind) {
  const bool is_end = kind == DueKind::end;
  Notice notice{is_end ? NoticeKind::ends_near : NoticeKind::reviews_due, cycle, {}, {}};
  std::erase_if(notice.cycle.due, [kind](const DueDate& date) { return date.kind != kind; });
  const auto& due = notice.cycle.due;
  if (due.empty()) return std::nullopt;
  for (std::size_t i = 0; i < due.size(); ++i) {
    if (i < kMostInNotice) notice.text += (i == 0 ? "" : ", ") + due_text(due[i]);
    notice.content += content_of(due[i]) + "\n";
  }
  if (due.size() > kMostInNotice) {
    notice.text += ", and " + std::to_string(due.size() - kMostInNotice) + " more";
  }
  const std::string count = count_of(due.size(), "authorization", "authorizations");
  notice.text = count + (is_end ? " will end, and the policies with them: " : " to review: ") +
                notice.text +
                (is_end ? "; to keep one, give it a later expiresAt"
                        : "; to confirm one, give it a later reviewBy");
  return notice;
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
    const std::string text = done_text(cycle);
    notices.push_back({NoticeKind::change_applied, cycle, text, cycle.run});
  }
  if (!cycle.holds.empty()) notices.push_back(hold_notice(cycle));
  if (!cycle.ending_undos.empty()) notices.push_back(undo_notice(cycle));
  if (cycle.policies > 0) notices.push_back(full_notice(cycle));
  if (!cycle.violations.empty()) notices.push_back(violation_notice(cycle));
  for (const DueKind kind : {DueKind::end, DueKind::review}) {
    if (auto notice = due_notice(cycle, kind)) notices.push_back(std::move(*notice));
  }
  if (!cycle.rollout_stopped.empty()) {
    notices.push_back(
        {NoticeKind::rollout_stopped,
         cycle,
         "the rollout is stopped by this account: " + printable(cycle.rollout_stopped),
         cycle.rollout_stopped});
  }
  if (!cycle.rollout_complete.empty()) {
    notices.push_back({NoticeKind::rollout_complete,
                       cycle,
                       "the rollout is complete: every account has " +
                           printable(short_revision(cycle.rollout_complete)),
                       cycle.rollout_complete});
  }
  if (!cycle.is_standing_known) return notices;
  if (cycle.failure.empty() && cycle.holds.empty()) {
    notices.push_back({NoticeKind::hold_ended, cycle, "nothing is held any more", {}});
  }
  if (cycle.failure.empty()) {
    notices.push_back({NoticeKind::account_recovered, cycle, "works again", {}});
  } else {
    const std::string text = "does not work: " + printable(cycle.error);
    notices.push_back({NoticeKind::account_failing, cycle, text, cycle.failure});
  }
  return notices;
}

const std::string& revision_of(const Notice& notice) {
  const bool is_newest = notice.kind == NoticeKind::account_failing && !notice.cycle.newest.empty();
  return is_newest ? notice.cycle.newest : notice.cycle.revision;
}

const Commit& commit_of(const Notice& notice) {
  const bool is_newest = notice.kind == NoticeKind::account_failing && !notice.cycle.newest.empty();
  return is_newest ? notice.cycle.newest_commit : notice.cycle.commit;
}

std::string drift_text(const CycleSummary::Drift& drift) {
  std::string text = printable(drift.name);
  text += drift.policy.empty() ? "" : " (policy " + printable(drift.policy.value) + ")";
  if (drift.is_deleted) text += " deleted";
  if (!drift.by.empty()) text += " by " + printable(drift.by.value);
  if (!drift.at.empty()) text += " at " + printable(drift.at);
  return drift.what.empty() ? text : text + ": " + drift.what;
}

std::string to_the_second(Timestamp time) {
  return to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

std::string content_of(const CycleSummary::EndingUndo& undo) {
  return to_the_second(undo.deleted);
}

std::string content_of(const DueDate& date) {
  constexpr std::size_t kDigits = 16;
  const std::string all = std::string(to_string(date.kind)) + " " + to_rfc3339(date.at) + " " +
                          to_string(date.before) + " " + date.name;
  return sha256_hex(all).substr(0, kDigits);
}

std::string hold_text(const CycleSummary::Hold& hold) {
  const bool names_rail = hold.message.starts_with(hold.rail + ": ");
  return count_of(hold.actions, "action", "actions") + " by the rail " +
         printable(names_rail ? hold.message : hold.rail);
}

std::string approve_command(const CycleSummary& cycle, const CycleSummary::Hold& hold) {
  return "authzd approve " + printable(hold.hash) + cycle.approve_options;
}

std::string approve_all_command(const CycleSummary& cycle) {
  if (cycle.hash_of_all.empty()) return {};
  return "authzd approve " + printable(cycle.hash_of_all) + cycle.approve_options;
}

std::string done_text(const CycleSummary& cycle) {
  std::string text = cycle.done_by.empty() ? "" : printable(cycle.done_by) + ": ";
  text += std::to_string(cycle.created) + " created, " + std::to_string(cycle.updated) + " updated";
  if (cycle.marker_only > 0) {
    const std::string some = std::to_string(cycle.marker_only) + " of them ";
    text += " (" + (cycle.marker_only == cycle.updated ? "" : some) +
            "marker only: access is as before)";
  }
  return text + ", " + std::to_string(cycle.deleted) + " deleted";
}

}  // namespace authzd
