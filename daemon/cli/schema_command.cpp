// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/cli/schemas.hpp"

#include <ostream>

namespace authzd {

Ending run_command(CommandContext context, SchemaCommand command) {
  const bool manifest = command.kind != "Configuration";
  context.console.out << (manifest ? kAuthorizationSchema : kConfigurationSchema);
  co_return ExitCode::done;
}

}  // namespace authzd
