// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/report/standing.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;

// Between two looks: each is a list of the whole account.
constexpr milliseconds kFirstGap{1'000};
constexpr milliseconds kLongestGap{10'000};

/// What one look at all accounts says.
struct Look {
  std::vector<AccountPlan> plans;
  bool is_there = false;                     // what is waited for has come
  std::optional<Timestamp> settles_at = {};  // the last of them, where all are granted
  TrustedTime time;
};

bool has_come(const Progress& progress, WaitGoal goal) {
  return goal == WaitGoal::granted ? progress.is_granted : progress.is_settled;
}

Progress progress_in(const AccountPlan& plan) {
  return progress_of(plan.planned->standings, plan.planned->time, plan.account->spec().settle);
}

awaitable<Look> look(CommandContext context, Workplace place, WaitCommand command, bool is_first) {
  AuthorizationNames names(command.names.begin(), command.names.end());
  Look found;
  found.plans = co_await plan_accounts(context, std::move(place), std::move(names), is_first);
  found.is_there = std::ranges::all_of(found.plans, [&](const AccountPlan& plan) {
    return plan.planned && has_come(progress_in(plan), command.goal);
  });
  for (const AccountPlan& plan : found.plans) {
    if (!plan.planned) continue;
    found.time = plan.planned->time;
    const Progress progress = progress_in(plan);
    found.settles_at = std::max(found.settles_at, progress.settles_at);
  }
  co_return found;
}

/// What holds it until a person acts; a hold that ends by itself is waited for.
std::vector<Hold> standing_holds(const AccountPlan& plan) {
  std::vector<Hold> holds;
  for (const Action& action : plan.planned->plan.actions) {
    if (!action.after || action.risk != Risk::widening) continue;
    for (const Hold& hold : action.holds) {
      const bool is_known = std::ranges::find(holds, hold.hash, &Hold::hash) != holds.end();
      if (!hold.until && !is_known) holds.push_back(hold);
    }
  }
  return holds;
}

bool say_holds(const CommandContext& context, const Look& look, const WaitCommand& command) {
  bool is_any = false;
  for (const AccountPlan& plan : look.plans) {
    if (!plan.planned || progress_in(plan).is_granted) continue;
    for (const Hold& hold : standing_holds(plan)) {
      is_any = true;
      context.console.err << "authzd: account " << printable(plan.account->spec().name)
                          << ": held by " << printable(hold.message) << '\n';
    }
  }
  if (is_any) {
    const CopiedCommands copied = copied_commands(context.options, command.names);
    context.console.err << "What lets it through is shown by\n  authzd plan"
                        << copied.by_hash_options << '\n';
  }
  return is_any;
}

/// A name that is left of policies alone grants nothing that could be waited for.
std::optional<std::string> name_without_grants(const Look& look, const WaitCommand& command) {
  for (const std::string& name : command.names) {
    const bool is_any = std::ranges::any_of(look.plans, [&name](const AccountPlan& plan) {
      return plan.failure ||
             std::ranges::any_of(plan.planned->standings, [&name](const GrantStanding& grant) {
               return grant.name == name;
             });
    });
    if (!is_any) return name;
  }
  return std::nullopt;
}

bool has_failed_for_good(const AccountPlan& plan) {
  return plan.failure && !plan.may_pass;
}

void say_lacks(const CommandContext& context, const Look& look, const WaitCommand& command) {
  std::ostream& err = context.console.err;
  err << "authzd: " << printable(join(command.names, ", ")) << ": not "
      << (command.goal == WaitGoal::granted ? "granted" : "settled") << " after "
      << to_string(command.timeout) << '\n';
  bool is_any_lacking = false;
  for (const AccountPlan& plan : look.plans) {
    if (!plan.planned) continue;
    for (const std::string& lack : lacks_of(plan.planned->standings)) {
      err << "  " << lack << '\n';
      is_any_lacking = true;
    }
    for (const Note& note : plan.planned->plan.notes) {
      if (is_satisfied(note) || note.reason == NoteReason::markers_trusted) continue;
      err << "  because " << printable(note.message) << '\n';
    }
  }
  if (is_any_lacking) {
    err << "wait writes nothing: a daemon does on its interval and at 'authzd sync', else "
           "'authzd apply'\n";
  }
  if (look.settles_at)
    err << "  granted; settled from then on, where nothing changes it: "
        << to_rfc3339(*look.settles_at) << '\n';
}

void say_done(const CommandContext& context, const Look& look, const WaitCommand& command) {
  std::size_t grants = 0;
  for (const AccountPlan& plan : look.plans) grants += plan.planned->standings.size();
  context.console.out << printable(join(command.names, ", ")) << ": "
                      << (command.goal == WaitGoal::granted ? "granted" : "settled") << " ("
                      << count_of(grants, "grant", "grants") << ")\n";
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, WaitCommand command) {
  const auto began = context.clock.ticks();
  milliseconds pause = kFirstGap;
  for (;;) {
    const Look now = co_await look(context, place, command, pause == kFirstGap);
    if (std::ranges::any_of(now.plans, has_failed_for_good)) co_return worst(failures(now.plans));
    if (const auto name = name_without_grants(now, command)) {
      const Error unknown{ErrorCode::invalid_manifest,
                          "no manifest has an authorization " + quote(*name)};
      co_return fail(context, unknown);
    }
    if (now.is_there) {
      say_done(context, now, command);
      co_return ExitCode::done;
    }
    if (say_holds(context, now, command)) co_return ExitCode::held;
    const auto spent = std::chrono::duration_cast<milliseconds>(context.clock.ticks() - began);
    if (spent >= command.timeout) {
      say_lacks(context, now, command);
      co_return ExitCode::error;
    }
    milliseconds next = std::min(pause, command.timeout - spent);
    // Nothing is to be learned before that.
    if (now.settles_at)
      next = std::clamp(*now.settles_at - now.time.now, next, command.timeout - spent);
    co_await context.clock.sleep(next);
    pause = std::min(pause * 2, kLongestGap);
  }
}

}  // namespace authzd
