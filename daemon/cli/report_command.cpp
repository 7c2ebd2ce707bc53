// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/held_policies.hpp"
#include "daemon/cli/report_tables.hpp"
#include "daemon/console/report_file.hpp"
#include "daemon/cycle/instance_look_up.hpp"
#include "daemon/cycle/role_look_up.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/rails/rails.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

/// Writes of each account that are looked at. Those of a daemon keep its loop between two breaths.
constexpr std::size_t kMostScanned = 50'000;
constexpr std::size_t kMostScannedByDaemon = 5'000;
constexpr std::size_t kChangesABreath = 20;
/// Rows of one answer of a daemon, over all accounts.
constexpr std::size_t kMostRowsOfDaemon = 20'000;

/// The oldest run that the state has. Runs that wrote nothing are not all in it: the account may
/// have been watched for longer.
Result<std::optional<Timestamp>> watched_since(const AccountState& state) {
  constexpr std::size_t kMostRuns = 5'000;
  const auto runs = state.runs.last(kMostRuns);
  if (!runs) return runs.error();
  if (runs->empty()) return std::optional<Timestamp>();
  return std::optional(runs->back().start.began);
}

/// The text of the manifests in force, as far as the state has it.
std::optional<GoodText> text_of(const AccountState& state, const SharedRevision& good) {
  auto text = state.revisions.good();
  if (!text || !*text || good == nullptr || (*text)->revision != good->revision) return {};
  return std::move(*text);
}

/// "prod" of "./prod/"; empty: everything.
std::string_view plain_path(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path == "." ? std::string_view() : path;
}

bool overlap(std::string_view a, std::string_view b) {
  const std::string_view one = plain_path(a);
  const std::string_view other = plain_path(b);
  const std::size_t common = std::min(one.size(), other.size());
  if (common == 0) return true;
  const std::string_view longer = one.size() > common ? one : other;
  const bool ends_there = longer.size() == common || longer[common] == '/';
  return ends_there && one.substr(0, common) == other.substr(0, common);
}

/// Whether another account may read files that this one reads: what is unneeded here may be needed
/// there. The other accounts are not known to a call that chose some of a configuration.
bool may_share_files(const CommandContext& context,
                     const Workplace& place,
                     const AccountSpec& spec) {
  const bool is_daemon = place.daemon != nullptr;
  const CommonOptions& options = context.options;
  if (!is_daemon && options.chooses_accounts() && !options.manifests) return true;
  const Accounts accounts = is_daemon ? place.daemon->accounts() : place.accounts;
  return std::ranges::any_of(accounts, [&spec](const auto& other) {
    const auto& paths = other->spec().paths;
    return other->spec().id != spec.id && std::ranges::any_of(paths, [&](const auto& path) {
             return std::ranges::any_of(spec.paths,
                                        [&](const auto& own) { return overlap(own, path); });
           });
  });
}

Async<void> add_policies(CommandContext context,
                         const Workplace& place,   // coroutine-ref: the awaiter's
                         AccountRuntime& account,  // coroutine-ref: the awaiter's
                         ReportTables& tables) {   // coroutine-ref: the awaiter's
  auto holding = co_await read_holding(account);
  if (!holding) co_return std::move(holding).error();
  tell_of_unreadable(context, account.spec(), *holding);
  auto good = co_await manifests_in_force(context, place, account);
  if (!good) co_return std::move(good).error();
  const auto whose = owners_in(account, *holding);
  if (!whose) co_return whose.error();
  auto uses = account.state().rails.last_uses();
  if (!uses) co_return std::move(uses).error();
  auto since = watched_since(account.state());
  if (!since) co_return std::move(since).error();
  ReportedAccount reported{&account.spec(), &*holding, &*whose};
  reported.desired = *good ? &(*good)->desired : nullptr;
  reported.last_uses = std::move(*uses);
  reported.watched_since = *since;
  reported.shares_files = may_share_files(context, place, account.spec());
  if (!reported.shares_files) reported.text = text_of(account.state(), *good);
  std::string all;
  auto instances = co_await account.reader().instances(std::move(all));
  if (instances) {
    reported.instances = std::move(*instances);
  } else if (instances.error().code == ErrorCode::cancelled) {
    co_return std::move(instances).error();
  } else {
    tables.add_note(account.spec().name +
                    ": which instances exist is not known: " + instances.error().message);
  }
  tables.add_policies(reported);
  co_return Result<void>();
}

Async<void> add_dates(CommandContext context,
                      const Workplace& place,   // coroutine-ref: the awaiter's
                      AccountRuntime& account,  // coroutine-ref: the awaiter's
                      ReportKind kind,
                      ReportTables& tables) {  // coroutine-ref: the awaiter's
  auto good = co_await manifests_in_force(context, place, account);
  if (!good) co_return std::move(good).error();
  if (*good == nullptr) {
    co_return Error{ErrorCode::not_found,
                    "no manifests are known, and only they have ends and reviews: name them with "
                    "--config FILE or --manifests PATH"};
  }
  ReportedAccount reported{&account.spec()};
  reported.desired = &(*good)->desired;
  if (kind == ReportKind::reviews) {
    tables.add_reviews(reported);
  } else {
    tables.add_ends(reported);
  }
  co_return Result<void>();
}

