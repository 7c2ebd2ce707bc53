// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/admin_commands.hpp"

#include "daemon/admin/requester.hpp"
#include "daemon/app/command_table.hpp"
#include "daemon/cli/failure.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

/// Why a daemon cannot do it this way; empty where it can.
std::string not_for_a_daemon(const Invocation& invocation) {
  if (invocation.row->perform_on == nullptr) return "this is not a command for a daemon";
  const CommonOptions& common = invocation.common;
  if (common.mode || common.adopt || common.allow_empty_account) {
    return "--mode, --adopt and --allow-empty-account are the daemon's configuration to say; "
           "change it there, or add --local";
  }
  if (invocation.common.owner) return "--owner is for a call without a configuration: leave it out";
  return {};
}

bool is_called(const AccountSpec& spec, const std::string& name) {
  return name == spec.name || to_lower(name) == spec.id.value;
}

std::string names_of(const Accounts& accounts) {
  std::vector<std::string> names;
  for (const auto& account : accounts) names.push_back(account->spec().name);
  return printable(join(names, ", "));
}

/// The accounts that are meant; empty, and `unknown` set, where one is none of the daemon's.
Accounts choose(const Accounts& accounts,
                const std::vector<std::string>& names,
                std::string& unknown) {
  Accounts chosen;
  for (const std::string& name : names) {
    const bool known = std::ranges::any_of(
        accounts, [&name](const auto& account) { return is_called(account->spec(), name); });
    if (!known) unknown = name;
  }
  if (!unknown.empty()) return {};
  std::ranges::copy_if(accounts, std::back_inserter(chosen), [&names](const auto& account) {
    return names.empty() || std::ranges::any_of(names, [&account](const std::string& name) {
             return is_called(account->spec(), name);
           });
  });
  return chosen;
}

}  // namespace

boost::asio::awaitable<int> AdminCommands::perform(AdminCall call, Peer who, Console& console) {
  const auto parsed = parse_command_line(call.arguments, command_table());
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
    console.err << early->text;
    co_return static_cast<int>(early->code);
  }
  const auto& invocation = std::get<Invocation>(parsed);
  if (call.config != parts_.config) {
    console.err << "authzd: the daemon at this socket runs " << printable(parts_.config) << ", not "
                << printable(call.config) << ": name its configuration with --config"
                << (invocation.row->reach == Reach::anywhere ? ", or add --local" : "") << '\n';
    co_return static_cast<int>(ExitCode::usage);
  }
  const Requester requester = requester_of(std::move(who), call.sudo_uid);
  const std::string user = to_string(requester);
  parts_.log.info("a command at the admin socket",
                  {{"who", user},
                   {"pid", std::to_string(requester.peer.pid)},
                   {"command", printable(join(call.arguments, " "))}});
  const CommandContext context{console,
                               invocation.common,
                               parts_.environment,
                               parts_.executor,
                               parts_.clock,
                               parts_.randomness,
                               parts_.log,
                               user,
                               requester.peer.login_uid};
  co_return static_cast<int>(co_await perform(context, invocation));
}

Ending AdminCommands::perform(CommandContext context, Invocation invocation) {
  if (const std::string why = not_for_a_daemon(invocation); !why.empty()) {
    co_return fail_usage(context, why);
  }
  std::string unknown;
  Workplace place;
  place.daemon = &parts_.daemon;
  place.accounts = choose(parts_.daemon.accounts(), invocation.common.accounts, unknown);
  if (!unknown.empty()) {
    co_return fail_usage(context,
                         "the daemon has no account " + shown_name(unknown) + "; it has " +
                             names_of(parts_.daemon.accounts()));
  }
  co_return co_await invocation.row->perform_on(context, std::move(place), invocation.command);
}

}  // namespace authzd
