// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Has an invocation performed, by this process or by the daemon of its configuration.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/invocation.hpp"

namespace authzd {

/// For a command as it was typed.
Ending dispatch(CommandContext context, Invocation invocation);

}  // namespace authzd
