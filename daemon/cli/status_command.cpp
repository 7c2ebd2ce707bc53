// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/commands.hpp"
#include "daemon/cli/copied_commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/planning_command.hpp"
#include "daemon/status/status_report.hpp"

#include <ostream>

namespace authzd {
namespace {

/// As it is kept, with a suspension that no cycle has seen yet.
Result<AccountStatus> status_of(AccountRuntime& account) {
  AccountStatus status = account.status();
  const auto suspension = account.state().suspensions.of(account.spec().id);
  if (!suspension) return suspension.error();
  status.is_suspended = suspension->has_value();
  status.is_suspended_with_all = *suspension && !(*suspension)->account;
  return status;
}

/// A script can tell by it whether all is well.
std::set<ExitCode> codes_of(const AccountStatus& status) {
  std::set<ExitCode> codes{ExitCode::done};
  if (status.held.is_true) codes.insert(ExitCode::held);
  if (status.stalled.is_true || !status.failing.empty()) codes.insert(ExitCode::error);
  if (status.last_run && status.last_run->planned.conflicts > 0) codes.insert(ExitCode::conflicts);
  if (status.ready.kind == ConditionReason::revision_refused) codes.insert(ExitCode::error);
  const bool well = status.ready.is_true || status.is_suspended || !status.last_run ||
                    status.ready.kind == ConditionReason::waits_for_wave;
  if (!well && codes.size() == 1) codes.insert(ExitCode::error);
  return codes;
}

}  // namespace

Ending run_command(CommandContext context, Workplace place, StatusCommand command) {
  std::set<ExitCode> codes;
  DaemonStatus daemon;
  if (place.daemon != nullptr) daemon.refused_reload = place.daemon->refused_reload();
  if (place.daemon != nullptr) {
    auto rollout = rollout_view(*place.daemon);
    if (!rollout) {
      co_return fail(context, rollout.error());
    }
    daemon.rollout = std::move(*rollout);
  }
  if (daemon.refused_reload) codes.insert(ExitCode::error);
  for (const auto& account : place.accounts) {
    auto status = status_of(*account);
    if (!status) {
      codes.insert(fail(context, account->spec(), status.error()));
      continue;
    }
    codes.merge(codes_of(*status));
    daemon.accounts.push_back(std::move(*status));
  }
  tell_of_unmet_selectors(context, place.accounts);
  if (command.output == OutputForm::json) {
    context.console.out << status_json(daemon);
  } else {
    const CopiedCommands copied = copied_commands(context.options, std::vector<std::string>());
    context.console.out << status_text(
        daemon, context.clock.now(), context.console.style, copied.approve_options);
  }
  co_return worst(codes);
}

}  // namespace authzd
