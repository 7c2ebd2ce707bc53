// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/planning_command.hpp"
#include "reconciler/base/text.hpp"
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
std::set<std::string> approve_all(Plan& plan) {
  const std::set<std::string> approved = approvals_of(plan, plan.hash);
  plan = apply_rails(std::move(plan), {}, {}, {plan.hash});
  return approved;
}

/// Why the hashes given are not those of the plans; empty where they are.
std::string hash_mismatch(const std::vector<std::string>& given,
                          std::span<const AccountPlan> plans) {
  std::set<std::string> unused(given.begin(), given.end());
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    const std::string& hash = plan.planned->plan.hash;
    if (std::find(given.begin(), given.end(), hash) == given.end()) {
      return "account " + plan.account->spec().name + " has the plan " + hash +
             " now, which --plan-hash does not name; nothing was written. Read the plan above, and "
             "apply its hash";
    }
    unused.erase(hash);
  }
  if (unused.empty()) return {};
  return "no account has the plan " + printable(*unused.begin()) + " any more; nothing was written";
}

/// Why nothing may be applied without a further word; empty where it may.
std::string obstacle(const CommandContext& context,
                     const ApplyCommand& command,
                     std::span<const AccountPlan> plans) {
  if (!command.plan_hashes.empty()) return hash_mismatch(command.plan_hashes, plans);
  if (command.yes || context.console.can_ask || !would_write(plans)) return {};
  return "there is no terminal to ask on; nothing was written. Add --yes, or --plan-hash HASH";
}

constexpr std::size_t kRunIdDigits = 12;

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
                                        ApplyCommand command,
                                        AccountPlan& plan,  // coroutine-ref: the awaiter's
                                        bool approve) {
  std::set<std::string> approved;
  AccountRuntime& account = *plan.account;
  if (account.writer() == nullptr) {
    context.console.err << "authzd: account " << account.spec().name
                        << ": mode observe writes nothing\n";
    co_return exit_codes(count(plan.planned->plan));
  }
  if (approve) approved = approve_all(plan.planned->plan);
  account.begin_run(context.randomness.hex(kRunIdDigits));
  StopToken stop;
  const Performed performed = co_await perform(
      account, std::move(*plan.planned), std::move(*plan.good), std::move(approved), stop);
  if (performed.outcomes.empty()) co_return codes_of(performed);
  // Standard output stays one JSON document where that was asked for.
  std::ostream& out =
      command.output == OutputForm::json ? context.console.err : context.console.out;
  out << '\n'
      << outcome_text(performed.planned.plan,
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
  const auto setup = prepare(context, needs);
  if (!setup) co_return setup.error();
  auto accounts = open_accounts(context, *setup, Access::write);
  if (!accounts) co_return accounts.error();
  auto plans = co_await plan_accounts(context, *accounts);
  std::set<ExitCode> codes = failures(plans);
  context.console.out << render(plans, command.output, context.console.colour, false) << std::flush;
  if (const std::string why = obstacle(context, command, plans); !why.empty()) {
    context.console.err << "authzd: " << why << ".\n";
    co_return ExitCode::usage;
  }
  const bool asks = command.plan_hashes.empty() && !command.yes && would_write(plans);
  if (asks && !confirm(context.console, "Apply this plan?")) {
    context.console.err << "Nothing was written.\n";
    co_return ExitCode::error;
  }
  const bool approve = !command.plan_hashes.empty();
  for (AccountPlan& plan : plans) {
    if (plan.planned) codes.merge(co_await apply_one(context, command, plan, approve));
  }
  co_return worst(codes);
}

}  // namespace authzd
