// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/console_site.hpp"

#include "daemon/console/account_page.hpp"
#include "daemon/console/assets.hpp"
#include "daemon/console/history_page.hpp"
#include "daemon/console/overview.hpp"
#include "daemon/console/policy_page.hpp"
#include "daemon/console/reach_page.hpp"
#include "daemon/console/run_pages.hpp"
#include "daemon/http/replies.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kMostQuery = 200;       // bytes of a value
constexpr std::size_t kRunsOnAccount = 10;    // below everything else
constexpr std::size_t kRunsOfAccount = 200;   // on the page of its runs
constexpr std::size_t kRunsOfEach = 20;       // on the page of all runs
constexpr std::size_t kMostAccounts = 2'000;  // whose runs are asked for in one turn of the loop

std::string value_of(const Target& target, std::string_view name) {
  return query_value(target.query, name).value_or("").substr(0, kMostQuery);
}

std::size_t page_of(const Target& target) {
  const std::string text = value_of(target, "page");
  std::size_t page = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), page);
  return failed == std::errc{} && page > 0 ? std::min<std::size_t>(page, 100'000) : 1;
}

HttpResponse nothing_there(const console::Frame& frame, std::string_view message) {
  HttpResponse response = html_page(console::message_page(frame, "There is no such page", message));
  response.status = 404;
  return response;
}

HttpResponse not_readable(const console::Frame& frame) {
  HttpResponse response = html_page(console::message_page(
      frame, "Not now", "The state of authzd cannot be read; its log says why."));
  response.status = 503;
  return response;
}

std::optional<AccountView> find_account(const StatusBoard& board, std::string_view wanted) {
  for (AccountView& view : board.accounts()) {
    if (view.status.name == wanted || view.status.id.value == to_lower(wanted)) {
      return std::move(view);
    }
  }
  return std::nullopt;
}

}  // namespace

bool ConsoleSite::is_page(Page page) {
  switch (page) {
    case Page::home:
    case Page::account:
    case Page::run_list:
    case Page::run:
    case Page::policy:
    case Page::history:
    case Page::reach: return true;
    default: return false;
  }
}

HttpResponse ConsoleSite::asset(Page page, const Target& target) {
  const console::Asset& asset = page == Page::style    ? console::style_asset()
                                : page == Page::script ? console::script_asset()
                                                       : console::icon_asset();
  HttpResponse response = html_page(std::string(asset.content));
  response.headers.front().value = asset.type;
  if (query_value(target.query, "v") == asset.version) {
    response.headers.push_back({"Cache-Control", "public, max-age=31536000, immutable"});
  }
  return response;
}

HttpResponse ConsoleSite::show(const Route& route,
                               const Target& target,
                               const console::Frame& frame) const {
  switch (route.page) {
    case Page::home: return overview(target, frame);
    case Page::run_list: return runs(target, frame);
    case Page::run: return run(target, frame);
    case Page::reach: return reach(target, frame);
    case Page::policy: return policy(target, frame);
    case Page::history: return history(target, frame);
    default: break;
  }
  const std::string wanted = percent_decoded(last_segment(target.path));
  const auto view = find_account(board_, wanted);
  if (!view) return nothing_there(frame, "There is no account " + quote(wanted) + ".");
  return account(*view, frame);
}

HttpResponse ConsoleSite::overview(const Target& target, const console::Frame& frame) const {
  DaemonStatus daemon{{}, board_.refused_reload(), board_.rollout()};
  for (AccountView& view : board_.accounts()) daemon.accounts.push_back(std::move(view.status));
  const console::OverviewQuery query{
      value_of(target, "q"), value_of(target, "state"), value_of(target, "sort"), page_of(target)};
  const auto runs = [this](const AccountId& id) { return runs_of(id, console::kSparkRuns); };
  return html_page(console::overview_page(frame, {daemon, query, runs}));
}

HttpResponse ConsoleSite::account(const AccountView& view, const console::Frame& frame) const {
  const AccountId& id = view.status.id;
  return html_page(console::account_page(
      frame, {view, board_.plan(id), board_.names(id), runs_of(id, kRunsOnAccount)}));
}

HttpResponse ConsoleSite::runs(const Target& target, const console::Frame& frame) const {
  console::RunsView view;
  view.account = value_of(target, "account");
  view.page = page_of(target);
  auto accounts = board_.accounts();
  if (!view.account.empty()) {
    const auto one = find_account(board_, view.account);
    if (!one) return nothing_there(frame, "There is no account " + quote(view.account) + ".");
    accounts = {*one};
    view.account = one->status.name;
  }
  accounts.resize(std::min(accounts.size(), kMostAccounts));
  for (const AccountView& each : accounts) {
    auto found = board_.runs(each.status.id, view.account.empty() ? kRunsOfEach : kRunsOfAccount);
    if (!found) {
      log_.error("the runs cannot be read", {{"error", to_string(found.error())}});
      return not_readable(frame);
    }
    std::ranges::move(*found, std::back_inserter(view.runs));
  }
  return html_page(console::runs_page(frame, std::move(view)));
}

