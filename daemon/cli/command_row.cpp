// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_row.hpp"

#include <algorithm>

namespace authzd {
namespace {

bool is_offline(const Invocation& invocation) {
  return saved_list_of(invocation.command).has_value();
}

/// Of the past and of the manifests: nothing is asked of IAM.
bool asks_no_policies(const Invocation& invocation) {
  const auto* report = std::get_if<ReportCommand>(&invocation.command);
  return report != nullptr && report->kind != ReportKind::unused &&
         report->kind != ReportKind::broad;
}

/// It shows what the ledger has, and without one it would say that nothing ever happened.
bool needs_ledger(const Invocation& invocation) {
  const auto* report = std::get_if<ReportCommand>(&invocation.command);
  return report != nullptr &&
         (report->kind == ReportKind::drift || report->kind == ReportKind::changes);
}

}  // namespace

std::optional<std::string> saved_list_of(const AnyCommand& command) {
  if (const auto* plan = std::get_if<PlanCommand>(&command)) return plan->against;
  if (const auto* reach = std::get_if<ReachCommand>(&command)) return reach->saved;
  if (const auto* why = std::get_if<WhyCommand>(&command)) return why->saved;
  if (const auto* report = std::get_if<ReportCommand>(&command)) return report->saved;
  return std::nullopt;
}

Reach reach_of(const Invocation& invocation) {
  if (is_offline(invocation)) return Reach::here;
  return needs_ledger(invocation) ? Reach::state : invocation.row->reach;
}

CommandNeeds needs_of(const Invocation& invocation) {
  CommandNeeds needs = invocation.row->needs;
  if (is_offline(invocation)) needs.setup.key = false;
  if (asks_no_policies(invocation)) {
    needs.setup.key = false;
    needs.asks_iam = false;
  }
  return needs;
}

const CommandRow* find_command(std::span<const CommandRow> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &CommandRow::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace authzd
