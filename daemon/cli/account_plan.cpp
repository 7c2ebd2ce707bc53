// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/account_plan.hpp"

#include "daemon/cli/failure.hpp"
#include "reconciler/base/digest.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/plan/canonical.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kRunIdDigits = 12;

awaitable<AccountPlan> plan_in_turn(CommandContext context,
                                    std::shared_ptr<AccountRuntime> account,
                                    RunKind kind,
                                    const Planner& planner) {  // coroutine-ref: the awaiter's
  account->begin_run(context.randomness.hex(kRunIdDigits), kind, context.who);
  co_return co_await planner(account, PlanPurpose::perform);
}

/// Why the account, as it is configured by now, does not do what was shown; none: it may. In mode
/// observe it would plan nothing to write, which is no sign that the work is done.
std::optional<Error> objection(const AccountPlan& shown,
                               const std::shared_ptr<AccountRuntime>& account) {
  if (account == nullptr) {
    return Error{ErrorCode::not_found,
                 "it was removed from the configuration; nothing was written"};
  }
  if (has_writes(shown) && account->writer() == nullptr) {
    return Error{ErrorCode::conflict,
                 "it is in mode observe by now, which writes nothing; nothing was written"};
  }
  return std::nullopt;
}

/// Why what was shown is not performed; none: it can be.
std::optional<Error> obstacle(const AccountPlan& shown, const AccountPlan& now) {
  // By what it would do and what is held: the name of each also says when it was made.
  if (hash_plan(now.planned->plan) == hash_plan(shown.planned->plan)) return std::nullopt;
  const Mode mode = now.account->spec().mode;
  if (mode != shown.account->spec().mode) {
    return Error{ErrorCode::conflict,
                 "it is in mode " + std::string(to_string(mode)) +
                     " by now, in which its plan is another than the one shown; nothing of it was "
                     "written. Call again, and read the new one"};
  }
  return Error{ErrorCode::conflict,
               "the plan has changed since it was shown; nothing of it was written. Call again, "
               "and read the new one"};
}

ExitCode say_nothing_left(const CommandContext& context, const AccountPlan& now) {
  context.console.err << "authzd: account " << printable(now.account->spec().name)
                      << ": there is nothing to write any more; the plan has changed since it was "
                         "shown.\n";
  return worst(exit_codes(count(now.planned->plan)));
}

}  // namespace

bool has_writes(const AccountPlan& plan) {
  return plan.planned && !plan.planned->plan.actions.empty();
}

bool has_work(const AccountPlan& plan) {
  return has_writes(plan) || (plan.planned && !plan.planned->findings.released.empty());
}

ReadingContext reading_for(AccountRuntime& account, PlanPurpose purpose) {
  return purpose == PlanPurpose::perform ? account.reading() : account.reading_beside();
}

awaitable<std::vector<AccountPlan>> plan_to_show(CommandContext context,
                                                 Workplace place,
                                                 RunKind kind,
                                                 const Planner& planner) {
  std::vector<AccountPlan> plans;
  for (const auto& account : place.accounts) {
    if (place.daemon == nullptr) {
      plans.push_back(co_await plan_in_turn(context, account, kind, planner));
    } else {
      plans.push_back(co_await planner(account, PlanPurpose::show));
    }
  }
  co_return plans;
}

std::vector<AccountPlan> last_plans(const Workplace& place) {
  std::vector<AccountPlan> plans;
  for (const auto& account : place.accounts) {
    if (place.daemon == nullptr) break;
    const auto end = place.daemon->last_end(account->spec().id.value);
    const bool needs_authors = account->spec().approvers.not_the_author;
    if (end == nullptr || !end->performed || needs_authors) continue;
    AccountPlan& plan = plans.emplace_back();
    plan.account = account;
    plan.planned = end->performed->planned;
  }
  return plans;
}

awaitable<AccountPlan> plan_to_perform(CommandContext context,
                                       Workplace place,
                                       RunKind kind,
                                       AccountPlan shown,
                                       const Planner& planner) {
  if (place.daemon == nullptr) co_return shown;
  auto turn = co_await shown.account->turn();
  // A reload may have come since: what counts is the account as it is configured now.
  const auto account = place.daemon->find(shown.account->spec().id.value);
  if (const auto found = objection(shown, account)) {
    shown.failure = fail(context, shown.account->spec(), *found);
    co_return shown;
  }
  AccountPlan now = co_await plan_in_turn(context, account, kind, planner);
  if (now.unknown_name) now.failure = fail(context, now.account->spec(), *now.unknown_name);
  if (now.failure) co_return now;
  const auto found = obstacle(shown, now);
  const bool is_same_mode = now.account->spec().mode == shown.account->spec().mode;
  if (!has_work(now) && (is_same_mode || !found)) {
    now.failure = say_nothing_left(context, now);
  } else if (found) {
    now.failure = fail(context, now.account->spec(), *found);
  } else {
    now.turn = std::move(turn);
  }
  co_return now;
}

std::vector<AccountPlan> with_name_known(const CommandContext& context,
                                         std::vector<AccountPlan> plans) {
  const auto is_unknown = [](const AccountPlan& plan) { return plan.unknown_name.has_value(); };
  if (!std::ranges::all_of(plans, is_unknown)) {
    std::erase_if(plans, is_unknown);
    return plans;
  }
  for (AccountPlan& plan : plans) {
    fail(context, plan.account->spec(), *plan.unknown_name);
    plan.failure = ExitCode::invalid;
  }
  return plans;
}

std::string hash_of_shown(std::span<const AccountPlan> plans) {
  std::string all;
  for (const AccountPlan& plan : plans) {
    if (plan.planned)
      all += plan.account->spec().id.value + " " + hash_plan(plan.planned->plan) + "\n";
  }
  return sha256_hex(all);
}

std::set<ExitCode> failures(std::span<const AccountPlan> plans) {
  std::set<ExitCode> codes;
  for (const AccountPlan& plan : plans) {
    if (plan.failure) codes.insert(*plan.failure);
  }
  return codes;
}

}  // namespace authzd
