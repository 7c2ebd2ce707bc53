// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/files.hpp"
#include "daemon/cli/planning_command.hpp"

#include <ostream>

namespace authzd {
namespace {

/// Every file gets its plan, or the call fails before standard output says anything.
Result<void> write_files(const PlanCommand& command, std::span<const AccountPlan> plans) {
  for (const OutputFile& file : command.files) {
    auto written = write_whole_file(file.path, render(plans, file.form, false, true));
    if (!written) return written;
  }
  return {};
}

ExitCode code_of(const PlanCommand& command, std::span<const AccountPlan> plans) {
  std::set<ExitCode> codes = failures(plans);
  if (command.detailed_exitcode) {
    for (const AccountPlan& plan : plans) {
      if (plan.planned) codes.merge(exit_codes(count(plan.planned->plan)));
    }
  }
  return worst(codes);
}

}  // namespace

Ending run_command(CommandContext context, PlanCommand command) {
  const SetupNeeds needs{.manifests = true, .mode = false, .key = !command.against};
  const auto setup = prepare(context, needs);
  if (!setup) co_return setup.error();

  std::optional<std::string> saved;
  if (command.against) {
    auto text = read_whole_file(*command.against);
    if (!text) {
      co_return fail(context, text.error());
    }
    saved = std::move(*text);
  }
  auto accounts = open_accounts(context, *setup, Access::read, saved);
  if (!accounts) co_return accounts.error();
  const auto plans = co_await plan_accounts(context, *accounts);
  if (const auto written = write_files(command, plans); !written) {
    co_return fail(context, written.error());
  }
  context.console.out << render(
      plans, command.output, context.console.colour, command.show_unmanaged);
  co_return code_of(command, plans);
}

}  // namespace authzd
