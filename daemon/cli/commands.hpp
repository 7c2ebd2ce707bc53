// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The commands. Each is a coroutine from what was asked to an exit code; what it shows goes to the
// console, never past it. Those that work on accounts are the same in a process of their own and in
// the daemon on behalf of a client.
#pragma once

#include "daemon/admin/console.hpp"
#include "daemon/cli/exit_code.hpp"
#include "daemon/cli/options.hpp"
#include "daemon/cli/process_console.hpp"
#include "daemon/cli/workplace.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>

namespace authzd {

struct Setup;
class TraceRecorder;

/// What every command gets. All must outlive it.
struct CommandContext {
  Console& console;
  const CommonOptions& options;
  const Environment& environment;  // of this process, not of the one who asks
  boost::asio::any_io_executor executor;
  Clock& clock;
  Randomness& randomness;
  Log log;
  std::string who;                               // asks for it: "alice (uid 1000), login uid 1000"
  std::optional<unsigned> login_uid = {};        // of the person; none: unknown
  std::shared_ptr<TraceRecorder> recorder = {};  // of `record`; null: the configuration says
};

using Ending = boost::asio::awaitable<ExitCode>;

Ending run_command(CommandContext context, ValidateCommand command);
Ending run_command(CommandContext context, InitCommand command);
Ending run_command(CommandContext context, DiffCommand command);
Ending run_command(CommandContext context, RunCommand command);
Ending run_command(CommandContext context, SchemaCommand command);
Ending run_command(CommandContext context, ImportCommand command);
Ending run_command(CommandContext context, AuditVerifyCommand command);
Ending run_command(CommandContext context, RecordCheckCommand command);

/// `validate --online`: whether all that a daemon of `setup` needs is there. `no_listener`: why its
/// TCP listener cannot listen.
Ending check_all(CommandContext context,
                 Workplace place,
                 const Setup& setup,
                 std::optional<Error> no_listener);
Ending run_command(CommandContext context, Workplace place, PlanCommand command);
Ending run_command(CommandContext context, Workplace place, ApplyCommand command);
Ending run_command(CommandContext context, Workplace place, ListCommand command);
Ending run_command(CommandContext context, Workplace place, ReachCommand command);
Ending run_command(CommandContext context, Workplace place, WhyCommand command);
Ending run_command(CommandContext context, Workplace place, ReportCommand command);
Ending run_command(CommandContext context, Workplace place, ExportCommand command);
Ending run_command(CommandContext context, Workplace place, AccountsCommand command);
Ending run_command(CommandContext context, Workplace place, StatusCommand command);
Ending run_command(CommandContext context, Workplace place, SyncCommand command);
Ending run_command(CommandContext context, Workplace place, WaitCommand command);
Ending run_command(CommandContext context, Workplace place, ApproveCommand command);
Ending run_command(CommandContext context, Workplace place, ApprovalsCommand command);
Ending run_command(CommandContext context, Workplace place, RunsCommand command);
Ending run_command(CommandContext context, Workplace place, ShowCommand command);
Ending run_command(CommandContext context, Workplace place, UndoCommand command);
Ending run_command(CommandContext context, Workplace place, UnpinCommand command);
Ending run_command(CommandContext context, Workplace place, ReleaseCommand command);
Ending run_command(CommandContext context, Workplace place, CompleteCommand command);
Ending run_command(CommandContext context, Workplace place, RolloutCommand command);
Ending run_command(CommandContext context, Workplace place, SuspendCommand command);
Ending run_command(CommandContext context, Workplace place, ResumeCommand command);

/// Suspends what the call means though the state cannot be opened, and says `why` that is.
ExitCode suspend_without_state(const CommandContext& context, const Setup& setup, const Error& why);

/// Whose manifests are, where nobody says: what is judged offline is the same for any account. Not
/// the zeros that a ready-made manifest has for another account, which is never this one.
inline const AccountId kAnyAccount{"ffffffffffffffffffffffffffffffff"};

}  // namespace authzd
