// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/status_report.hpp"

#include "daemon/status/text_table.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/layout.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace authzd {

namespace {

long long seconds(Timestamp from, Timestamp to) {
  return std::chrono::duration_cast<std::chrono::seconds>(to - from).count();
}

std::string ago(Timestamp then, Timestamp now) {
  return short_duration(seconds(then, now)) + " ago";
}

std::string last_run(const AccountStatus& account, Timestamp now) {
  if (!account.last_run) return "none yet";
  const LastRun& run = *account.last_run;
  std::string text = ago(run.ended, now) + ": +" + std::to_string(run.created) + " ~" +
                     std::to_string(run.updated) + " -" + std::to_string(run.deleted);
  if (run.failed > 0) text += ", " + std::to_string(run.failed) + " failed";
  return text;
}

std::string next_cycle(const AccountStatus& account, Timestamp now) {
  if (account.reconciling.is_true) return "under way";
  if (!account.next_cycle) return "-";
  return *account.next_cycle <= now ? "due"
                                    : "in " + short_duration(seconds(now, *account.next_cycle));
}

/// The first digits identify a commit; other revisions are shown unchanged.
std::string short_revision(const std::string& revision) {
  constexpr std::size_t kCommitDigits = 40;
  constexpr std::size_t kShown = 12;
  if (revision.empty()) return "-";
  const bool is_commit = revision.size() >= kCommitDigits &&
                         revision.find_first_not_of("0123456789abcdef") == std::string::npos;
  return printable(is_commit ? revision.substr(0, kShown) : revision);
}

std::vector<std::string> row(const AccountStatus& account, Timestamp now) {
  std::string in_sync = "-";
  if (account.last_run) {
    in_sync = std::to_string(account.last_run->in_sync()) + " of " +
              std::to_string(account.last_run->managed());
  }
  return {printable(account.name),
          std::string(to_string(account.mode)),
          status_word(account),
          short_revision(account.applied_revision),
          std::move(in_sync),
          last_run(account, now),
          next_cycle(account, now)};
}

char symbol_of(const AccountStatus& account) {
  const std::string word = status_word(account);
  if (word == "Ready") return '+';
  return word == "Suspended" || word == "Starting" ? '=' : '!';
}

void tell(Layout& out, std::string_view label, const Condition& condition, Timestamp now) {
  std::string text = printable(condition.reason);
  if (!condition.message.empty()) text += ": " + printable(condition.message);
  out.detail(label, text + " (" + ago(condition.since, now) + ")");
}

void tell_holds(Layout& out, const AccountStatus& account, std::string_view options) {
  for (const HeldActions& hold : account.holds) {
    const bool names_rail = hold.message.starts_with(hold.rail + ": ");
    out.detail("held",
               count_of(hold.actions, "action", "actions") + " by " +
                   (names_rail ? "" : printable(hold.rail) + ": ") + printable(hold.message));
    const std::string command = "authzd approve " + printable(hold.hash) + std::string(options);
    out.exact_line("      " +
                   (options.empty() ? printable(approve_command(account, hold)) : command));
  }
}

void tell_failing(Layout& out, const AccountStatus& account, Timestamp now) {
  for (const FailingObject& object : account.failing) {
    std::string text = printable(object.name);
    if (!object.id.empty()) text += " (policy " + printable(object.id.value) + ")";
    text += ": " + printable(object.reason);
    if (!object.message.empty()) text += ": " + printable(object.message);
    if (object.next_attempt) {
      text += "; next attempt in " + short_duration(seconds(now, *object.next_attempt));
    }
    out.detail("failing", text);
  }
}

/// Not before the first plan, when nothing is known.
bool breaks_assertions(const AccountStatus& account) {
  return !account.assertions_hold.is_true && !account.assertions_hold.reason.empty();
}

/// Facts that do not fit into the table.
bool needs_words(const AccountStatus& account) {
  const bool has_new =
      !account.attempted_revision.empty() && account.attempted_revision != account.applied_revision;
  return status_word(account) != "Ready" || !account.failing.empty() || !account.holds.empty() ||
         has_new || account.pinned > 0 || is_nearly_full(account.policies, account.policy_limit) ||
         !account.ready.message.empty() || breaks_assertions(account);
}

void explain(Layout& out, const AccountStatus& account, Timestamp now, std::string_view options) {
  out.gap();
  out.headline(symbol_of(account), printable(account.name) + ": " + status_word(account));
  if (account.is_suspended) {
    const std::string who = account.is_suspended_with_all ? "" : " " + printable(account.name);
    out.detail("suspended", "nothing is written until `authzd resume" + who + "`");
  }
  if (account.stalled.is_true) tell(out, "stalled", account.stalled, now);
  const bool said = account.stalled.is_true && account.stalled.reason == account.ready.reason;
  if (!account.ready.is_true && account.last_run && !said)
    tell(out, "not ready", account.ready, now);
  if (account.attempted_revision != account.applied_revision &&
      !account.attempted_revision.empty()) {
    out.detail("revision",
               printable(account.attempted_revision) + " was tried last; " +
                   (account.applied_revision.empty()
                        ? std::string("none has been applied")
                        : printable(account.applied_revision) + " was applied last"));
  }
  if (account.ready.is_true && !account.ready.message.empty()) {
    tell(out, "ready", account.ready, now);
  }
  if (account.pinned > 0) {
    out.detail(
        "pinned",
        count_of(account.pinned, "key is", "keys are") +
            " left alone since an undo or a release, until its manifest changes or `authzd unpin`");
  }
  if (is_nearly_full(account.policies, account.policy_limit)) {
    out.detail("nearly full",
               std::to_string(account.policies) + " authorizations, of " +
                   std::to_string(account.policy_limit) +
                   " policies that the account may hold (iam.policyLimit): remove some, or have "
                   "IBM raise the limit");
  }
  if (breaks_assertions(account)) tell(out, "assertions", account.assertions_hold, now);
  tell_holds(out, account, options);
  tell_failing(out, account, now);
}

void tell_reload(Layout& out, const RefusedReload& reload, Timestamp now) {
  out.gap();
  out.headline('!', "configuration: the last reload was refused, and the one before it goes on");
  out.detail("refused", printable(reload.why) + " (" + ago(reload.at, now) + ")");
}

}  // namespace

