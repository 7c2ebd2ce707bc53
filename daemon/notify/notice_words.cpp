// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notice_words.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kMostInLine = 300;   // characters
constexpr std::size_t kMostInTitle = 600;  // of an error with its remedy

std::string account_text(const CycleSummary& cycle) {
  return printable(cycle.account_name) + " (" + printable(cycle.account.value) + ")";
}

/// An action that several rails hold counts once, where the plan is known.
std::size_t held_actions(const CycleSummary& cycle) {
  if (cycle.held > 0) return cycle.held;
  std::size_t actions = 0;
  for (const CycleSummary::Hold& hold : cycle.holds) actions += hold.actions;
  return actions;
}

std::string held_text(std::size_t actions) {
  return count_of(actions, "action is", "actions are") + " held for approval";
}

/// What one account's notice says, without what stands in lines of its own.
std::string headline(const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  switch (notice.kind) {
    case NoticeKind::plan_held: return held_text(held_actions(cycle));
    case NoticeKind::drift_found:
      return "someone else had changed or deleted " +
             count_of(cycle.drifts.size(), "policy", "policies") + " of ours";
    default: return printable(notice.text);
  }
}

void add_counts(CycleSummary& all, const CycleSummary& one) {
  all.created += one.created;
  all.updated += one.updated;
  all.deleted += one.deleted;
  all.marker_only += one.marker_only;
}

/// What all of them say together.
std::string headline_of_all(const Notice& first) {
  CycleSummary all;
  all.done_by = first.cycle.done_by;
  add_counts(all, first.cycle);
  std::size_t held = held_actions(first.cycle);
  for (const Notice& other : first.others) {
    add_counts(all, other.cycle);
    held += held_actions(other.cycle);
  }
  switch (first.kind) {
    case NoticeKind::change_applied: return done_text(all);
    case NoticeKind::plan_held: return held_text(held);
    case NoticeKind::account_failing: return "do not work: " + printable(first.cycle.failure);
    case NoticeKind::account_recovered: return "work again";
    case NoticeKind::hold_ended: return "nothing is held any more";
    case NoticeKind::drift_found: return "someone else had changed or deleted policies of ours";
    case NoticeKind::ends_near: return "authorizations will end, and the policies with them";
    case NoticeKind::reviews_due: return "authorizations to review";
    default: return std::string(to_string(first.kind));
  }
}

void add_line(std::vector<std::string>& lines, std::string_view text) {
  lines.push_back(first_characters(text, kMostInLine));
}

/// What was left out of `all` where `shown` are shown.
void add_rest(std::vector<std::string>& lines, std::size_t shown, std::size_t all) {
  if (all > shown) lines.push_back("and " + std::to_string(all - shown) + " more");
}

void add_changes(std::vector<std::string>& lines,
                 std::span<const std::string> changes,
                 std::size_t all) {
  const auto shown = changes.first(std::min(changes.size(), kMostChangesShown));
  for (const std::string& change : shown) add_line(lines, change);
  add_rest(lines, shown.size(), all);
}

/// At most kMostChangesShown holds; of each what it holds, unless it is what the one before holds.
void add_holds(std::vector<std::string>& lines, const CycleSummary& cycle) {
  const std::size_t shown = std::min(cycle.holds.size(), kMostChangesShown);
  const CycleSummary::Hold* before = nullptr;
  for (const CycleSummary::Hold& hold : std::span(cycle.holds).first(shown)) {
    add_line(lines, hold_text(hold));
    const bool is_same = before != nullptr && before->actions == hold.actions &&
                         before->changes == hold.changes && !hold.changes.empty();
    if (is_same) {
      lines.emplace_back("the same as above");
    } else {
      add_changes(lines, hold.changes, hold.actions);
    }
    before = &hold;
  }
  if (cycle.holds.size() > shown) {
    lines.push_back("and " + count_of(cycle.holds.size() - shown, "hold", "holds") +
                    " more: see authzd status" + cycle.approve_options);
  }
}

