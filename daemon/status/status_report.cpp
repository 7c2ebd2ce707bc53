// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/status_report.hpp"

#include "daemon/status/account_state.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/text_table.hpp"

#include <algorithm>
#include <map>
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

std::string shown_revision(const std::string& revision) {
  return revision.empty() ? "-" : printable(short_revision(revision));
}

/// The one that a person has to look at.
std::string revision(const AccountStatus& account) {
  const bool is_refused = state_of(account) == AccountState::refused;
  if (!is_refused) return shown_revision(account.applied_revision);
  return shown_revision(account.attempted_revision) + " refused";
}

std::vector<std::string> row(const AccountStatus& account, Timestamp now) {
  std::string in_sync = "-";
  if (account.last_run && account.last_run->has_plan()) {
    in_sync = std::to_string(account.last_run->in_sync()) + " of " +
              std::to_string(account.last_run->managed());
  }
  return {printable(account.name),
          std::string(to_string(account.mode)),
          std::string(to_string(state_of(account))),
          revision(account),
          std::move(in_sync),
          last_run(account, now),
          next_cycle(account, now)};
}

char symbol_of(AccountState state) {
  if (state == AccountState::ready) return '+';
  const bool is_idle = state == AccountState::suspended || state == AccountState::starting ||
                       state == AccountState::waits_for_wave;
  return is_idle ? '=' : '!';
}

void tell(Layout& out, std::string_view label, const Condition& condition, Timestamp now) {
  std::string text = printable(condition.reason);
  if (!condition.message.empty()) text += ": " + printable(condition.message);
  out.detail(label, text + " (" + ago(condition.since, now) + ")");
}

