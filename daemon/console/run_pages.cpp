// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/run_pages.hpp"

#include "daemon/console/plan_words.hpp"
#include "daemon/console/words.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <set>

namespace authzd::console {
namespace {

constexpr std::size_t kShortWho = 80;      // bytes in a row
constexpr std::size_t kShortResult = 160;  // the same

Markup result_mark(const RunView& run) {
  const bool is_open = !run.ended;
  const std::string look = is_open ? "idle" : run.is_well ? "good" : "bad";
  const std::string sign = is_open ? "…" : run.is_well ? "✓" : "!";
  const std::string word = is_open ? "open" : run.is_well ? "done" : "failed";
  return element("span", {{"class", "state " + look}, {"data-sign", sign}}, text(word));
}

Markup run_line(const RunView& run, Timestamp now, RunColumns columns) {
  Markup row = element("th",
                       {{"scope", "row"}},
                       link(run_target(run.account_name, run.id), text(run.id, kShortWho)) +
                           text(" ") + quiet(run.kind));
  if (columns == RunColumns::all) {
    const std::string& account = run.account_name;
    row += cell("Account", link(account_target(account), text(account, kShortWho)));
  }
  const Markup rest = run.result == "ok" ? Markup{} : text(" ") + text(run.result, kShortResult);
  row += cell("Began", age(run.began, now), "short") +
         cell("By", text(asked_by(run.who), kShortWho)) +
         cell("Changes", changes(run.created, run.updated, run.deleted)) +
         cell("Result", result_mark(run) + rest);
  return element("tr", row) + literal("\n");
}

/// "root (uid 0)": all who let an action of it through; empty: nobody had to.
std::string approvers_in(const RunDetailView& detail) {
  std::set<std::string> all;
  for (const RunActionView& one : detail.actions) {
    all.insert(one.approved_by.begin(), one.approved_by.end());
  }
  return join(std::vector<std::string>(all.begin(), all.end()), "; ");
}

Markup run_facts(const RunDetailView& detail, Timestamp now) {
  const RunView& run = detail.run;
  Markup undoes;
  if (!run.undoes.empty())
    undoes = link(run_target(run.account_name, run.undoes), text(run.undoes));
  Markup kept;
  if (run.ids_kept_until) kept = time_and_age(*run.ids_kept_until, now);
  return facts({{"Account", link(account_target(run.account_name), text(run.account_name))},
                {"Kind", text(run.kind)},
                {"Asked for by", text(asked_by(run.who))},
                {"Approved by", text(approvers_in(detail))},
                {"Revision", revision_and_commit(run.revision, run.commit, now)},
                {"Began", time_and_age(run.began, now)},
                {"Ended", run.ended ? time_and_age(*run.ended, now) : quiet("not yet")},
                {"Changes", changes(run.created, run.updated, run.deleted)},
                {"Takes back the run", undoes},
                {"Deleted policies keep their ids until", kept}});
}

Markup outcome_of(const RunActionView& one, std::string_view account_name) {
  Markup list =
      element("dt", text("outcome")) + element("dd", element("strong", text(one.outcome)));
  if (!one.policy.empty() && one.policy != one.action.id) {
    list +=
        element("dt", text("policy now")) + element("dd", policy_link(account_name, one.policy));
  }
  if (!one.approved_by.empty()) {
    list += element("dt", text("approved by")) +
            element("dd", text(join(one.approved_by, "; "), kShortResult));
  }
  if (!one.error.empty()) list += element("dt", text("error")) + element("dd", text(one.error));
  if (!one.transaction.empty()) {
    list += element("dt", text("transaction")) + element("dd", text(one.transaction));
  }
  return of_class("dl", "difference", list);
}

Markup run_actions(const RunDetailView& detail) {
  if (detail.actions.empty()) return of_class("p", "quiet", text("It has no action."));
  const PlanWords words{detail.account, detail.names, detail.run.account_name};
  const std::size_t shown = std::min(detail.actions.size(), kMostActions);
  Markup items;
  for (const RunActionView& one : std::span(detail.actions).first(shown)) {
    items += action_item(one.action, words, outcome_of(one, words.account_name));
  }
  return of_class("ul", "actions", items) +
         left_out(
             shown, detail.actions.size(), "authzd show " + detail.run.id + " shows all of them");
}

Markup runs_nav(const RunsView& view, std::size_t pages) {
  if (pages < 2) return {};
  const auto to = [&view](std::size_t page, std::string_view label, std::string_view rel) {
    const std::string target =
        target_with("/runs", {{"account", view.account}, {"page", std::to_string(page)}});
    return element("a", {{"href", target}, {"rel", std::string(rel)}}, text(label));
  };
  Markup links = view.page > 1 ? to(view.page - 1, "← Newer", "prev") : element("span", {});
  links +=
      element("span", text("Page " + std::to_string(view.page) + " of " + std::to_string(pages)));
  links += view.page < pages ? to(view.page + 1, "Older →", "next") : element("span", {});
  return element("nav", {{"class", "pages"}, {"aria-label", "Pages of runs"}}, links);
}

}  // namespace

Markup runs_table(std::span<const RunView> runs, Timestamp now, RunColumns columns) {
  if (runs.empty()) return of_class("p", "quiet", text("No run is recorded."));
  Markup head = literal("<th scope=\"col\">Run</th>");
  if (columns == RunColumns::all) head += literal("<th scope=\"col\">Account</th>");
  head += literal(
      "<th scope=\"col\">Began</th><th scope=\"col\">Asked for by</th>"
      "<th scope=\"col\">Changes</th><th scope=\"col\">Result</th>");
  Markup rows;
  for (const RunView& run : runs) rows += run_line(run, now, columns);
  return of_class("div", "fold", table("Runs", head, rows));
}

std::string runs_page(const Frame& frame, RunsView view) {
  std::ranges::stable_sort(view.runs, std::ranges::greater{}, &RunView::began);
  const std::size_t pages =
      std::max<std::size_t>(1, (view.runs.size() + kRunsAPage - 1) / kRunsAPage);
  view.page = std::clamp<std::size_t>(view.page, 1, pages);
  const std::size_t first = (view.page - 1) * kRunsAPage;
  const std::size_t count = std::min(kRunsAPage, view.runs.size() - first);
  const auto shown = std::span(view.runs).subspan(first, count);
  Markup lead = text("Cycles, applies, undos and releases that changed something, or tried to.");
  if (!view.account.empty()) {
    lead = link(account_target(view.account), text(view.account)) + text(": ") + lead;
  }
  return page(
      frame,
      {"Runs", Section::runs},
      element("h1", text("Runs")) + of_class("p", "lead", lead) + literal("\n") +
          part("runs",
               runs_table(shown,
                          frame.now,
                          view.account.empty() ? RunColumns::all : RunColumns::without_account) +
                   runs_nav(view, pages)));
}

std::string run_page(const Frame& frame, const RunPageView& view) {
  const RunView& run = view.detail.run;
  Markup top = of_class("p", "lead", result_mark(run) + text(" " + run.result));
  Markup undo;
  if (run.ended && run.changes() > 0) {
    undo = element("p", text("To take it back (the plan is shown before anything happens):")) +
           command("authzd undo " + run.id + view.options);
  }
  return page(frame,
              {"Run " + clipped(run.id, 40), Section::runs},
              element("h1", text("Run " + run.id)) + literal("\n") +
                  part("run",
                       top + run_facts(view.detail, frame.now) + undo +
                           element("h2", text("Actions")) + run_actions(view.detail)));
}

}  // namespace authzd::console
