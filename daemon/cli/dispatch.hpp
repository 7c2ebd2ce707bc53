// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From an invocation to whoever performs it: this process, or the daemon of its configuration.
#pragma once

#include "daemon/cli/commands.hpp"

namespace authzd {

/// Whether it works on accounts: only such a command can go to a daemon.
bool works_on_accounts(const AnyCommand& command);

/// Whether it also works without a daemon and without the file of a state: it takes --local.
bool can_stand_alone(const AnyCommand& command);

/// For a command as it was typed.
Ending dispatch(CommandContext context, Invocation invocation);

/// For a command that works on accounts, on some that are open.
Ending run_on(CommandContext context, Workplace place, AnyCommand command);

}  // namespace authzd
