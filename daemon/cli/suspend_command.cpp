// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "reconciler/base/text.hpp"

#include <ostream>

namespace authzd {
namespace {

/// What is meant: the accounts that were named, or all that there are and ever will be.
std::vector<std::optional<AccountId>> meant(const Workplace& place, bool all) {
  if (all) return {std::nullopt};
  std::vector<std::optional<AccountId>> ids;
  for (const auto& account : place.accounts) ids.emplace_back(account->spec().id);
  return ids;
}

void wake(const Workplace& place) {
  if (place.service == nullptr) return;
  for (const auto& account : place.accounts) place.service->poke(account->spec().id.value);
}

void say_suspended(const CommandContext& context, const std::string& what) {
  context.console.out << "Suspended: " << what
                      << ". It is planned and shown as ever, and no write is begun.\n"
                      << std::flush;
}

/// What goes on all the same: a write that was sent cannot be taken back, and a read that hangs is
/// not waited for.
Result<void> say_under_way(const CommandContext& context, const AccountRuntime& account) {
  const auto open = account.state().runs.unknown_outcomes();
  if (!open) return open.error();
  std::ostream& out = context.console.out;
  const std::string name = "Account " + printable(account.spec().name) + ": ";
  const RunKind kind = account.run().kind;
  if (account.is_busy() && kind == RunKind::release) {
    out << name << "a release is under way, and goes on.\n";
  } else if (account.is_busy()) {
    out << name << "run " << printable(account.run().id) << " (" << to_string(kind)
        << ") is under way, and begins no write any more.\n";
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

Ending run_command(CommandContext context, Workplace place, SuspendCommand) {
  const bool all = context.options.accounts.empty();
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
  const bool all = context.options.accounts.empty();
  Suspensions& suspensions = place.accounts.front()->state().suspensions;
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
      context.console.out << " stays suspended by itself: authzd resume "
                          << printable(account->spec().name) << ".\n";
    } else if (*still) {
      context.console.out << " stays suspended with all others: authzd resume.\n";
    } else {
      context.console.out << " goes on.\n";
    }
  }
  wake(place);
  co_return ExitCode::done;
}

}  // namespace authzd
