// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/admin_commands.hpp"

#include "daemon/app/command_table.hpp"
#include "daemon/cli/chosen_accounts.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/progress_teller.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

/// Why a daemon cannot do it this way; empty where it can.
std::string not_for_a_daemon(const CommonOptions& common) {
  if (common.mode || common.adopt || common.allow_empty_account) {
    return "--mode, --adopt and --allow-empty-account are the daemon's configuration to say; "
           "change it there, or add --local";
  }
  if (common.owner) return "--owner is for a call without a configuration: leave it out";
  const bool is_of_the_client =
      common.config || common.log_level || common.log_json || common.is_quiet;
  if (common.local || common.state || common.manifests || is_of_the_client) {
    return "--local, --state, --manifests, --config and the options of the log are for a call that "
           "asks no daemon: leave them out";
  }
  return {};
}

/// As it would have been typed, for the log.
std::string words_of(const CommandCall& call) {
  std::string words = call.command;
  for (const GivenOption& option : call.options) {
    words += " --" + option.name;
    for (const std::string& value : option.values) words += " " + value;
  }
  return words;
}

std::string names_of(const Accounts& accounts) {
  std::vector<std::string> names;
  for (const auto& account : accounts) names.push_back(account->spec().name);
  return printable(join(names, ", "));
}

/// The accounts that are meant; empty, and `unknown` set, where one is none of the daemon's.
Accounts choose(const Accounts& accounts,
                const std::vector<std::string>& names,
                const LabelSelector& selector,
                std::string& unknown) {
  Accounts chosen;
  for (const std::string& name : names) {
    const bool known = std::ranges::any_of(
        accounts, [&name](const auto& account) { return is_called(account->spec(), name); });
    if (!known) unknown = name;
  }
  if (!unknown.empty()) return {};
  std::ranges::copy_if(accounts, std::back_inserter(chosen), [&](const auto& account) {
    return is_meant(account->spec(), names, selector);
  });
  return chosen;
}

}  // namespace

Result<CommandStream::Command> AdminCommands::open(const CommandCall& call, Peer who) {
  auto invocation = parse_command_call(call, command_table());
  if (!invocation) return std::move(invocation).error();
  if (!call.config.empty() && call.config != parts_.config) {
    return Error{ErrorCode::rejected,
                 "the daemon at this socket runs " + printable(parts_.config) + ", not " +
                     printable(call.config) + ": name its configuration with --config" +
                     (invocation->row->reach == Reach::anywhere ? ", or add --local" : "")};
  }
  if (const std::string why = not_for_a_daemon(invocation->common); !why.empty()) {
    return Error{ErrorCode::rejected, why};
  }
  // It is shown in the commands that a person copies.
  if (!call.config_option.empty()) invocation->common.config = call.config_option;
  auto selector = parse_label_selectors(invocation->common.selectors);
  if (!selector) return Error{ErrorCode::rejected, selector.error().message};
  std::string unknown;
  Accounts accounts =
      choose(parts_.daemon.accounts(), invocation->common.accounts, *selector, unknown);
  if (!unknown.empty()) {
    return Error{ErrorCode::rejected,
                 "the daemon has no account " + shown_name(unknown) + "; it has " +
                     names_of(parts_.daemon.accounts())};
  }
  if (accounts.empty() && !selector->empty()) {
    return Error{ErrorCode::rejected, no_account_with(invocation->common.selectors)};
  }
  Requester requester = requester_of(std::move(who), call.sudo_uid);
  parts_.log.info("a command at the admin socket",
                  {{"who", to_string(requester)},
                   {"pid", std::to_string(requester.peer.pid)},
                   {"command", printable(words_of(call))}});
  return [this, invocation = *std::move(invocation), accounts, requester](Console& console) {
    return perform(invocation, accounts, requester, console);
  };
}

boost::asio::awaitable<int> AdminCommands::perform(
    Invocation invocation,
    Accounts accounts,
    Requester requester,
    Console& console) {  // coroutine-ref: CommandStream's, which outlives the command
  const CommandContext context{console,
                               invocation.common,
                               parts_.environment,
                               parts_.executor,
                               parts_.clock,
                               parts_.randomness,
                               parts_.log,
                               to_string(requester),
                               requester.peer.login_uid};
  const ProgressTeller progress(parts_.executor, console, parts_.clock, accounts);
  Workplace place{std::move(accounts), &parts_.daemon};
  co_return static_cast<int>(
      co_await invocation.row->perform_on(context, std::move(place), invocation.command));
}

}  // namespace authzd
