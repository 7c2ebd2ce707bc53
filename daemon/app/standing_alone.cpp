// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/standing_alone.hpp"

#include "daemon/cli/chosen_accounts.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "daemon/cli/progress_teller.hpp"
#include "daemon/cli/validation.hpp"
#include "daemon/http/status_listener.hpp"

#include <ostream>

namespace authzd {
namespace {

/// The text of the file that is read instead of IAM; none: IAM is asked. Errors: as
/// read_whole_file.
Result<std::optional<std::string>> saved_list(const AnyCommand& command) {
  const auto file = saved_list_of(command);
  if (!file) return std::nullopt;
  auto text = read_whole_file(*file);
  if (!text) return std::move(text).error();
  return std::move(*text);
}

}  // namespace

tl::expected<Setup, ExitCode> prepare(const CommandContext& context, const SetupNeeds& needs) {
  auto setup = make_setup(context.options, context.environment, needs);
  if (!setup) return tl::unexpected(fail(context, setup.error()));
  context.console.err << render(setup->warnings);
  return std::move(*setup);
}

Result<std::shared_ptr<Database>> named_state(const CommonOptions& options) {
  if (!options.state) return std::shared_ptr<Database>();
  DatabaseOptions database;
  database.path = *options.state;
  return Database::open(std::move(database));
}

boost::asio::awaitable<std::optional<ExitCode>> join_fleet(
    CommandContext context,
    FleetBook& book,  // coroutine-ref: the awaiter's
    Setup& setup,     // coroutine-ref: the awaiter's
    SetupNeeds needs) {
  if (setup.fleet.empty()) co_return std::nullopt;
  if (!setup.opened_source && setup.source) {
    auto source = make_source(context.executor, context.clock, *setup.source, setup.source_place);
    if (!source) co_return fail(context, source.error());
    setup.opened_source = std::move(*source);
  }
  const auto look = co_await book.look(setup.fleet, setup.opened_source, context.clock.now());
  if (!look) co_return fail(context, look.error());
  context.console.err << render(look->diagnostics);
  for (const Error& delay : look->delays) {
    context.console.err << "authzd: " << to_string(delay) << "; the accounts that are known stay\n";
  }
  const bool stays_without = needs.may_lack_fleet && !setup.accounts.empty();
  if (!look->failures.empty() && !stays_without) {
    co_return fail(context, look->failures.front());
  }
  for (const Error& failure : look->failures) {
    context.console.err << "authzd: " << to_string(failure)
                        << "; the other accounts do not wait for these\n";
  }
  for (const std::string& renamed : book.add_to(setup)) {
    context.console.err << "authzd: " << printable(renamed) << '\n';
  }
  if (auto chosen = choose_accounts(setup, context.options, needs); !chosen) {
    co_return fail(context, chosen.error());
  }
  if (!setup.accounts.empty()) co_return std::nullopt;
  co_return fail(context, no_accounts());
}

Error no_accounts() {
  return {ErrorCode::invalid_config,
          "there is no account: the configuration names none, and neither do its files of accounts "
          "nor IAM"};
}

Ending run_alone(CommandContext context, Invocation invocation) {
  const CommandNeeds needs = needs_of(invocation);
  auto setup = prepare(context, needs.setup);
  if (!setup) co_return setup.error();
  const auto saved = saved_list(invocation.command);
  if (!saved) {
    co_return fail(context, saved.error());
  }
  const auto state = named_state(context.options);
  if (!state) {
    const bool suspends = std::holds_alternative<SuspendCommand>(invocation.command);
    co_return suspends ? suspend_without_state(context, *setup, state.error())
                       : fail(context, state.error());
  }
  SharedAccess shared(context.clock);
  FleetBook book(*state, make_discover(context, setup->iam, shared));
  const auto unjoined = co_await join_fleet(context, book, *setup, needs.setup);
  if (unjoined) co_return *unjoined;
  auto accounts = open_accounts(context, *setup, needs.access, *saved, *state, shared);
  if (!accounts) {
    co_return fail(context, accounts.error());
  }
  const ProgressTeller progress(context.executor, context.console, context.clock, *accounts);
  Workplace place;
  place.accounts = std::move(*accounts);
  co_return co_await invocation.row->perform_on(context, std::move(place), invocation.command);
}

namespace {

std::optional<Error> why_no_listener(const CommandContext& context, const Setup& setup) {
  if (setup.admin.listen.empty()) return std::nullopt;
  auto listener =
      listen_for_status(context.executor, setup.admin.listen, status_listener_options());
  if (!listener) return std::move(listener).error();
  return std::nullopt;
}

/// Of the configuration that the options of the call name.
Ending check_online_with(CommandContext context) {
  const SetupNeeds needs{.manifests = true, .alone = false};
  auto setup = prepare(context, needs);
  if (!setup) co_return setup.error();
  SharedAccess shared(context.clock);
  FleetBook book(nullptr, make_discover(context, setup->iam, shared));
  const auto unjoined = co_await join_fleet(context, book, *setup, needs);
  if (unjoined) co_return *unjoined;
  auto accounts =
      open_accounts(context, *setup, AccountAccess::show, std::nullopt, nullptr, shared);
  if (!accounts) {
    co_return fail(context, accounts.error());
  }
  const ProgressTeller progress(context.executor, context.console, context.clock, *accounts);
  Workplace place;
  place.accounts = std::move(*accounts);
  auto no_listener = why_no_listener(context, *setup);
  co_return co_await check_all(context, std::move(place), *setup, std::move(no_listener));
}

}  // namespace

Ending check_online(CommandContext context, std::vector<std::string> paths) {
  CommonOptions options = context.options;
  const bool is_named = paths.size() == 1 && !options.config && is_configuration(paths.front());
  if (!paths.empty() && !is_named) {
    co_return fail_usage(context,
                         "--online checks one configuration and the manifests that it names: "
                         "'authzd validate " +
                             printable(paths.front()) + "' checks manifests, without --online");
  }
  if (is_named) options.config = paths.front();
  const CommandContext own = with_options(context, options);
  co_return co_await check_online_with(own);
}

CommandContext with_options(const CommandContext& context, const CommonOptions& options) {
  return {context.console,
          options,
          context.environment,
          context.executor,
          context.clock,
          context.randomness,
          context.log,
          context.who,
          context.login_uid,
          context.recorder};
}

}  // namespace authzd
