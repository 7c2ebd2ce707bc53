// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/console/overview.hpp"

#include "daemon/console/rollout_part.hpp"
#include "daemon/console/state_mark.hpp"
#include "daemon/console/words.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <tuple>

namespace authzd::console {
namespace {

constexpr std::size_t kShortText = 160;  // bytes of a message in a row

using Chosen = std::vector<const AccountStatus*>;

bool has_text(const AccountStatus& account, const std::string& wanted) {
  const auto has = [&wanted](std::string_view any) {
    return to_lower(any).find(wanted) != std::string::npos;
  };
  return wanted.empty() || has(account.name) || has(account.id.value) || has(why_of(account));
}

double share_in_sync(const AccountStatus& account) {
  if (!account.last_run || account.last_run->managed() == 0) return 1;
  return static_cast<double>(account.last_run->in_sync()) /
         static_cast<double>(account.last_run->managed());
}

void sort_by(Chosen& accounts, const std::string& order) {
  std::ranges::sort(accounts, {}, &AccountStatus::name);
  if (order == "name") return;
  if (order == "sync") {
    std::ranges::stable_sort(accounts, {}, [](const auto* each) { return share_in_sync(*each); });
  } else if (order == "run") {
    std::ranges::stable_sort(accounts, std::ranges::greater{}, [](const auto* each) {
      return each->last_run ? each->last_run->ended : Timestamp{};
    });
  } else {
    std::ranges::stable_sort(accounts, {}, [](const auto* each) { return state_of(*each); });
  }
}

Chosen choose(const DaemonStatus& daemon, const OverviewQuery& query) {
  const auto state = state_named(query.state);
  const std::string wanted = to_lower(query.q);
  Chosen chosen;
  for (const AccountStatus& account : daemon.accounts) {
    if ((!state || state_of(account) == *state) && has_text(account, wanted)) {
      chosen.push_back(&account);
    }
  }
  sort_by(chosen, query.sort);
  return chosen;
}

std::string overview_target(const OverviewQuery& query, std::size_t page, const std::string& sort) {
  return target_with("/",
                     {{"q", query.q},
                      {"state", query.state},
                      {"sort", sort},
                      {"page", page > 1 ? std::to_string(page) : ""}});
}

Markup filter_form(const OverviewQuery& query) {
  Markup states = element("option", {{"value", ""}}, text("All"));
  for (const AccountState state : kAccountStates) {
    const std::string word(to_string(state));
    Attributes attributes{{"value", word}};
    if (word == query.state) attributes.emplace_back("selected", "");
    states += element("option", attributes, text(word));
  }
  Markup fields = element("label",
                          text("Find") + void_element("input",
                                                      {{"type", "search"},
                                                       {"name", "q"},
                                                       {"value", clipped(query.q, 200)},
                                                       {"placeholder", "name, id or message"}})) +
                  element("label", text("State") + element("select", {{"name", "state"}}, states));
  if (!query.sort.empty()) {
    fields += void_element("input", {{"type", "hidden"}, {"name", "sort"}, {"value", query.sort}});
  }
  return element(
             "form",
             {{"class", "filter"}, {"action", "/"}, {"role", "search"}, {"aria-label", "Accounts"}},
             fields + literal("<button>Filter</button>")) +
         literal("\n");
}

/// A heading that sorts; `order` is empty for the default.
Markup sort_heading(std::string_view title,
                    const std::string& order,
                    const OverviewQuery& query,
                    std::string_view direction) {
  Attributes attributes{{"scope", "col"}};
  const bool is_current = query.sort == order;
  if (is_current) attributes.emplace_back("aria-sort", direction);
  const Markup label =
      link(overview_target(query, 1, order), text(title)) +
      (is_current ? element("span", {{"aria-hidden", "true"}}, text(" ↓")) : Markup{});
  return element("th", attributes, label);
}

Markup plain_heading(std::string_view title) {
  return element("th", {{"scope", "col"}}, text(title));
}

Markup last_cell(const AccountStatus& account, Timestamp now) {
  if (!account.last_run) return quiet("none yet");
  return age(account.last_run->ended, now);
}

Markup next_cell(const AccountStatus& account, Timestamp now) {
  if (account.reconciling.is_true) return text("under way");
  if (!account.next_cycle) return {};
  return *account.next_cycle <= now ? text("due") : age(*account.next_cycle, now);
}

Markup account_row(const AccountStatus& account, const OverviewView& view, Timestamp now) {
  Markup sync;
  if (account.last_run && account.last_run->managed() > 0) {
    sync = text(std::to_string(account.last_run->in_sync()) + " of " +
                std::to_string(account.last_run->managed()));
  }
  const auto name = link(account_target(account.name), text(account.name, kShortText)) + text(" ") +
                    quiet(to_string(account.mode));
  const auto runs = view.runs ? view.runs(account.id) : std::vector<RunView>{};
  return element("tr",
                 element("th", {{"scope", "row"}}, name) +
                     element("td", state_mark(state_of(account))) +
                     element("td", {{"class", "why"}}, text(why_of(account), kShortText)) +
                     cell("In sync", sync, "number") +
                     element("td", {{"class", "bars"}}, sparkline(runs)) +
                     cell("Last cycle", last_cell(account, now), "short") +
                     cell("Next", next_cell(account, now), "short")) +
         literal("\n");
}

Markup pages_of(const OverviewQuery& query,
                std::size_t page,
                std::size_t pages,
                std::size_t found) {
  if (pages < 2) return {};
  Markup links =
      page > 1 ? element("a",
                         {{"href", overview_target(query, page - 1, query.sort)}, {"rel", "prev"}},
                         text("← Before"))
               : element("span", {});
  links += element("span",
                   text("Page " + std::to_string(page) + " of " + std::to_string(pages) + ", " +
                        count_of(found, "account", "accounts")));
  links += page < pages
               ? element("a",
                         {{"href", overview_target(query, page + 1, query.sort)}, {"rel", "next"}},
                         text("After →"))
               : element("span", {});
  return element("nav", {{"class", "pages"}, {"aria-label", "Pages of accounts"}}, links);
}

Markup accounts_table(const OverviewView& view, Timestamp now) {
  const OverviewQuery& query = view.query;
  const Chosen chosen = choose(view.daemon, query);
  if (chosen.empty()) {
    return of_class("p",
                    "quiet",
                    text(view.daemon.accounts.empty() ? "There is no account yet."
                                                      : "No account is like that."));
  }
  const std::size_t pages = (chosen.size() + kRowsAPage - 1) / kRowsAPage;
  const std::size_t page = std::clamp<std::size_t>(query.page, 1, pages);
  Markup rows;
  const std::size_t first = (page - 1) * kRowsAPage;
  for (std::size_t i = first; i < std::min(chosen.size(), first + kRowsAPage); ++i) {
    rows += account_row(*chosen[i], view, now);
  }
  const Markup head =
      sort_heading("Account", "name", query, "ascending") +
      sort_heading("State", "", query, "descending") + plain_heading("Why") +
      sort_heading("In sync", "sync", query, "ascending") + plain_heading("Changes") +
      sort_heading("Last cycle", "run", query, "descending") + plain_heading("Next");
  return of_class("div", "fold", table("Accounts", head, rows)) +
         pages_of(query, page, pages, chosen.size());
}

}  // namespace

std::string overview_page(const Frame& frame, const OverviewView& view) {
  Markup summary = summary_sentence(view.daemon.accounts);
  if (const auto& reload = view.daemon.refused_reload) {
    summary +=
        element("p",
                {{"class", "fault"}},
                text("The last reload of the configuration was refused, and the previous one "
                     "stays in force: ") +
                    text(reload->why) + text(" (") + age(reload->at, frame.now) + text(")"));
  }
  Markup rollout;
  if (view.daemon.rollout) rollout = rollout_part(*view.daemon.rollout, frame.now);
  OverviewView known = view;
  if (known.query.sort != "name" && known.query.sort != "sync" && known.query.sort != "run") {
    known.query.sort.clear();
  }
  return page(frame,
              {"Accounts", Section::overview},
              element("h1", text("Accounts")) + literal("\n") + part("summary", summary) +
                  (rollout.empty() ? Markup{} : part("rollout", rollout)) +
                  filter_form(known.query) + part("accounts", accounts_table(known, frame.now)));
}

}  // namespace authzd::console
