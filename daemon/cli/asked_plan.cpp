// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_plan.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cli/write_stop.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/outcome_text.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kRunIdDigits = 12;

awaitable<std::vector<AccountPlan>> make_plans(CommandContext context,
                                               Workplace place,
                                               RunKind kind,
                                               const PlanMaker& maker) {  // outlives the call
  std::vector<AccountPlan> plans;
  for (const auto& account : place.accounts) {
    AccountPlan plan;
    plan.account = account;
    plan.turn = co_await account->turn();
    account->begin_run(context.randomness.hex(kRunIdDigits), kind, context.who);
    auto planned = co_await maker(*account);
    if (planned) {
      plan.planned = std::move(*planned);
    } else {
      plan.failure = fail(context, account->spec(), planned.error());
    }
    plans.push_back(std::move(plan));
  }
  co_return plans;
}

bool has_writes(const AccountPlan& plan) {
  return plan.planned && !plan.planned->plan.actions.empty();
}

bool says_nothing(const AccountPlan& plan) {
  return plan.planned && plan.planned->plan.actions.empty() && plan.planned->plan.notes.empty();
}

/// Why it cannot go on.
std::optional<Obstacle> obstacle(const CommandContext& context,
                                 const AskedPlan& asked,
                                 std::span<const AccountPlan> plans) {
  for (const AccountPlan& plan : plans) {
    if (has_writes(plan) && plan.account->writer() == nullptr) {
      return Obstacle{.why = "account " + printable(plan.account->spec().name) +
                             " is in mode observe, which writes nothing"};
    }
    if (const auto suspended = find_suspension(*plan.account)) {
      return Obstacle{.why = to_string(*suspended)};
    }
  }
  if (asked.yes || context.console.can_ask) return std::nullopt;
  return Obstacle{
      ExitCode::usage,
      "there is no terminal to ask on; nothing was written. Read the plan above and add --yes"};
}

awaitable<std::set<ExitCode>> perform_one(CommandContext context,
                                          const Service* service,  // coroutine-ref: the awaiter's
                                          AskedPlan asked,
                                          AccountPlan& plan,        // coroutine-ref: the awaiter's
                                          const StopToken& stop) {  // coroutine-ref: the awaiter's
  AccountRuntime& account = *plan.account;
  if (asked.before_write) {
    if (const auto ready = asked.before_write(account); !ready) {
      co_return std::set{fail(context, account.spec(), ready.error())};
    }
  }
  const Performed performed = co_await perform_plan(account, std::move(*plan.planned), stop);
  if (service != nullptr) service->tell_asked(account, performed);
  context.console.out << '\n'
                      << outcome_text(performed.planned.plan,
                                      performed.outcomes,
                                      {.colour = context.console.colour,
                                       .account_name = account.spec().name,
                                       .revision = {},
                                       .role_names = performed.planned.role_names});
  std::set<ExitCode> codes = exit_codes(performed);
  if (asked.after_writes) {
    const auto settled = asked.after_writes(account, performed);
    if (!settled) codes.insert(fail(context, account.spec(), settled.error()));
  }
  co_return codes;
}

}  // namespace

Ending perform_asked(CommandContext context,
                     Workplace place,
                     AskedPlan asked,
                     const PlanMaker& maker) {
  auto plans = co_await make_plans(context, place, asked.kind, maker);
  std::set<ExitCode> codes = failures(plans);
  if (codes.empty() && std::ranges::all_of(plans, says_nothing)) {
    co_return fail(context, asked.nothing);
  }
  context.console.out << render(plans, asked.output, context.console.colour, false, false)
                      << std::flush;
  if (!codes.empty() || std::ranges::none_of(plans, has_writes)) {
    for (const AccountPlan& plan : plans) {
      if (plan.planned) codes.merge(exit_codes(Performed{*plan.planned, {}}));
    }
    co_return worst(codes);
  }
  if (const auto found = obstacle(context, asked, plans)) co_return fail(context, *found);
  if (!asked.yes) {
    const bool is_daemon = place.service != nullptr;
    if (is_daemon) give_back_turns(plans);
    const auto yes = co_await context.console.ask(asked.question);
    if (!yes || !*yes) {
      context.console.err << "Nothing was written.\n";
      co_return ExitCode::error;
    }
    if (is_daemon) {
      auto now = co_await make_plans(context, place, asked.kind, maker);
      if (!are_same(plans, now)) {
        co_return fail(context, plan_has_changed());
      }
      plans = std::move(now);
    }
  }
  const WriteStop stop(context, place);
  for (AccountPlan& plan : plans) {
    if (has_writes(plan))
      codes.merge(co_await perform_one(context, place.service, asked, plan, stop.token()));
    plan.turn = {};
  }
  co_return worst(codes);
}

}  // namespace authzd