RoleNames names_in(AccountRuntime& account) {
  RoleNames names;
  for (const Role& role : account.reader().known_roles()) {
    names.emplace(role.crn, role.display_name);
  }
  if (const auto known = account.state().instances.known()) names.merge(names_of(*known));
  return names;
}

Async<void> add_changes(const Workplace& place,        // coroutine-ref: the awaiter's
                        AccountRuntime& account,       // coroutine-ref: the awaiter's
                        const ReportRequest& request,  // coroutine-ref: the awaiter's
                        ReportTables& tables) {        // coroutine-ref: the awaiter's
  PastQuery wanted;
  wanted.most_scanned = place.daemon != nullptr ? kMostScannedByDaemon : kMostScanned;
  wanted.reverts_others = request.kind == ReportKind::drift;
  const auto marks = account.state().past.find(wanted);
  if (!marks) co_return marks.error();
  const auto people = account.state().approvals.people_by_pass();
  if (!people) co_return people.error();
  const RoleNames names = names_in(account);
  std::size_t read = 0;
  for (const PastMark& mark : *marks) {
    if (mark.at < request.since) break;  // the newest come first
    if (++read % kChangesABreath == 0) co_await boost::asio::post(boost::asio::use_awaitable);
    const auto change = account.state().past.read(mark);
    if (!change && change.error().code == ErrorCode::not_found) continue;  // removed meanwhile
    if (!change) co_return change.error();
    const Action& action = change->action.action;
    tables.add_change(
        account.spec(), *change, names, approvers_of(*people, account.spec().id, action));
  }
  co_return Result<void>();
}

Async<void> add_account(CommandContext context,
                        const Workplace& place,        // coroutine-ref: the awaiter's
                        AccountRuntime& account,       // coroutine-ref: the awaiter's
                        const ReportRequest& request,  // coroutine-ref: the awaiter's
                        ReportTables& tables) {        // coroutine-ref: the awaiter's
  switch (request.kind) {
    case ReportKind::drift:
    case ReportKind::changes: co_return co_await add_changes(place, account, request, tables);
    case ReportKind::expiring:
    case ReportKind::reviews:
      co_return co_await add_dates(context, place, account, request.kind, tables);
    case ReportKind::unused:
    case ReportKind::broad: break;
  }
  co_return co_await add_policies(context, place, account, tables);
}

std::string rendered(const ReportTable& table, ReportForm form, std::size_t width) {
  switch (form) {
    case ReportForm::csv: return report_csv(table);
    case ReportForm::json: return report_json(table);
    case ReportForm::html: return console::report_file(table);
    case ReportForm::text: break;
  }
  return report_text(table, width);
}

/// What is wrong with how the report is asked for; empty: nothing.
std::string why_not(const ReportCommand& command, const std::optional<Timestamp>& since) {
  const bool is_of_policies =
      command.kind == ReportKind::unused || command.kind == ReportKind::broad;
  if (command.saved && !is_of_policies) {
    return "--saved has policies, and no past and no ends: it is for unused and broad";
  }
  if (command.since && (is_of_policies || command.kind == ReportKind::reviews)) {
    return "--since is for drift, changes and expiring; unused and reviews take --days";
  }
  if (!since) {
    return "--since " + quote(*command.since) +
           " is no date: write 2026-11-01, 2026-11-01T08:00:00Z or 30d";
  }
  return {};
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ReportCommand command) {
  const Timestamp now = context.clock.now();
  const std::string by_default = command.kind == ReportKind::expiring ? "0s" : "30d";
  const auto since = since_of(command.since.value_or(by_default), now);
  if (const std::string why = why_not(command, since); !why.empty()) {
    co_return fail_usage(context, why);
  }
  const ReportRequest request{command.kind, command.days, *since, now, place.accounts.size()};
  ReportTables tables(request);
  std::set<ExitCode> codes;
  std::size_t failed = 0;
  for (const auto& account : place.accounts) {
    const auto added = co_await add_account(context, place, *account, request, tables);
    if (!added) {
      ++failed;
      codes.insert(fail(context, account->spec(), added.error()));
      continue;
    }
    if (place.daemon != nullptr && tables.rows() > kMostRowsOfDaemon) {
      co_return fail(context,
                     Error{ErrorCode::rejected,
                           "more than " + std::to_string(kMostRowsOfDaemon) +
                               " rows are too many for one answer of the daemon: name --account, "
                               "or a later --since"});
    }
  }
  if (failed > 0 && failed == place.accounts.size()) co_return worst(codes);
  context.console.out << rendered(
      std::move(tables).take(), command.output, context.console.style.width);
  co_return worst(codes);
}

}  // namespace authzd
