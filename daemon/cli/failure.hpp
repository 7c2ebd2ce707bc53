// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What went wrong, in one voice: on standard error, with the exit code that it means.
#pragma once

#include "daemon/cli/commands.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/cycle/account_spec.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// What stood in the place of a name, for a message. One that is so long that it may be a key is
/// not shown: arguments get swapped.
std::string shown_name(std::string_view name);

/// Shows an error that concerns the whole call; returns its code.
ExitCode fail(const CommandContext& context, const Error& error);

/// Shows an error that concerns one account; returns its code.
ExitCode fail(const CommandContext& context, const AccountSpec& account, const Error& error);

/// Shows what is wrong with a setup; returns its code.
ExitCode fail(const CommandContext& context, const SetupFailure& failure);

/// Why nothing may be written, though the call is sound.
struct Obstacle {
  ExitCode code = ExitCode::error;  // usage: another option would get past it
  std::string why;
};

/// Shows what is in the way; returns its code.
ExitCode fail(const CommandContext& context, const Obstacle& obstacle);

/// Text for standard output, folded at words where that is a terminal. Lines that begin with a
/// space stay as they are.
std::string for_people(const CommandContext& context, std::string_view text);

/// Shows what is wrong with how the command was asked for; returns its code.
ExitCode fail_usage(const CommandContext& context, std::string_view message);

}  // namespace authzd
