// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/status/accounts_report.hpp"

#include <ostream>
#include <vector>

namespace authzd {
namespace {

/// Only a daemon knows how an account is: a process that stands alone has had no cycle.
AccountEntry entry_of(const AccountRuntime& account, bool has_daemon) {
  const AccountSpec& spec = account.spec();
  AccountEntry entry;
  entry.traits = {spec.name, spec.labels, spec.params};
  entry.id = spec.id;
  entry.origin = spec.origin;
  entry.mode = spec.mode;
  entry.unreachable = spec.unreachable;
  if (has_daemon) entry.state = state_word(account.status());
  return entry;
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, AccountsCommand command) {
  std::vector<AccountEntry> entries;
  const RolloutKeeper* rollout = place.daemon == nullptr ? nullptr : place.daemon->rollout();
  for (const auto& account : place.accounts) {
    entries.push_back(entry_of(*account, place.daemon != nullptr));
    if (rollout == nullptr || !rollout->has_waves()) continue;
    entries.back().wave = rollout->wave_of(account->spec().labels);
    if (const auto& waits = account->status().rollout) entries.back().waits = waits->why;
  }
  context.console.out << accounts_report(entries, command.output, context.console.style.width);
  co_return ExitCode::done;
}

}  // namespace authzd
