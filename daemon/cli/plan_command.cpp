// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

/// Every file gets its plan, or the call fails before standard output says anything.
Async<void> write_files(CommandContext context,
                        std::vector<OutputFile> files,
                        std::span<const AccountPlan> plans,  // coroutine-ref: the awaiter's
                        const CopiedCommands& copied) {      // coroutine-ref: the awaiter's
  for (const OutputFile& file : files) {
    PlanLook look{
        .form = file.form, .detail = {.unmanaged = true, .alike = true}, .copied = copied};
    std::string text = co_await render(plans, std::move(look));
    auto written = co_await context.console.write_file(file.path, std::move(text));
    if (!written) co_return written;
  }
  co_return Result<void>{};
}

/// What was planned is not what is in force.
void tell_of_ref(const CommandContext& context,
                 const std::string& ref,
                 std::span<const AccountPlan> plans) {
  const auto planned =
      std::ranges::find_if(plans, [](const AccountPlan& plan) { return plan.planned.has_value(); });
  if (planned == plans.end()) return;
  const std::string& commit = planned->planned->revision;
  context.console.err << "authzd: this is the plan of "
                      << (ref == commit ? "commit " : printable(ref) + ", commit ")
                      << printable(commit)
                      << "; whether it follows the revision in force, and who signed it, was not "
                         "checked. Nothing is written by it\n";
}

/// What was planned is not what is in force, or not all of it.
void tell_of_waves(const CommandContext& context, std::span<const AccountPlan> plans) {
  constexpr std::size_t kMostTold = 20;
  std::size_t waiting = 0;
  for (const AccountPlan& plan : plans) {
    if (!plan.wait || !plan.planned || ++waiting > kMostTold) continue;
    context.console.err << "authzd: account " << printable(plan.account->spec().name)
                        << ": revision " << printable(short_revision(plan.wait->revision))
                        << " waits, and this is the plan for then: " << printable(plan.wait->why)
                        << '\n';
  }
  if (waiting <= kMostTold) return;
  context.console.err << "authzd: and " << waiting - kMostTold
                      << " more accounts wait; 'authzd rollout' tells\n";
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

Ending run_command(CommandContext context, Workplace place, PlanCommand command) {
  AuthorizationNames names(command.names.begin(), command.names.end());
  std::vector<AccountPlan> plans;
  if (command.ref.empty()) {
    plans = co_await plan_accounts(context, place, std::move(names), true, PlanPurpose::ahead);
    tell_of_waves(context, plans);
    tell_of_unmet_selectors(context, place.accounts);
  } else {
    // All accounts of a process have one source.
    auto other = place.accounts.front()->loader().source_at(command.ref);
    if (!other) {
      co_return fail(context, other.error());
    }
    const Planner planner = other_planner(context, std::move(names), *std::move(other));
    plans = with_name_known(context, co_await plans_beside(std::move(place), planner));
    tell_of_ref(context, command.ref, plans);
  }
  CopiedCommands copied = copied_commands(context.options, command.names);
  copied.is_in_force = command.ref.empty();
  const auto written = co_await write_files(context, command.files, plans, copied);
  if (!written) {
    co_return fail(context, written.error());
  }
  PlanLook look{command.output, context.console.style, command.detail, copied};
  const std::string shown = co_await render(plans, std::move(look));
  context.console.out << shown;
  co_return code_of(command, plans);
}

}  // namespace authzd
