// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The commands. Each is a coroutine from what was asked to an exit code; what it shows goes to the
// console, never past it.
#pragma once

#include "daemon/cli/console.hpp"
#include "daemon/cli/exit_code.hpp"
#include "daemon/cli/options.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace authzd {

/// What every command gets. All must outlive it.
struct CommandContext {
  Console& console;
  const CommonOptions& options;
  const Environment& environment;
  boost::asio::any_io_executor executor;
  Clock& clock;
  Randomness& randomness;
  Log log;
};

using Ending = boost::asio::awaitable<ExitCode>;

Ending run_command(CommandContext context, ValidateCommand command);
Ending run_command(CommandContext context, PlanCommand command);
Ending run_command(CommandContext context, ApplyCommand command);
Ending run_command(CommandContext context, RunCommand command);
Ending run_command(CommandContext context, ListCommand command);
Ending run_command(CommandContext context, ExportCommand command);
Ending run_command(CommandContext context, SchemaCommand command);

}  // namespace authzd
