// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a rail finds in a plan, before approvals are considered. One function per rail, or per group
// of rails that count the same thing. Private to the rails.
#pragma once

#include "reconciler/rails/rails.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::rail_detail {

struct Finding {
  std::vector<std::string_view> tripped;  // the rails: one, or limits on the same number
  std::string group;                      // the names of all limits on that number, joined
  std::vector<std::size_t> covered;       // indices of Plan::actions
  /// The message for people, about those of `tripped` that are not approved.
  std::function<std::string(std::span<const std::string_view>)> message;
  std::optional<Timestamp> until = {};  // set: it ends by itself at that time
};
using Findings = std::vector<Finding>;

struct View {
  const Plan& plan;
  const RailRules& rules;
  const RailHistory& history;
};

void find_counts(const View& view, Findings& out);
void find_allow(const View& view, Findings& out);
void find_used(const View& view, Findings& out);
void find_broad(const View& view, Findings& out);
void find_removals(const View& view, Findings& out);  // firstDeletes, adopted, unmarked
void find_delegators(const View& view, Findings& out);
void find_grace(const View& view, Findings& out);

/// Adds a finding of one rail whose message does not depend on approvals; nothing if no action is
/// covered.
void add_finding(Findings& out,
                 std::string_view rail,
                 std::vector<std::size_t> covered,
                 std::string message);

std::string names_of(std::span<const std::string_view> rails);

/// The indices of the actions for which `is_covered` returns true.
std::vector<std::size_t> actions_where(const Plan& plan,
                                       const std::function<bool(const Action&)>& is_covered);

/// The delete of a grant whose end was announced.
bool is_announced_end(const Action& action);

/// "1 delete or narrowing", "3 deletes and narrowings".
std::string removals_text(std::size_t n);

/// A delete, or an update that narrows.
bool takes_access(const Action& action);

/// The roles that the change newly grants to someone: all of them if the scope grows.
RoleSet granted_roles(const Action& action);

}  // namespace authzd::rail_detail