HttpResponse ConsoleSite::run(const Target& target, const console::Frame& frame) const {
  const std::string wanted = percent_decoded(last_segment(target.path)).substr(0, kMostQuery);
  const std::string account = value_of(target, "account");
  for (const AccountView& view : board_.accounts()) {
    const bool is_asked =
        account.empty() || account == view.status.name || account == view.status.id.value;
    if (!is_asked) continue;
    const auto detail = board_.run(view.status.id, wanted);
    if (detail) {
      return html_page(console::run_page(frame, {*detail, view.status.approve_options}));
    }
    if (detail.error().code == ErrorCode::conflict) {
      return nothing_there(frame, detail.error().message);
    }
    if (detail.error().code != ErrorCode::not_found) {
      log_.error("a run cannot be read", {{"error", to_string(detail.error())}});
      return not_readable(frame);
    }
  }
  return nothing_there(frame, "There is no run " + quote(wanted) + ".");
}

HttpResponse ConsoleSite::policy(const Target& target, const console::Frame& frame) const {
  const PolicyId wanted{percent_decoded(last_segment(target.path)).substr(0, kMostQuery)};
  const std::string account = value_of(target, "account");
  const auto view = find_account(board_, account);
  if (!view) return nothing_there(frame, "There is no account " + quote(account) + ".");
  auto story = board_.policy(view->status.id, wanted);
  if (story) {
    story->is_suspended = view->status.is_suspended;
    story->options = view->status.approve_options;
    return html_page(console::policy_page(frame, *story));
  }
  if (story.error().code == ErrorCode::not_found) {
    return nothing_there(frame,
                         "No policy " + quote(wanted.value) + " of " + quote(account) +
                             " is in its last list or among its recorded changes.");
  }
  log_.error("the state cannot be read", {{"error", to_string(story.error())}});
  return not_readable(frame);
}

HttpResponse ConsoleSite::history(const Target& target, const console::Frame& frame) const {
  console::HistoryView view;
  view.account = value_of(target, "account");
  view.reverts_others = value_of(target, "changes") != "all";
  view.page = page_of(target);
  ChangesQuery query;
  if (view.account.empty()) {
    for (const AccountView& each : board_.accounts()) query.accounts.push_back(each.status.id);
    query.accounts.resize(std::min(query.accounts.size(), kMostAccounts));
  } else {
    const auto one = find_account(board_, view.account);
    if (!one) return nothing_there(frame, "There is no account " + quote(view.account) + ".");
    view.account = one->status.name;
    query.accounts = {one->status.id};
  }
  query.reverts_others = view.reverts_others;
  query.first = (view.page - 1) * console::kChangesAPage;
  query.count = console::kChangesAPage;
  auto found = board_.changes(query);
  if (!found) {
    log_.error("the changes cannot be read", {{"error", to_string(found.error())}});
    return not_readable(frame);
  }
  view.changes = *std::move(found);
  return html_page(console::history_page(frame, view));
}

HttpResponse ConsoleSite::reach(const Target& target, const console::Frame& frame) const {
  console::ReachPageView view;
  view.query = {value_of(target, "account"),
                value_of(target, "service"),
                value_of(target, "instance"),
                value_of(target, "role"),
                value_of(target, "owner"),
                page_of(target)};
  if (!view.query.account.empty()) {
    const auto one = find_account(board_, view.query.account);
    if (!one) return nothing_there(frame, "There is no account " + quote(view.query.account) + ".");
    view.query.account = one->status.name;
  }
  for (const AccountView& each : board_.accounts()) {
    view.accounts.push_back(each.status.name);
    if (!view.query.account.empty() && each.status.name != view.query.account) continue;
    if (auto list = board_.reach(each.status.id)) {
      view.lists.push_back(*std::move(list));
      const auto plan = board_.plan(each.status.id);
      for (const Note& note : plan ? plan->plan.notes : std::vector<Note>()) {
        if (note.reason != NoteReason::unreadable) continue;
        view.unreadable.push_back(each.status.name + ": " + note.message + ".");
      }
    } else {
      ++view.missing;
    }
  }
  return html_page(console::reach_page(frame, view));
}

std::vector<RunView> ConsoleSite::runs_of(const AccountId& account, std::size_t count) const {
  auto found = board_.runs(account, count);
  if (found) return *std::move(found);
  log_.error("the runs cannot be read", {{"error", to_string(found.error())}});
  return {};
}

}  // namespace authzd
