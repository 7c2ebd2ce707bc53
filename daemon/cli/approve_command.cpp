// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/run/bookkeeping.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/plan_text.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

constexpr std::size_t kShortestHash = 8;

/// The hashes of the plan and of its holds.
std::set<std::string> hashes_of(const Plan& plan) {
  std::set<std::string> hashes;
  for (const Action& action : plan.actions) {
    for (const Hold& hold : action.holds) hashes.insert(hold.hash);
  }
  if (!hashes.empty()) hashes.insert(plan.hash);
  return hashes;
}

/// A hash may be cut short where what is left names one alone.
struct Found {
  AccountPlan* plan = nullptr;
  std::string hash;
};
std::vector<Found> find(std::span<AccountPlan> plans, std::string_view typed) {
  std::vector<Found> found;
  if (typed.size() < kShortestHash) return found;
  for (AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    for (const std::string& hash : hashes_of(plan.planned->plan)) {
      if (hash.starts_with(typed)) found.push_back({&plan, hash});
    }
  }
  return found;
}

/// The plan with nothing in it but what the hash lets through.
Plan covered(Plan plan, const std::string& hash) {
  const bool whole = hash == plan.hash;
  std::erase_if(plan.actions, [&](const Action& action) {
    return std::ranges::none_of(action.holds,
                                [&](const Hold& hold) { return whole || hold.hash == hash; });
  });
  for (Action& action : plan.actions) action.holds.clear();
  plan.notes.clear();
  return plan;
}

void show_holds(const CommandContext& context, std::span<const AccountPlan> plans) {
  std::ostream& err = context.console.err;
  bool any = false;
  for (const AccountPlan& plan : plans) {
    if (!plan.planned) continue;
    std::set<std::string> seen;
    for (const Action& action : plan.planned->plan.actions) {
      for (const Hold& hold : action.holds) {
        if (!seen.insert(hold.hash).second) continue;
        err << (any ? "" : "Held now:\n") << "  " << hold.hash << "  "
            << printable(plan.account->spec().name) << ": " << printable(hold.message) << '\n';
        any = true;
      }
    }
  }
  err << (any ? "'authzd plan' shows what each covers.\n" : "Nothing is held now.\n");
}

/// Where it is a revision that an account waits with: whether it was let in.
Result<bool> let_in(const CommandContext& context,
                    AccountRuntime& account,
                    const std::string& typed,
                    const Grantor& by) {
  const auto attempted = account.state().revisions.attempted();
  if (!attempted) return attempted.error();
  const bool waits = *attempted && !(*attempted)->error.empty() && (*attempted)->revision == typed;
  if (!waits) return false;
  auto done = approve_revision(account.state(), typed, by);
  if (!done) return std::move(done).error();
  context.console.out << "Account " << printable(account.spec().name) << " refused revision "
                      << printable(typed) << ": " << printable((*attempted)->error)
                      << "\nIt may take it now, where it does not descend from the one applied "
                         "last. Other faults go on being refused.\n";
  return true;
}

Grantor grantor(const CommandContext& context, const AccountRuntime& account) {
  const Timestamp now = context.clock.now();
  return {context.who, now, now + account.spec().approval_ttl};
}

ExitCode approve_actions(const CommandContext& context,
                         const Workplace& place,
                         const Found& found) {
  AccountRuntime& account = *found.plan->account;
  const Planned& planned = *found.plan->planned;
  const Grantor by = grantor(context, account);
  const auto holds = approve(account.state(), planned.plan, found.hash, by);
  if (!holds) return fail(context, account.spec(), holds.error());
  context.console.out << plan_text(covered(planned.plan, found.hash),
                                   {.colour = context.console.colour,
                                    .account_name = account.spec().name,
                                    .revision = planned.revision,
                                    .role_names = planned.role_names})
                      << "\nApproved by " << printable(by.who) << " until "
                      << to_rfc3339(by.until.value_or(by.at))
                      << ": exactly these actions, each until it is done. What else holds them "
                         "still does.\n";
  if (place.service != nullptr) place.service->poke(account.spec().id.value);
  return ExitCode::done;
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ApproveCommand command) {
  bool any = false;
  for (const auto& account : place.accounts) {
    auto done = let_in(context, *account, command.what, grantor(context, *account));
    if (!done) {
      co_return fail(context, account->spec(), done.error());
    }
    if (*done && place.service != nullptr) place.service->poke(account->spec().id.value);
    any = any || *done;
  }
  if (any) co_return ExitCode::done;

  auto plans = co_await plan_accounts(context, place);
  const auto found = find(plans, command.what);
  if (found.size() == 1) co_return approve_actions(context, place, found.front());
  const std::string typed = printable(command.what);
  if (found.size() > 1) {
    context.console.err << "authzd: more than one hash begins with " << typed << ".\n";
  } else {
    context.console.err << "authzd: nothing is held under " << typed
                        << ", and no account waits with a revision of that name. It may be done, "
                           "or the plan may have changed.\n";
  }
  show_holds(context, plans);
  std::set<ExitCode> codes = failures(plans);
  codes.insert(ExitCode::error);
  co_return worst(codes);
}

}  // namespace authzd
