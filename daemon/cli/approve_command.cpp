// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/run/bookkeeping.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/plan_text.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>

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

Grantor grantor(const CommandContext& context, const AccountRuntime& account) {
  const Timestamp now = context.clock.now();
  return {context.who, now, now + account.spec().approval_ttl};
}

void wake(const Workplace& place, const AccountRuntime& account) {
  if (place.service != nullptr) place.service->poke(account.spec().id.value);
}

/// It counts, whatever the audit log takes; who cannot write there must hear of it.
Result<void> tell_audit(const AccountRuntime& account, const Grantor& by, const std::string& what) {
  AuditApproval approval;
  approval.at = by.at;
  approval.account = account.spec().id;
  approval.account_name = account.spec().name;
  approval.owner = account.spec().owner;
  approval.who = by.who;
  approval.what = what;
  approval.until = by.until;
  for (const auto& observer : account.observers()) {
    if (auto told = observer->approved(approval); !told) {
      return std::move(told).error().context("it is approved, and not in the audit log");
    }
  }
  return {};
}

/// An account that refused a revision, and waits with it.
struct Waiting {
  std::shared_ptr<AccountRuntime> account;
  std::string revision;
};

Result<std::vector<Waiting>> waiting_with(const Accounts& accounts, const std::string& typed) {
  std::vector<Waiting> waiting;
  for (const auto& account : accounts) {
    const auto attempted = account->state().revisions.attempted();
    if (!attempted) {
      return Error(attempted.error()).context("account " + account->spec().name);
    }
    if (*attempted && !(*attempted)->error.empty() && (*attempted)->revision == typed) {
      waiting.push_back({account, typed});
    }
  }
  return waiting;
}

ExitCode let_in(const CommandContext& context, const Workplace& place, const Waiting& waiting) {
  AccountRuntime& account = *waiting.account;
  const Grantor by = grantor(context, account);
  const auto done = approve_revision(account.state(), waiting.revision, by);
  if (!done) return fail(context, account.spec(), done.error());
  context.console.out << "Approved by " << printable(by.who) << ": account "
                      << printable(account.spec().name) << " takes revision "
                      << printable(waiting.revision)
                      << " in its next cycle, though it does not descend from the one applied "
                         "last. Other faults go on being refused; see 'authzd plan'.\n";
  wake(place, account);
  const auto told = tell_audit(account, by, waiting.revision);
  return told ? ExitCode::done : fail(context, account.spec(), told.error());
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
  wake(place, account);
  const auto told = tell_audit(account, by, found.hash);
  return told ? ExitCode::done : fail(context, account.spec(), told.error());
}

/// What each hash names; nothing, and why, where one names nothing or more than one.
std::vector<Found> find_all(const CommandContext& context,
                            std::span<AccountPlan> plans,
                            std::span<const std::string> hashes) {
  std::vector<Found> all;
  for (const std::string& typed : hashes) {
    const auto found = find(plans, typed);
    if (found.size() == 1) {
      all.push_back(found.front());
    } else if (found.size() > 1) {
      context.console.err << "authzd: more than one hash begins with " << printable(typed) << ".\n";
    } else {
      context.console.err << "authzd: nothing is held under " << printable(typed)
                          << ", and no account waits with a revision of that name. It may be "
                             "done, or the plan may have changed.\n";
    }
  }
  if (all.size() == hashes.size()) return all;
  if (hashes.size() > 1) context.console.err << "Nothing was approved.\n";
  show_holds(context, plans);
  return {};
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, ApproveCommand command) {
  std::vector<Waiting> revisions;
  std::vector<std::string> hashes;
  for (const std::string& typed : command.what) {
    auto waiting = waiting_with(place.accounts, typed);
    if (!waiting) {
      co_return fail(context, waiting.error());
    }
    if (waiting->empty()) hashes.push_back(typed);
    std::ranges::move(*waiting, std::back_inserter(revisions));
  }
  std::vector<AccountPlan> plans;  // no cycle comes in between while they are there
  std::vector<Found> found;
  if (!hashes.empty()) {
    plans = co_await plan_accounts(context, place);
    found = find_all(context, plans, hashes);
    if (found.empty()) {
      std::set<ExitCode> codes = failures(plans);
      codes.insert(ExitCode::error);
      co_return worst(codes);
    }
  }
  std::set<ExitCode> codes;
  for (const Waiting& each : revisions) codes.insert(let_in(context, place, each));
  bool is_first = revisions.empty();
  for (const Found& each : found) {
    if (!std::exchange(is_first, false)) context.console.out << '\n';
    codes.insert(approve_actions(context, place, each));
  }
  co_return worst(codes);
}

}  // namespace authzd
