// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A row of the table of commands: what a command is called, what its help says, what it needs,
// where it runs and which function performs it. Parsing, help, man pages, completions and dispatch
// all come from the table (daemon/app/command_table.hpp).
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/invocation.hpp"
#include "daemon/cli/setup.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace authzd {

struct CommandLine;

/// Where a command can run.
enum class Reach {
  here,      // in this process, always
  anywhere,  // in the daemon; without one in this process, with a state in memory if need be
  state,     // in the daemon; without one in this process, on the state's file
  daemon,    // in the daemon alone
};

/// What a command does in an account when this process performs it.
enum class AccountAccess {
  show,   // plans what nobody performs: without a state, a marker of this owner is believed
  read,   // reads
  write,  // writes to IAM
};

struct CommandNeeds {
  SetupNeeds setup = {};
  AccountAccess access = AccountAccess::read;
  bool makes_state = false;  // writes to the state, which is created where it does not exist
  bool asks_iam = true;      // its exchanges with IAM can be recorded
};

struct CommandRow {
  /// Adds the options to the command's part of the command line; what it returns gives the command
  /// that was read, once parsing has ended.
  using Describe = std::function<AnyCommand()> (*)(CommandLine&, CLI::App&);
  using Perform = Ending (*)(CommandContext, AnyCommand);
  using PerformOn = Ending (*)(CommandContext, Workplace, AnyCommand);

  std::string_view name;
  std::string_view summary;   // one line, without a full stop
  std::string_view details;   // lines of at most 90 columns
  std::string_view examples;  // a line each: the call, two spaces or more, "# " and what it is for
  Reach reach;
  CommandNeeds needs;
  Describe describe;
  Perform perform;       // in this process; null: the parser answers (help, version)
  PerformOn perform_on;  // on accounts that are open; null: it works on no accounts
};

/// The file with a saved list that is read instead of IAM; none: IAM is asked.
std::optional<std::string> saved_list_of(const AnyCommand& command);

/// The row's needs, for this very call: `plan --against FILE` asks neither IAM nor a daemon.
Reach reach_of(const Invocation& invocation);
CommandNeeds needs_of(const Invocation& invocation);

/// Null: there is no such command.
const CommandRow* find_command(std::span<const CommandRow> table, std::string_view name);

}  // namespace authzd
