// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/standing_alone.hpp"

#include "daemon/cli/files.hpp"

#include <ostream>
#include <type_traits>

namespace authzd {

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

CommandNeeds needs_of(const AnyCommand& command) {
  const auto is = [&command]<class... Kinds>(std::type_identity<Kinds>...) {
    return (std::holds_alternative<Kinds>(command) || ...);
  };
  CommandNeeds needs;
  if (is(std::type_identity<RunsCommand>(),
         std::type_identity<ShowCommand>(),
         std::type_identity<ApprovalsCommand>(),
         std::type_identity<UnpinCommand>(),
         std::type_identity<SuspendCommand>(),
         std::type_identity<ResumeCommand>())) {
    needs.setup.key = false;  // IAM is not asked
  }
  if (const auto* plan = std::get_if<PlanCommand>(&command)) {
    needs = {{.manifests = true, .mode = false, .key = !plan->against}, AccountAccess::show};
  } else if (is(std::type_identity<WaitCommand>())) {
    needs = {{.manifests = true, .mode = false, .key = true}, AccountAccess::show};
  } else if (is(std::type_identity<ApproveCommand>())) {
    needs.setup = {.manifests = true, .mode = false, .key = true};
  } else if (is(std::type_identity<ApplyCommand>())) {
    needs = {{.manifests = true, .mode = true, .key = true}, AccountAccess::write};
  } else if (is(std::type_identity<UndoCommand>())) {
    needs = {{.manifests = true, .mode = false, .key = true}, AccountAccess::write};
  } else if (is(std::type_identity<ReleaseCommand>())) {
    needs.access = AccountAccess::write;
  }
  return needs;
}

Result<std::optional<std::string>> saved_list(const AnyCommand& command) {
  const auto* plan = std::get_if<PlanCommand>(&command);
  if (plan == nullptr || !plan->against) return std::nullopt;
  auto text = read_whole_file(*plan->against);
  if (!text) return std::move(text).error();
  return std::move(*text);
}

}  // namespace authzd
