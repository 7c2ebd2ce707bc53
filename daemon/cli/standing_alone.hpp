// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A command that stands alone: it opens its accounts for this one call, with the identity that the
// configuration or the environment names.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/iam/shared_pace.hpp"
#include "daemon/net/connection_pool.hpp"

#include <memory>
#include <optional>
#include <string>
#include <type_traits>

namespace authzd {

enum class AccountAccess {
  show,  // a plan that nobody performs: without a state, our marker is taken at its word
  read,
  write,
};

/// The setup of a command; what is wrong with it, and its warnings, go to standard error.
tl::expected<Setup, ExitCode> prepare(const CommandContext& context, const SetupNeeds& needs);

/// What all accounts of a process share on their way to IAM, also those that a reload opens.
struct SharedAccess {
  explicit SharedAccess(Clock& clock) : pace(clock) {}

  std::shared_ptr<ConnectionPools> pools = std::make_shared<ConnectionPools>();
  SharedPace pace;
};

/// Opens every account of a setup. With `against`, the text of a saved list stands for IAM. Without
/// a `state` each account gets one that ends with it. Warnings about the list go to standard error.
Result<Accounts> open_accounts(const CommandContext& context,
                               const Setup& setup,
                               AccountAccess access,
                               const std::optional<std::string>& against,
                               const std::shared_ptr<Database>& state,
                               SharedAccess& shared);

/// The state that --state names; null where it names none. Errors: as Database::open.
Result<std::shared_ptr<Database>> named_state(const CommonOptions& options);

/// What a command needs where it stands alone.
struct CommandNeeds {
  SetupNeeds setup;
  AccountAccess access = AccountAccess::read;
};
CommandNeeds needs_of(const AnyCommand& command);

/// The text of the file that stands for IAM; none: IAM is asked. Errors: as read_whole_file.
Result<std::optional<std::string>> saved_list(const AnyCommand& command);

/// Suspends what the call means though the state cannot be opened, and says `why` that is.
ExitCode suspend_without_state(const CommandContext& context, const Setup& setup, const Error& why);

template <class Command>
Ending run_alone(CommandContext context, Command command) {
  const CommandNeeds needs = needs_of(command);
  const auto setup = prepare(context, needs.setup);
  if (!setup) co_return setup.error();
  const auto saved = saved_list(command);
  if (!saved) {
    co_return fail(context, saved.error());
  }
  const auto state = named_state(context.options);
  if (!state) {
    if constexpr (std::is_same_v<Command, SuspendCommand>) {
      co_return suspend_without_state(context, *setup, state.error());
    } else {
      co_return fail(context, state.error());
    }
  }
  SharedAccess shared(context.clock);
  auto accounts = open_accounts(context, *setup, needs.access, *saved, *state, shared);
  if (!accounts) {
    co_return fail(context, accounts.error());
  }
  Workplace place;
  place.accounts = std::move(*accounts);
  co_return co_await run_command(context, std::move(place), std::move(command));
}

}  // namespace authzd
