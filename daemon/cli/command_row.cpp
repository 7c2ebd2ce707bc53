// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_row.hpp"

#include <algorithm>

namespace authzd {
namespace {

bool is_offline(const Invocation& invocation) {
  return saved_list_of(invocation.command).has_value();
}

}  // namespace

std::optional<std::string> saved_list_of(const AnyCommand& command) {
  if (const auto* plan = std::get_if<PlanCommand>(&command)) return plan->against;
  if (const auto* reach = std::get_if<ReachCommand>(&command)) return reach->saved;
  return std::nullopt;
}

Reach reach_of(const Invocation& invocation) {
  return is_offline(invocation) ? Reach::here : invocation.row->reach;
}

CommandNeeds needs_of(const Invocation& invocation) {
  CommandNeeds needs = invocation.row->needs;
  if (is_offline(invocation)) needs.setup.key = false;
  return needs;
}

const CommandRow* find_command(std::span<const CommandRow> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &CommandRow::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace authzd
