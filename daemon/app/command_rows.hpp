// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the rows of the table of commands are made with, and the two halves of it.
#pragma once

#include "daemon/cli/command_line.hpp"
#include "daemon/cli/command_row.hpp"

#include <span>
#include <utility>

namespace authzd {

/// Commands that work with or without a daemon, and those that work with what it keeps.
std::span<const CommandRow> general_rows();
std::span<const CommandRow> daemon_rows();

template <class Command>
Ending perform(CommandContext context, AnyCommand command) {
  return run_command(context, std::get<Command>(std::move(command)));
}

template <class Command>
Ending perform_on(CommandContext context, Workplace place, AnyCommand command) {
  return run_command(context, std::move(place), std::get<Command>(std::move(command)));
}

inline constexpr CommandNeeds kNothing{.asks_iam = false};
/// Of commands that read or write the state and ask nothing of IAM.
inline constexpr CommandNeeds kState{.setup = {.key = false}, .asks_iam = false};
inline constexpr CommandNeeds kAccount{};
inline constexpr CommandNeeds kPlan{.setup = {.manifests = true}, .access = AccountAccess::show};

}  // namespace authzd
