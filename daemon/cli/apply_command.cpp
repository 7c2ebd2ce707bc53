// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/planning_command.hpp"
#include "reconciler/plan/rails.hpp"
#include "reconciler/report/outcome_text.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

using boost::asio::awaitable;

bool would_write(std::span<const AccountPlan> plans) {
  return std::any_of(plans.begin(), plans.end(), [](const AccountPlan& plan) {
    if (!plan.planned || plan.account->writer() == nullptr) return false;
    const PlanCounts counts = count(plan.planned->plan);
    return counts.creates + counts.updates + counts.removes > 0;
  });
}

/// Whoever names a plan by its hash has read it, holds included: they are let through.
std::set<std::string> approve_all(Plan& plan, const RailLimits& limits) {
  std::set<std::string> approved;
  for (const Action& action : plan.actions) {
    if (action.hold) approved.insert(action.hold->hash);
  }
  plan = apply_rails(std::move(plan), limits, RailHistory{}, approved);
  return approved;
}

/// Why nothing may be applied without a further word; empty where it may.
std::string obstacle(const CommandContext& context,
                     const ApplyCommand& command,
                     std::span<const AccountPlan> plans) {
  if (command.plan_hash) {
    const std::string hash = combined_hash(plans);
    if (*command.plan_hash == hash) return {};
    return "the plan is no longer the one with hash " + *command.plan_hash + " (it is " + hash +
           " now); nothing was written. Read the plan above, and apply its hash";
  }
  if (command.yes || context.console.can_ask) return {};
  return "there is no terminal to ask on; nothing was written. Add --yes, or --plan-hash HASH";
}

std::set<ExitCode> codes_of(const Performed& performed) {
  std::set<ExitCode> codes = exit_codes(count(performed.planned.plan));
  codes.erase(ExitCode::changes);  // they have been made, or are counted below
  const PerformedCounts counts = count(performed);
  if (counts.failed > 0) {
    const bool some = counts.created + counts.updated + counts.deleted > 0;
    codes.insert(some ? ExitCode::conflicts : ExitCode::error);
  }
  return codes;
}

awaitable<std::set<ExitCode>> apply_one(CommandContext context,
                                        AccountPlan& plan,  // coroutine-ref: the awaiter's
                                        bool approve) {
  std::set<std::string> approved;
  AccountRuntime& account = *plan.account;
  if (account.writer() == nullptr) {
    context.console.err << "authzd: account " << account.spec().name
                        << ": mode observe writes nothing\n";
    co_return exit_codes(count(plan.planned->plan));
  }
  if (approve) approved = approve_all(plan.planned->plan, account.spec().rails);
  StopToken stop;
  const Performed performed = co_await perform(
      account, std::move(*plan.planned), std::move(*plan.good), std::move(approved), stop);
  context.console.out << outcome_text(performed.planned.plan,
                                      performed.outcomes,
                                      {.colour = context.console.colour,
                                       .account_name = account.spec().name,
                                       .revision = performed.planned.revision,
                                       .role_names = performed.planned.role_names});
  co_return codes_of(performed);
}

}  // namespace

Ending run_command(CommandContext context, ApplyCommand command) {
  const SetupNeeds needs{.manifests = true, .mode = true, .key = true};
  const auto setup = make_setup(context.options, context.environment, needs);
  if (!setup) co_return show(context, setup.error());
  auto accounts = open_accounts(context, *setup, Access::write);
  if (!accounts) {
    context.console.err << "authzd: " << to_string(accounts.error()) << '\n';
    co_return exit_code(accounts.error());
  }
  auto plans = co_await plan_accounts(context, *accounts);
  std::set<ExitCode> codes = failures(plans);
  context.console.out << render(plans, command.output, context.console.colour, false) << std::flush;
  if (command.plan_hash || would_write(plans)) {
    if (const std::string why = obstacle(context, command, plans); !why.empty()) {
      context.console.err << "authzd: " << why << ".\n";
      co_return worst({ExitCode::usage});
    }
  }
  if (would_write(plans) && !command.plan_hash && !command.yes &&
      !confirm(context.console, "Apply this plan?")) {
    context.console.err << "Nothing was written.\n";
    co_return ExitCode::error;
  }
  for (AccountPlan& plan : plans) {
    if (plan.planned) codes.merge(co_await apply_one(context, plan, command.plan_hash.has_value()));
  }
  co_return worst(codes);
}

}  // namespace authzd
