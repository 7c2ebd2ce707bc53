// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/cli/schemas.hpp"

#include <ostream>

namespace authzd {

Ending run_command(CommandContext context, SchemaCommand command) {
  switch (command.kind) {
    case SchemaKind::manifest: context.console.out << kAuthorizationSchema; break;
    case SchemaKind::fleet: context.console.out << kFleetSchema; break;
    case SchemaKind::configuration: context.console.out << kConfigurationSchema; break;
  }
  co_return ExitCode::done;
}

}  // namespace authzd
