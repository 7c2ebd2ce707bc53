// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/planning_command.hpp"

#include "daemon/cli/failure.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/plan_text.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kRunIdDigits = 12;

awaitable<AccountPlan> plan_one(CommandContext context, std::shared_ptr<AccountRuntime> runtime) {
  AccountPlan plan;
  plan.account = runtime;
  AccountRuntime& account = *runtime;
  plan.turn = co_await account.turn();
  account.begin_run(context.randomness.hex(kRunIdDigits), RunKind::apply, context.who);
  auto intent = co_await account.loader().next(context.clock.now());
  if (!intent) {
    plan.failure = fail(context, account.spec(), intent.error());
    co_return plan;
  }
  if (intent->refusal) {
    plan.failure = show_refusal(context, account.spec(), *intent->refusal);
    co_return plan;
  }
  context.console.err << render(intent->warnings);
  plan.good = std::move(intent->good);
  auto planned = co_await plan_account(account.reading(), plan.good, {});
  if (planned) {
    plan.planned = std::move(*planned);
  } else {
    plan.failure = fail(context, account.spec(), planned.error());
  }
  co_return plan;
}

std::string render_text(std::span<const AccountPlan> plans,
                        bool colour,
                        bool unmanaged,
                        bool can_be_approved) {
  std::string text;
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    if (!text.empty()) text += '\n';
    text += plan_text(plan.planned->plan,
                      {.colour = colour,
                       .show_unmanaged = unmanaged,
                       .can_be_approved = can_be_approved,
                       .account_name = plan.account->spec().name,
                       .revision = plan.planned->revision,
                       .role_names = plan.planned->role_names});
  }
  return text;
}

std::string render_markdown(std::span<const AccountPlan> plans) {
  std::string text;
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    if (!text.empty()) text += '\n';
    text += plan_markdown(plan.planned->plan,
                          {.account_name = plan.account->spec().name,
                           .revision = plan.planned->revision,
                           .role_names = plan.planned->role_names});
  }
  return text;
}

std::string render_json(std::span<const AccountPlan> plans) {
  std::vector<PlanDocument> documents;
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    documents.push_back({plan.planned->plan, plan.account->spec().name, plan.planned->revision});
  }
  // The shape hangs on how many accounts were asked for, not on how many could be planned.
  const bool flat = plans.size() == 1 && documents.size() == 1;
  return flat ? plan_json(documents.front()) : plans_json(documents);
}

}  // namespace

ExitCode show_refusal(const CommandContext& context,
                      const AccountSpec& spec,
                      const Refusal& refusal) {
  context.console.err << render(refusal.diagnostics);
  return fail(context, spec, refusal.error);
}

awaitable<std::vector<AccountPlan>> plan_accounts(CommandContext context, Workplace place) {
  std::vector<AccountPlan> plans;
  for (const auto& account : place.accounts) plans.push_back(co_await plan_one(context, account));
  co_return plans;
}

void give_back_turns(std::span<AccountPlan> plans) {
  for (AccountPlan& plan : plans) plan.turn = {};
}

bool are_same(std::span<const AccountPlan> shown, std::span<const AccountPlan> anew) {
  return std::ranges::equal(shown, anew, [](const AccountPlan& one, const AccountPlan& other) {
    if (!one.planned || !other.planned) return !one.planned && !other.planned;
    return one.planned->plan.hash == other.planned->plan.hash;
  });
}

Error plan_has_changed() {
  return {ErrorCode::conflict,
          "the plan has changed since it was shown; nothing was written. Call again, and read the "
          "new one"};
}

std::set<ExitCode> exit_codes(const Performed& performed) {
  std::set<ExitCode> codes = exit_codes(count(performed.planned.plan));
  codes.erase(ExitCode::changes);  // they have been made, or are counted below
  const PerformedCounts counts = count(performed);
  if (counts.failed > 0) {
    const bool some = counts.created + counts.updated + counts.deleted > 0;
    codes.insert(some ? ExitCode::conflicts : ExitCode::error);
  }
  return codes;
}

std::set<ExitCode> exit_codes(const CycleEnd& end) {
  std::set<ExitCode> codes;
  if (end.error) codes.insert(exit_code(*end.error));
  if (end.refusal) codes.insert(exit_code(end.refusal->error));
  if (end.performed) codes.merge(exit_codes(*end.performed));
  return codes;
}

std::set<ExitCode> failures(std::span<const AccountPlan> plans) {
  std::set<ExitCode> codes;
  for (const AccountPlan& plan : plans) {
    if (plan.failure) codes.insert(*plan.failure);
  }
  return codes;
}

std::string render(std::span<const AccountPlan> plans,
                   OutputForm form,
                   bool colour,
                   bool unmanaged,
                   bool can_be_approved) {
  switch (form) {
    case OutputForm::json: return render_json(plans);
    case OutputForm::markdown: return render_markdown(plans);
    case OutputForm::text: break;
  }
  return render_text(plans, colour, unmanaged, can_be_approved);
}

}  // namespace authzd
