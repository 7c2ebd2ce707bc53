// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/asked_plan.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cli/reviewed_plan.hpp"
#include "daemon/cli/write_stop.hpp"
#include "daemon/cycle/cycle_log.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/outcome_text.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

using boost::asio::awaitable;

awaitable<AccountPlan> plan_one(CommandContext context,
                                std::shared_ptr<AccountRuntime> account,
                                PlanPurpose purpose,
                                const PlanMaker& maker) {  // coroutine-ref: outlives the command
  AccountPlan plan;
  plan.account = account;
  auto planned = co_await maker(*account, purpose);
  if (planned) {
    log_loose_ends(*account, planned->findings.open_writes);
    plan.planned = std::move(*planned);
  } else {
    plan.failure = fail(context, account->spec(), planned.error());
  }
  co_return plan;
}

bool says_nothing(const AccountPlan& plan) {
  return plan.planned && plan.planned->plan.actions.empty() && plan.planned->plan.notes.empty();
}

/// Leaves out the accounts that may not be written to, and reports each.
std::set<ExitCode> leave_out_unwritable(const CommandContext& context,
                                        RunKind kind,
                                        std::vector<AccountPlan>& plans) {
  std::set<ExitCode> codes;
  std::erase_if(plans, [&](const AccountPlan& plan) {
    if (!has_writes(plan) || plan.account->writer() != nullptr) return false;
    codes.insert(fail(context,
                      Obstacle{.why = "account " + printable(plan.account->spec().name) +
                                      " is in mode observe, which writes nothing"}));
    return true;
  });
  codes.merge(leave_out_suspended(context, kind, plans));
  return codes;
}

/// Why it cannot continue.
std::optional<Obstacle> obstacle(const CommandContext& context,
                                 const AskedPlan& asked,
                                 std::span<const AccountPlan> plans) {
  if (!asked.plan_hash.empty()) return hash_mismatch({asked.plan_hash}, plans);
  if (asked.yes || context.console.can_ask) return std::nullopt;
  return Obstacle{
      ExitCode::usage,
      "there is no terminal to ask on; nothing was written. Read the plan above and add --yes"};
}

awaitable<std::set<ExitCode>> perform_one(CommandContext context,
                                          Daemon* daemon,  // coroutine-ref: the awaiter's
                                          AskedPlan asked,
                                          AccountPlan plan,
                                          const StopToken& stop) {  // coroutine-ref: the awaiter's
  AccountRuntime& account = *plan.account;
  const bool ends_first = !asked.plan_hash.empty() && lets_first_deletes_through(plan);
  if (!asked.plan_hash.empty()) (void)let_through(context, plan);
  if (asked.before_write) {
    if (const auto ready = asked.before_write(account); !ready) {
      co_return std::set{fail(context, account.spec(), ready.error())};
    }
  }
  const Performed performed = co_await perform_plan(account, std::move(*plan.planned), stop);
  if (daemon != nullptr) daemon->tell_asked(account, performed);
  context.console.out << '\n'
                      << outcome_text(performed.planned.plan,
                                      performed.outcomes,
                                      {.style = context.console.style,
                                       .detail = asked.detail,
                                       .account_name = account.spec().name,
                                       .revision = {},
                                       .role_names = performed.planned.role_names});
  if (ends_first) end_first_deletes(context, account, performed);
  std::set<ExitCode> codes = exit_codes(performed);
  if (asked.after_writes) {
    const auto settled = asked.after_writes(account, performed);
    if (!settled) codes.insert(fail(context, account.spec(), settled.error()));
  }
  co_return codes;
}

}  // namespace

Planner asked_planner(const CommandContext& context, const PlanMaker& maker) {
  return [context, &maker](std::shared_ptr<AccountRuntime> account, PlanPurpose purpose) {
    return plan_one(context, std::move(account), purpose, maker);
  };
}

Ending perform_asked(CommandContext context,
                     Workplace place,
                     AskedPlan asked,
                     const PlanMaker& maker) {
  const Planner planner = asked_planner(context, maker);
  auto plans = co_await plan_to_show(context, place, asked.kind, planner);
  std::set<ExitCode> codes = failures(plans);
  if (codes.empty() && std::ranges::all_of(plans, says_nothing)) {
    co_return fail(context, asked.nothing);
  }
  CopiedCommands copied = copied_commands(context.options, asked.by.command);
  copied.approved_with = asked.by.approved_with;
  PlanLook look{asked.output, context.console.style, asked.detail, std::move(copied)};
  const std::string shown = co_await render(plans, std::move(look));
  context.console.out << shown << std::flush;
  if (!codes.empty() || std::ranges::none_of(plans, has_work)) {
    for (const AccountPlan& plan : plans) {
      if (plan.planned) codes.merge(exit_codes(Performed{*plan.planned, {}}));
    }
    co_return worst(codes);
  }
  codes.merge(leave_out_unwritable(context, asked.kind, plans));
  if (std::ranges::none_of(plans, has_work)) co_return worst(codes);
  if (const auto found = obstacle(context, asked, plans)) co_return fail(context, *found);
  if (!asked.yes && asked.plan_hash.empty()) {
    Question question{asked.question, hash_of_shown(plans)};
    const auto yes = co_await context.console.ask(std::move(question));
    if (!yes || !*yes) {
      context.console.err << kNothingDone;
      co_return ExitCode::error;
    }
  }
  const WriteStop stop(context, place);
  for (AccountPlan& plan : plans) {
    if (!has_work(plan)) continue;
    AccountPlan now =
        co_await plan_to_perform(context, place, asked.kind, std::move(plan), planner);
    if (now.failure) {
      codes.insert(*now.failure);
      continue;
    }
    const std::shared_ptr<AccountRuntime> account = now.account;
    codes.merge(
        co_await perform_one(context, place.daemon, asked, std::move(now), stop.of(*account)));
  }
  co_return worst(codes);
}

}  // namespace authzd
