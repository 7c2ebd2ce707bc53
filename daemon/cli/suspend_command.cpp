// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/setup.hpp"
#include "reconciler/base/text.hpp"

#include <ostream>
#include <set>

namespace authzd {
namespace {

/// What is meant: the accounts that were named, or all that there are and ever will be.
std::vector<std::optional<AccountId>> meant(const Workplace& place, bool all) {
  if (all) return {std::nullopt};
  std::vector<std::optional<AccountId>> ids;
  for (const auto& account : place.accounts) ids.emplace_back(account->spec().id);
  return ids;
}

Result<std::set<AccountId>> suspended(const Suspensions& suspensions, const Workplace& place) {
  std::set<AccountId> ids;
  for (const auto& account : place.accounts) {
    const auto one = suspensions.of(account->spec().id);
    if (!one) return one.error();
    if (*one) ids.insert(account->spec().id);
  }
  return ids;
}

void wake(const Workplace& place) {
  if (place.daemon == nullptr) return;
  for (const auto& account : place.accounts) place.daemon->poke(account->spec().id.value);
}

void say_suspended(const CommandContext& context, const std::string& what) {
  context.console.out << "Suspended: " << what
                      << ". It is planned and shown as ever, and no write is begun.\n"
                      << std::flush;
}

/// What a suspension does not stop: a write that was sent cannot be undone, and it does not wait
/// for a read that hangs.
Result<void> say_under_way(const CommandContext& context, const AccountRuntime& account) {
  const auto open = account.state().runs.unknown_outcomes();
  if (!open) return open.error();
  std::ostream& out = context.console.out;
  const std::string name = "Account " + printable(account.spec().name) + ": ";
  const RunKind kind = account.run().kind;
  if (account.is_busy() && kind == RunKind::release) {
    out << name << "a release is under way, and continues.\n";
  } else if (account.is_busy()) {
    out << name << "run " << printable(account.run().id) << " (" << to_string(kind)
        << ") is under way, and starts no more writes.\n";
  }
  if (!open->empty()) {
    out << name
        << count_of(open->size(),
                    "write was sent whose outcome is",
                    "writes were sent whose outcomes are")
        << " not known yet: " << (open->size() == 1 ? "it" : "they")
        << " may still be done; 'authzd status' tells.\n";
  } else if (!account.is_busy()) {
    out << name << "nothing is under way.\n";
  }
  return {};
}

}  // namespace

ExitCode suspend_without_state(const CommandContext& context,
                               const Setup& setup,
                               const Error& why) {
  const bool all = !context.options.chooses_accounts();
  std::vector<Suspension> suspensions;
  if (all) suspensions.push_back({std::nullopt, context.who, context.clock.now()});
  for (const AccountSetup& account : setup.accounts) {
    if (!all) suspensions.push_back({account.spec.id, context.who, context.clock.now()});
  }
  if (const auto done = suspend_beside(*context.options.state, suspensions); !done) {
    fail(context, why);
    return fail(context, done.error());
  }
  if (all) say_suspended(context, "every account");
  for (const AccountSetup& account : setup.accounts) {
    if (!all) say_suspended(context, "account " + printable(account.spec.name));
  }
  context.console.err << "authzd: this is written beside the state, and counts from the next write "
                         "on; the state itself was not opened: "
                      << printable(to_string(why)) << '\n';
  return ExitCode::done;
}

Ending run_command(CommandContext context, Workplace place, SuspendCommand) {
  const bool all = !context.options.chooses_accounts();
  AccountRuntime& first = *place.accounts.front();
  for (const auto& id : meant(place, all)) {
    auto done = first.state().suspensions.suspend({id, context.who, context.clock.now()});
    if (!done) {
      co_return fail(context, done.error());
    }
  }
  for (const auto& account : place.accounts) {
    if (!all) say_suspended(context, "account " + printable(account->spec().name));
  }
  if (all) say_suspended(context, "every account");
  for (const auto& account : place.accounts) {
    if (const auto said = say_under_way(context, *account); !said) {
      co_return fail(context, account->spec(), said.error());
    }
  }
  wake(place);
  co_return ExitCode::done;
}

Ending run_command(CommandContext context, Workplace place, ResumeCommand) {
  const bool all = !context.options.chooses_accounts();
  Suspensions& suspensions = place.accounts.front()->state().suspensions;
  const auto before = suspended(suspensions, place);
  if (!before) {
    co_return fail(context, before.error());
  }
  for (const auto& id : meant(place, all)) {
    auto done = suspensions.resume(id);
    if (!done) {
      co_return fail(context, done.error());
    }
  }
  for (const auto& account : place.accounts) {
    const auto still = suspensions.of(account->spec().id);
    if (!still) {
      co_return fail(context, still.error());
    }
    context.console.out << "Account " << printable(account->spec().name);
    if (*still && (*still)->account) {
      context.console.out << " stays suspended, as it was suspended by its name: 'authzd resume "
                          << printable(account->spec().name) << "' ends that.\n";
    } else if (*still) {
      context.console.out
          << " stays suspended, as all accounts are: 'authzd resume' without a name "
             "ends that.\n";
    } else if (before->contains(account->spec().id)) {
      context.console.out << " continues.\n";
    } else {
      context.console.out << " was not suspended.\n";
    }
  }
  wake(place);
  co_return ExitCode::done;
}

}  // namespace authzd