void tell_holds(Layout& out, const AccountStatus& account, std::string_view options) {
  const auto shown = [&](const std::string& command) {
    return printable(options.empty() ? command + account.approve_options
                                     : command + std::string(options));
  };
  const bool has_several = account.holds.size() > 1;
  if (has_several) {
    out.detail("held",
               count_of(account.held_actions, "action", "actions") + ", in " +
                   count_of(account.holds.size(), "hold", "holds") +
                   ", as follows; `authzd plan` shows each. To approve them all:");
    out.exact_line("      " + shown("authzd approve " + hash_all_holds(account)));
  }
  for (const HeldActions& hold : account.holds) {
    const bool names_rail = hold.message.starts_with(hold.rail + ": ");
    out.detail("held",
               count_of(hold.actions, "action", "actions") + " by " +
                   (names_rail ? "" : printable(hold.rail) + ": ") + printable(hold.message));
    out.exact_line(std::string("      ") + (has_several ? "only this: " : "") +
                   shown("authzd approve " + hold.hash));
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
  return state_of(account) != AccountState::ready || !account.failing.empty() ||
         !account.holds.empty() || has_new || account.pinned > 0 ||
         is_nearly_full(account.policies, account.policy_limit) || !account.ready.message.empty() ||
         breaks_assertions(account) || account.due.is_true || !account.unreadable.empty() ||
         account.rollout.has_value();
}

void tell_commit(Layout& out, std::string_view label, const Commit& commit) {
  std::string text = commit_text(commit);
  if (text.empty()) return;
  if (commit.authored > Timestamp{}) text += ", " + to_rfc3339(commit.authored);
  if (!commit.link.empty()) text += ", " + printable(commit.link);
  out.detail(label, text);
}

void tell_revisions(Layout& out, const AccountStatus& account) {
  const bool has_new =
      !account.attempted_revision.empty() && account.attempted_revision != account.applied_revision;
  if (has_new) {
    out.detail("revision",
               printable(account.attempted_revision) + " was tried last; " +
                   (account.applied_revision.empty()
                        ? std::string("none has been applied")
                        : printable(account.applied_revision) + " was applied last"));
    tell_commit(out, "tried", account.attempted_commit);
  }
  tell_commit(out, "applied", account.applied_commit);
}

void explain(Layout& out, const AccountStatus& account, Timestamp now, std::string_view options) {
  out.gap();
  const AccountState state = state_of(account);
  out.headline(symbol_of(state), printable(account.name) + ": " + std::string(to_string(state)));
  if (account.is_suspended) {
    const std::string who = account.is_suspended_with_all ? "" : " " + printable(account.name);
    out.detail("suspended", "nothing is written until `authzd resume" + who + "`");
  }
  if (account.stalled.is_true) tell(out, "stalled", account.stalled, now);
  const bool said = account.stalled.is_true && account.stalled.reason == account.ready.reason;
  if (!account.ready.is_true && account.last_run && !said)
    tell(out, "not ready", account.ready, now);
  tell_revisions(out, account);
  if (account.ready.is_true && !account.ready.message.empty()) {
    tell(out, "ready", account.ready, now);
  }
  if (const auto& place = account.rollout) {
    out.detail("rollout",
               printable(short_revision(place->revision)) +
                   (place->is_started ? " is carried out as far as it narrows; the rest waits: "
                                      : " waits: ") +
                   printable(place->why));
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
  if (account.standing_widenings > 0) {
    out.detail("widened",
               "others gave access by " +
                   count_of(account.standing_widenings, "policy", "policies") +
                   " of ours, and it remains until that is taken back: see `authzd plan`");
  }
  if (!account.unreadable.empty()) out.detail("unreadable", printable(account.unreadable));
  if (breaks_assertions(account)) tell(out, "assertions", account.assertions_hold, now);
  if (account.due.is_true) tell(out, "due", account.due, now);
  tell_holds(out, account, options);
  tell_failing(out, account, now);
}

void tell_rollout(Layout& out, const RolloutView& rollout) {
  if (rollout.revision.empty() || rollout.is_complete) return;
  out.gap();
  out.headline('=',
               "rollout of " + printable(short_revision(rollout.revision)) + ": " +
                   summary_text(rollout) + "; see authzd rollout");
}

void tell_reload(Layout& out, const RefusedReload& reload, Timestamp now) {
  out.gap();
  out.headline(
      '!',
      "configuration: the last reload was refused; the configuration before it remains in force");
  out.detail("refused", printable(reload.why) + " (" + ago(reload.at, now) + ")");
}

/// Those first that need a person most; else in the given order.
std::vector<const AccountStatus*> by_urgency(const std::vector<AccountStatus>& accounts) {
  std::vector<const AccountStatus*> sorted;
  for (const AccountStatus& account : accounts) sorted.push_back(&account);
  std::ranges::stable_sort(
      sorted, {}, [](const AccountStatus* account) { return state_of(*account); });
  return sorted;
}

constexpr std::size_t kMostInLine = 3;

std::string group_text(AccountState state, std::vector<std::string> names, bool shows_names) {
  std::string text = std::to_string(names.size()) + " " + std::string(in_words(state));
  if (!shows_names || !needs_a_look(state)) return text;
  if (names.size() > kMostInLine) {
    names.resize(kMostInLine);
    names.emplace_back("…");
  }
  return text + " (" + join(names, ", ") + ")";
}

/// "3 accounts: 1 ready, 1 stalled (staging), 1 held (production)".
std::string accounts_line(const std::vector<AccountStatus>& accounts, bool shows_names) {
  std::map<AccountState, std::vector<std::string>> names;
  for (const AccountStatus& account : accounts) names[state_of(account)].push_back(account.name);
  std::vector<std::string> groups;
  if (const auto ready = names.extract(AccountState::ready)) {
    groups.push_back(group_text(ready.key(), ready.mapped(), shows_names));
  }
  for (const auto& [state, of_state] : names) {
    groups.push_back(group_text(state, of_state, shows_names));
  }
  return count_of(accounts.size(), "account", "accounts") + ": " + join(groups, ", ");
}

}  // namespace

std::string status_text(const DaemonStatus& daemon,
                        Timestamp now,
                        TextStyle style,
                        std::string_view options) {
  std::vector<std::vector<std::string>> rows{
      {"ACCOUNT", "MODE", "STATE", "REVISION", "IN SYNC", "LAST RUN", "NEXT CYCLE"}};
  const std::vector<const AccountStatus*> sorted = by_urgency(daemon.accounts);
  for (const AccountStatus* account : sorted) rows.push_back(row(*account, now));
  Layout out(style);
  if (daemon.refused_reload) tell_reload(out, *daemon.refused_reload, now);
  if (daemon.rollout) tell_rollout(out, *daemon.rollout);
  for (const AccountStatus* account : sorted) {
    if (needs_words(*account)) explain(out, *account, now, options);
  }
  const std::string words = std::move(out).take();
  const bool is_many = daemon.accounts.size() > 1;
  const std::string summary = is_many ? accounts_line(daemon.accounts, false) + "\n\n" : "";
  const TableFit fit{.width = style.width, .cut = {0, 3, 5}, .dropped = {1}};
  return summary + text_table(std::move(rows), fit) + (words.empty() ? "" : "\n") + words;
}

std::string status_line(const DaemonStatus& daemon) {
  const std::string reload = daemon.refused_reload ? "reload refused; " : "";
  return reload + accounts_line(daemon.accounts, true);
}

}  // namespace authzd
