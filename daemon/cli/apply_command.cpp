// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/cli/reviewed_plan.hpp"
#include "daemon/cli/write_stop.hpp"
#include "daemon/cycle/bookkeeping.hpp"
#include "reconciler/base/text.hpp"
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

/// Why nothing may be applied without a further word.
std::optional<Obstacle> obstacle(const CommandContext& context,
                                 const ApplyCommand& command,
                                 std::span<const AccountPlan> plans) {
  if (!command.plan_hashes.empty()) return hash_mismatch(command.plan_hashes, plans);
  if (command.yes || context.console.can_ask || !would_write(plans)) return std::nullopt;
  return Obstacle{
      ExitCode::usage,
      "there is no terminal to ask on; nothing was written. Add --yes, or --plan-hash HASH"};
}

/// A call without a daemon learns what a cycle would have learnt: a timer may make only such calls.
Result<void> learn_before_apply(AccountState& state,
                                const AccountSpec& spec,
                                const AccountPlan& plan) {
  auto learnt = keep_seen(state, plan.good);
  return learnt ? learn(state, spec, *plan.planned) : learnt;
}

/// The hash that was shown before the writes is of a plan that is not left.
void say_what_stays_held(const CommandContext& context, const AccountSpec& spec, const Plan& plan) {
  const std::size_t held = count(plan).held;
  if (held == 0) return;
  context.console.err
      << "authzd: account " << printable(spec.name) << ": "
      << count_of(held, "action stays", "actions stay")
      << " held; what is left has another plan hash now, which 'authzd plan' shows\n";
}

void say_all_is_held(const CommandContext& context, const AccountSpec& spec, const Plan& plan) {
  const std::size_t held = count(plan).held;
  if (held == 0) return;
  context.console.err << "authzd: account " << printable(spec.name)
                      << ": nothing was written: " << count_of(held, "action is", "actions are")
                      << " held, and the plan above says what lets " << (held == 1 ? "it" : "them")
                      << " through\n";
}

/// Performs a plan that has its turn.
awaitable<std::set<ExitCode>> apply_one(CommandContext context,
                                        Daemon* daemon,  // coroutine-ref: the awaiter's
                                        ApplyCommand command,
                                        AccountPlan plan,
                                        const StopToken& stop) {  // coroutine-ref: the awaiter's
  std::set<std::string> approved;
  AccountRuntime& account = *plan.account;
  const bool ends_first = !command.plan_hashes.empty() && lets_first_deletes_through(plan);
  if (!command.plan_hashes.empty()) approved = let_through(context, plan);
  Performed performed;
  const auto learnt = learn_before_apply(account.state(), account.spec(), plan);
  if (!learnt) co_return std::set{fail(context, account.spec(), learnt.error())};
  if (command.names.empty()) {
    performed = co_await perform(
        account, std::move(*plan.planned), std::move(plan.good), std::move(approved), stop);
  } else {
    AuthorizationNames names(command.names.begin(), command.names.end());
    performed = co_await perform_named(
        account, std::move(*plan.planned), std::move(plan.good), std::move(names), stop);
  }
  if (performed.outcomes.empty()) {
    say_all_is_held(context, account.spec(), performed.planned.plan);
    co_return exit_codes(performed);
  }
  if (daemon != nullptr) daemon->tell_asked(account, performed);
  // Standard output stays one JSON document where that was asked for.
  std::ostream& out =
      command.output == OutputForm::json ? context.console.err : context.console.out;
  out << '\n'
      << outcome_text(performed.planned.plan,
                      performed.outcomes,
                      {.style = context.console.style,
                       .detail = command.detail,
                       .account_name = account.spec().name,
                       .revision = performed.planned.revision,
                       .role_names = performed.planned.role_names});
  say_what_stays_held(context, account.spec(), performed.planned.plan);
  if (ends_first) end_first_deletes(context, account, performed);
  co_return exit_codes(performed);
}

/// From what was shown to what is done. A plan in which nothing is to be written takes no turn of a
/// daemon's account.
awaitable<std::set<ExitCode>> apply_shown(CommandContext context,
                                          Workplace place,
                                          ApplyCommand command,
                                          AccountPlan shown,
                                          const Planner& planner,   // coroutine-ref: the awaiter's
                                          const WriteStop& stop) {  // coroutine-ref: the awaiter's
  const Plan& plan = shown.planned->plan;
  if (shown.account->writer() == nullptr) {
    context.console.err << "authzd: account " << printable(shown.account->spec().name)
                        << ": mode observe writes nothing\n";
    co_return exit_codes(count(plan));
  }
  if (place.daemon != nullptr && plan.actions.empty()) co_return exit_codes(count(plan));
  Daemon* daemon = place.daemon;
  AccountPlan now = co_await plan_to_perform(
      context, std::move(place), RunKind::apply, std::move(shown), planner);
  if (now.failure) co_return std::set{*now.failure};
  const std::shared_ptr<AccountRuntime> account = now.account;
  co_return co_await apply_one(
      context, daemon, std::move(command), std::move(now), stop.of(*account));
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ApplyCommand command) {
  AuthorizationNames names(command.names.begin(), command.names.end());
  const Planner planner = revision_planner(context, std::move(names));
  auto all = co_await plan_to_show(context, place, RunKind::apply, planner);
  std::vector<AccountPlan> plans = with_name_known(context, std::move(all));
  std::set<ExitCode> codes = failures(plans);
  PlanLook look{command.output,
                context.console.style,
                command.detail,
                copied_commands(context.options, command.names)};
  const std::string shown = co_await render(plans, std::move(look));
  context.console.out << shown << std::flush;
  codes.merge(leave_out_suspended(context, RunKind::apply, plans));
  if (plans.empty()) co_return worst(codes);
  if (const auto found = obstacle(context, command, plans)) co_return fail(context, *found);
  if (command.plan_hashes.empty() && !command.yes && would_write(plans)) {
    Question question{"Apply this plan?", hash_of_shown(plans)};
    const auto yes = co_await context.console.ask(std::move(question));
    if (!yes || !*yes) {
      context.console.err << kNothingDone;
      co_return ExitCode::error;
    }
  }
  const WriteStop stop(context, place);
  for (AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    codes.merge(co_await apply_shown(context, place, command, std::move(plan), planner, stop));
  }
  co_return worst(codes);
}

}  // namespace authzd