std::string status_word(const AccountStatus& account) {
  if (account.is_suspended) return "Suspended";
  if (account.stalled.is_true) return "Stalled";
  if (account.held.is_true) return "Held";
  if (!account.last_run) return "Starting";
  return account.ready.is_true ? "Ready" : "NotReady";
}

std::string status_text(const DaemonStatus& daemon,
                        Timestamp now,
                        bool colour,
                        std::string_view options) {
  std::vector<std::vector<std::string>> rows{
      {"ACCOUNT", "MODE", "STATE", "REVISION", "IN SYNC", "LAST RUN", "NEXT CYCLE"}};
  for (const AccountStatus& account : daemon.accounts) rows.push_back(row(account, now));
  Layout out(colour);
  if (daemon.refused_reload) tell_reload(out, *daemon.refused_reload, now);
  for (const AccountStatus& account : daemon.accounts) {
    if (needs_words(account)) explain(out, account, now, options);
  }
  const std::string words = std::move(out).take();
  return text_table(rows) + (words.empty() ? "" : "\n") + words;
}

namespace {

constexpr std::size_t kMostInLine = 3;
constexpr std::array<std::string_view, 6> kStateWords{
    "ready", "starting", "held", "stalled", "failing", "suspended"};

std::string_view word_of(const AccountStatus& account) {
  if (account.is_suspended) return "suspended";
  if (!account.last_run) return "starting";
  if (account.stalled.is_true) return "stalled";
  if (account.held.is_true) return "held";
  return account.ready.is_true ? "ready" : "failing";
}

bool needs_a_look(std::string_view word) {
  return word != "ready" && word != "starting";
}

std::string group(std::string_view word, std::vector<std::string> names) {
  std::string text = std::to_string(names.size()) + " " + std::string(word);
  if (!needs_a_look(word)) return text;
  if (names.size() > kMostInLine) {
    names.resize(kMostInLine);
    names.emplace_back("…");
  }
  return text + " (" + join(names, ", ") + ")";
}

}  // namespace

std::string status_line(const DaemonStatus& daemon) {
  std::vector<std::string> groups;
  for (const std::string_view word : kStateWords) {
    std::vector<std::string> names;
    for (const AccountStatus& account : daemon.accounts) {
      if (word_of(account) == word) names.push_back(account.name);
    }
    if (!names.empty()) groups.push_back(group(word, std::move(names)));
  }
  const std::string reload = daemon.refused_reload ? "reload refused; " : "";
  return reload + count_of(daemon.accounts.size(), "account", "accounts") + ": " +
         join(groups, ", ");
}

}  // namespace authzd
