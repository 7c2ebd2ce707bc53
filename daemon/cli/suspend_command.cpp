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

std::string name_of(const AccountRuntime& account, bool all) {
  return all ? "every account" : "account " + printable(account.spec().name);
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
    // Whatever writes there now ends first: afterwards nothing is written any more.
    const auto turn = co_await account->turn();
    context.console.out << "Suspended: " << name_of(*account, all)
                        << ". It is planned and shown as ever, and nothing is written.\n";
    if (all) break;
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
