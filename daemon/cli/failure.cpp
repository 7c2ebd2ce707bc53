// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"

#include "reconciler/base/text.hpp"

#include <ostream>

namespace authzd {

std::string shown_name(std::string_view name) {
  constexpr std::size_t kLongestShown = 24;
  if (name.size() <= kLongestShown) return printable(name);
  return "(" + std::to_string(name.size()) + " characters, not shown: it may be a secret)";
}

ExitCode fail(const CommandContext& context, const Error& error) {
  context.console.err << "authzd: " << printable(to_string(error)) << '\n';
  return exit_code(error);
}

ExitCode fail(const CommandContext& context, const AccountSpec& account, const Error& error) {
  Error named = error;
  return fail(context, std::move(named).context("account " + account.name));
}

ExitCode fail(const CommandContext& context, const SetupFailure& failure) {
  context.console.err << render(failure.diagnostics);
  if (!failure.message.empty()) context.console.err << "authzd: " << failure.message << '\n';
  return failure.code;
}

ExitCode fail(const CommandContext& context, const Obstacle& obstacle) {
  context.console.err << "authzd: " << obstacle.why << ".\n";
  return obstacle.code;
}

ExitCode fail_usage(const CommandContext& context, std::string_view message) {
  context.console.err << "authzd: " << message << '\n';
  return ExitCode::usage;
}

}  // namespace authzd
