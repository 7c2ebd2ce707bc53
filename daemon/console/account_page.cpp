// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/account_page.hpp"

#include "daemon/console/account_parts.hpp"
#include "daemon/console/run_pages.hpp"
#include "daemon/console/state_mark.hpp"
#include "daemon/console/words.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd::console {
namespace {

std::string of_counts(std::size_t part_of_it, std::size_t whole) {
  return std::to_string(part_of_it) + " of " + std::to_string(whole);
}

Markup next_text(const AccountStatus& status, Timestamp now) {
  if (status.reconciling.is_true) return text("a cycle is under way");
  return status.next_cycle ? time_and_age(*status.next_cycle, now) : Markup{};
}

/// A cycle without a write is not recorded, and has no page.
Markup last_text(const AccountPageView& view, Timestamp now) {
  const AccountStatus& status = view.account.status;
  if (!status.last_run) return quiet("none has ended yet");
  const LastRun& run = *status.last_run;
  const bool is_recorded = std::ranges::find(view.runs, run.id, &RunView::id) != view.runs.end();
  Markup line = age(run.ended, now) + text(" ");
  if (is_recorded) line += link(run_target(status.name, run.id), text(run.id)) + text(" ");
  line += changes(run.created, run.updated, run.deleted);
  if (run.failed > 0) line += text(std::to_string(run.failed) + " failed");
  return line;
}

Markup account_facts(const AccountPageView& view, Timestamp now) {
  const AccountStatus& status = view.account.status;
  const auto interval = view.account.interval;
  Markup attempted;
  if (status.attempted_revision != status.applied_revision) {
    attempted = revision_and_commit(status.attempted_revision, status.attempted_commit, now);
  }
  Markup sync;
  if (status.last_run && status.last_run->has_plan()) {
    sync = text(of_counts(status.last_run->in_sync(), status.last_run->managed()) + " of ours");
  }
  Markup policies;
  if (status.policies > 0) {
    policies =
        text(status.policy_limit > 0 ? of_counts(status.policies, status.policy_limit) + " possible"
                                     : std::to_string(status.policies));
  }
  Markup skew;
  if (status.clock_skew.count() != 0) {
    skew = text(authzd::to_string(std::chrono::abs(status.clock_skew)) +
                (status.clock_skew.count() > 0 ? " ahead of IAM's" : " behind IAM's"));
  }
  return facts({{"Revision applied",
                 revision_and_commit(status.applied_revision, status.applied_commit, now)},
                {"Revision tried last", attempted},
                {"Last cycle", last_text(view, now)},
                {"Next cycle", next_text(status, now)},
                {"Interval", interval.count() > 0 ? text(authzd::to_string(interval)) : Markup{}},
                {"In sync", sync},
                {"Authorizations in IAM", policies},
                {"This host's clock", skew}});
}

Markup condition_line(std::string_view type, const Condition& condition, bool good, Timestamp now) {
  if (condition.reason.empty()) return {};
  const bool is_well = condition.is_true == good;
  const Markup value =
      element("span",
              {{"class", is_well ? "state good" : "state bad"}, {"data-sign", is_well ? "✓" : "!"}},
              text(condition.is_true ? "yes" : "no"));
  const Markup why =
      text(condition.reason) +
      (condition.message.empty() ? Markup{} : literal("<br>") + quiet(condition.message));
  return element("tr",
                 element("th", {{"scope", "row"}}, text(type)) + cell("Is it so", value) +
                     cell("Why", why) + cell("Since", age(condition.since, now), "short"));
}

Markup conditions(const AccountStatus& status, Timestamp now) {
  const Markup rows = condition_line("Ready", status.ready, true, now) +
                      condition_line("Stalled", status.stalled, false, now) +
                      condition_line("Held", status.held, false, now) +
                      condition_line("Due", status.due, false, now) +
                      condition_line("AssertionsHold", status.assertions_hold, true, now);
  if (rows.empty()) return {};
  const Markup head = literal(
      "<th scope=\"col\">Condition</th><th scope=\"col\">Is it so</th><th scope=\"col\">Why</th>"
      "<th scope=\"col\">Since</th>");
  return element("h2", text("Conditions")) +
         of_class("div", "fold", table("Conditions", head, rows));
}

Markup suspension(const AccountStatus& status) {
  if (!status.is_suspended) return {};
  const std::string who = status.is_suspended_with_all ? "" : " " + shell_word(status.name);
  return element(
      "div",
      {{"class", "fault"}},
      element("p",
              text(status.is_suspended_with_all
                       ? "All accounts are suspended: they are planned, and nothing is written."
                       : "This account is suspended: it is planned, and nothing is written.")) +
          command("authzd resume" + who + status.approve_options));
}

Markup refused_revision(const AccountStatus& status, Timestamp now) {
  if (status.ready.kind != ConditionReason::revision_refused) return {};
  const Markup commit = commit_line(status.attempted_commit, now);
  return element(
      "div",
      {{"class", "fault"}},
      element("p",
              text("The newest revision is refused: ") + revision(status.attempted_revision) +
                  text(". The last good one stays in force.")) +
          (commit.empty() ? commit : element("p", commit)) +
          element("pre", text(status.ready.message)));
}

}  // namespace

std::string account_page(const Frame& frame, const AccountPageView& view) {
  const AccountStatus& status = view.account.status;
  const Timestamp now = frame.now;
  Markup top = state_mark(state_of(status)) + text(" ") +
               quiet(status.id.value + " · mode " + std::string(to_string(status.mode)));
  // What is held follows in full.
  const bool is_held =
      state_of(status) == AccountState::held || state_of(status) == AccountState::waiting;
  if (const std::string why = why_of(status); !why.empty() && !is_held) {
    top += of_class("p", "lead", text(why, 400));
  }
  const std::string runs = target_with("/runs", {{"account", status.name}});
  const std::string history = target_with("/history", {{"account", status.name}});
  const std::string reach = target_with("/reach", {{"account", status.name}});
  const Markup last_runs = element("h2", text("Last runs with changes")) +
                           runs_table(view.runs, now, RunColumns::without_account) +
                           element("p",
                                   link(runs, text("All runs of this account")) + text(" · ") +
                                       link(history, text("What others changed in it")) +
                                       text(" · ") + link(reach, text("Who may reach what in it")));
  return page(
      frame,
      {status.name, Section::none},
      element("h1", text(status.name)) + literal("\n") +
          part("account",
               top + suspension(status) + refused_revision(status, now) + account_facts(view, now) +
                   widened_part(view) + held_part(view, now) + failing_part(status, now) +
                   due_part(status, now) + conditions(status, now) + plan_part(view) + last_runs));
}

}  // namespace authzd::console
