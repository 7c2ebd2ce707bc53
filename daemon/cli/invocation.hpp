// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A command line that was read: the command, its options, and its row in the table.
#pragma once

#include "daemon/admin/command_call.hpp"
#include "daemon/cli/options.hpp"
#include "reconciler/base/result.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace authzd {

struct CommandRow;

struct Invocation {
  CommonOptions common;
  AnyCommand command;
  const CommandRow* row = nullptr;  // of the table: what the command needs, and where it runs
  std::vector<GivenOption> given;   // what a daemon is sent
};

/// Parsing ended the call by itself: help, version, or a mistake with what to do about it.
struct EarlyExit {
  ExitCode code = ExitCode::done;
  std::string text;  // for standard output where the code is `done`, else for standard error
};

/// `words`: without the name of the program.
std::variant<Invocation, EarlyExit> parse_command_line(const std::vector<std::string>& words,
                                                       std::span<const CommandRow> table);

/// An option or argument that a call of the command may have.
struct OptionShape {
  std::string name;  // as in GivenOption
  bool is_flag = false;
  bool repeats = false;
  bool is_required = false;
};

/// All of them, in the order of the help.
std::vector<OptionShape> options_of(const CommandRow& row);

/// What a client sent: the same checks, and the same command. Errors: not_found, rejected.
Result<Invocation> parse_command_call(const CommandCall& call, std::span<const CommandRow> table);

}  // namespace authzd
