// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/failure.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/report/layout.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

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

std::string for_people(const CommandContext& context, std::string_view text) {
  if (context.console.style.width == 0) return std::string(text);
  Layout out(context.console.style);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.starts_with(' ') ? out.exact_line(line) : out.line(line);
  }
  return std::move(out).take();
}

ExitCode fail_usage(const CommandContext& context, std::string_view message) {
  context.console.err << "authzd: " << message << '\n';
  return ExitCode::usage;
}

}  // namespace authzd
