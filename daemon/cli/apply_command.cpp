// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cli/write_stop.hpp"
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
  const std::string hash = plan.hash;
  std::set<std::string> approved = approvals_of(plan, hash);
  plan = apply_rails(std::move(plan), {}, {}, {hash});
  return approved;
}

/// That the hashes given are not those of the plans. Where nothing is left to do, what was reviewed
/// may well have been done: no hash is asked for.
std::optional<Obstacle> hash_mismatch(const std::vector<std::string>& given,
                                      std::span<const AccountPlan> plans) {
  for (const AccountPlan& plan : plans) {
    if (!plan.planned || plan.planned->plan.actions.empty()) continue;
    const std::string& hash = plan.planned->plan.hash;
    if (std::find(given.begin(), given.end(), hash) == given.end()) {
      return Obstacle{
          .why = "account " + plan.account->spec().name + " has the plan " + hash +
                 " now, which --plan-hash does not name; nothing was written. Read the plan above, "
                 "and apply its hash"};
    }
  }
  return std::nullopt;
}

/// Why nothing may be applied without a further word.
std::optional<Obstacle> obstacle(const CommandContext& context,
                                 const ApplyCommand& command,
                                 std::span<const AccountPlan> plans) {
  for (const AccountPlan& plan : plans) {
    if (const auto suspended = find_suspension(*plan.account)) {
      return Obstacle{.why = to_string(*suspended)};
    }
  }
  if (!command.plan_hashes.empty()) return hash_mismatch(command.plan_hashes, plans);
  if (command.yes || context.console.can_ask || !would_write(plans)) return std::nullopt;
  return Obstacle{
      ExitCode::usage,
      "there is no terminal to ask on; nothing was written. Add --yes, or --plan-hash HASH"};
}

awaitable<std::set<ExitCode>> apply_one(CommandContext context,
                                        const Service* service,  // coroutine-ref: the awaiter's
                                        ApplyCommand command,
                                        AccountPlan& plan,  // coroutine-ref: the awaiter's
                                        bool approve,
                                        const StopToken& stop) {  // coroutine-ref: the awaiter's
  std::set<std::string> approved;
  AccountRuntime& account = *plan.account;
  if (account.writer() == nullptr) {
    context.console.err << "authzd: account " << account.spec().name
                        << ": mode observe writes nothing\n";
    co_return exit_codes(count(plan.planned->plan));
  }
  if (approve) approved = approve_all(plan.planned->plan);
  const Performed performed = co_await perform(
      account, std::move(*plan.planned), std::move(plan.good), std::move(approved), stop);
  if (performed.outcomes.empty()) co_return exit_codes(performed);
  if (service != nullptr) service->tell_asked(account, performed);
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
  co_return exit_codes(performed);
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ApplyCommand command) {
  auto plans = co_await plan_accounts(context, place);
  std::set<ExitCode> codes = failures(plans);
  context.console.out << render(plans, command.output, context.console.colour, false) << std::flush;
  if (const auto found = obstacle(context, command, plans)) co_return fail(context, *found);
  if (command.plan_hashes.empty() && !command.yes && would_write(plans)) {
    if (place.service != nullptr) give_back_turns(plans);
    const auto yes = co_await context.console.ask("Apply this plan?");
    if (!yes || !*yes) {
      context.console.err << "Nothing was written.\n";
      co_return ExitCode::error;
    }
    if (place.service != nullptr) {
      auto now = co_await plan_accounts(context, place);
      if (!are_same(plans, now)) {
        co_return fail(context, plan_has_changed());
      }
      plans = std::move(now);
    }
  }
  const bool approve = !command.plan_hashes.empty();
  const WriteStop stop(context, place);
  for (AccountPlan& plan : plans) {
    if (plan.planned)
      codes.merge(co_await apply_one(context, place.service, command, plan, approve, stop.token()));
    plan.turn = {};
  }
  co_return worst(codes);
}

}  // namespace authzd