std::vector<std::string> lines_of(const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  std::vector<std::string> lines;
  if (notice.kind == NoticeKind::plan_held) add_holds(lines, cycle);
  if (notice.kind == NoticeKind::change_applied) {
    add_changes(lines, cycle.changes, cycle.created + cycle.updated + cycle.deleted);
  }
  if (notice.kind == NoticeKind::drift_found) {
    const std::size_t shown = std::min(cycle.drifts.size(), kMostChangesShown);
    for (std::size_t i = 0; i < shown; ++i) add_line(lines, drift_text(cycle.drifts[i]));
    add_rest(lines, shown, cycle.drifts.size());
  }
  return lines;
}

std::vector<std::string> lines_of_all(const Notice& first) {
  std::vector<std::string> lines{};
  const auto add = [&lines](const Notice& notice) {
    add_line(lines, account_text(notice.cycle) + ": " + headline(notice));
  };
  add(first);
  const std::size_t shown = std::min(first.others.size(), kMostAccountsShown - 1);
  for (const Notice& other : std::span(first.others).first(shown)) add(other);
  if (first.others.size() > shown) {
    lines.push_back("and " + count_of(first.others.size() - shown, "account", "accounts") +
                    " more: see authzd status" + first.cycle.approve_options);
  }
  return lines;
}

/// For holds the approvals; for changes the whole run; for a failure how it stands.
void add_commands(std::vector<std::string>& commands, const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  const auto add = [&](std::string command) {
    const bool is_there = std::ranges::find(commands, command) != commands.end();
    const bool is_full = commands.size() >= kMostAccountsShown;
    if (!is_there && !is_full) commands.push_back(std::move(command));
  };
  switch (notice.kind) {
    case NoticeKind::plan_held:
      if (const std::string all = approve_all_command(cycle); !all.empty()) {
        add(all);
        break;
      }
      for (const CycleSummary::Hold& hold : cycle.holds) add(approve_command(cycle, hold));
      break;
    case NoticeKind::change_applied:
      if (cycle.run.empty()) break;
      add("authzd show " + printable(cycle.run) + cycle.approve_options);
      break;
    case NoticeKind::account_failing: add("authzd status" + cycle.approve_options); break;
    case NoticeKind::rollout_stopped: add("authzd rollout" + cycle.approve_options); break;
    default: break;
  }
}

std::string commit_line(const Notice& notice) {
  const std::string& revision = revision_of(notice);
  if (!is_commit_id(revision)) return {};
  const std::string text = commit_text(commit_of(notice));
  return std::string(short_revision(revision)) + (text.empty() ? "" : " " + text);
}

}  // namespace

NoticeWords words_of(const Notice& notice) {
  const CycleSummary& cycle = notice.cycle;
  const bool is_one = notice.others.empty();
  NoticeWords words;
  const std::string where = is_one ? "account " + account_text(cycle)
                                   : count_of(notice.others.size() + 1, "account", "accounts");
  const std::string what = is_one ? headline(notice) : headline_of_all(notice);
  words.title = first_characters("authzd (" + printable(cycle.owner) + "), " + where + ": " + what,
                                 kMostInTitle);
  words.lines = is_one ? lines_of(notice) : lines_of_all(notice);
  words.commit = commit_line(notice);
  if (!words.commit.empty()) words.link = printable(commit_of(notice).link);
  add_commands(words.commands, notice);
  for (const Notice& other : notice.others) add_commands(words.commands, other);
  return words;
}

std::string plain_text(const NoticeWords& words) {
  std::string text = words.title;
  for (const std::string& line : words.lines) text += "\n" + line;
  if (!words.commit.empty()) text += "\nCommit " + words.commit;
  if (!words.link.empty()) text += "\n" + words.link;
  for (const std::string& command : words.commands) text += "\n" + command;
  return text;
}

}  // namespace authzd
