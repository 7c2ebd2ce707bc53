// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A command line that was read: the command, its options, and its row in the table.
#pragma once

#include "daemon/cli/options.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace authzd {

struct CommandRow;

struct Invocation {
  CommonOptions common;
  AnyCommand command;
  const CommandRow* row = nullptr;     // of the table: what the command needs, and where it runs
  std::vector<std::string> arguments;  // as typed: what a daemon is sent
};

/// Parsing ended the call by itself: help, version, or a mistake with what to do about it.
struct EarlyExit {
  ExitCode code = ExitCode::done;
  std::string text;  // for standard output where the code is `done`, else for standard error
};

/// `words`: without the name of the program.
std::variant<Invocation, EarlyExit> parse_command_line(const std::vector<std::string>& words,
                                                       std::span<const CommandRow> table);

}  // namespace authzd
