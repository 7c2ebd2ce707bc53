// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a rail finds in a plan, before anyone asks whether it was approved. One function a rail, or
// a group of rails that count the same thing. Private to the rails.
#pragma once

#include "reconciler/plan/rails.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd::rail_detail {

struct Finding {
  std::vector<std::string_view> tripped;  // the rails: one, or limits on the same number
  std::string group;                      // the names of all limits on that number, joined
  std::vector<std::size_t> covered;       // indices of Plan::actions
  /// For people, about those of `tripped` that are not approved.
  std::function<std::string(std::span<const std::string_view>)> message;
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
void find_deletes(const View& view, Findings& out);  // firstDeletes, adopted, unmarked

/// A finding of one rail whose message does not depend on approvals; none where nothing is covered.
void add_finding(Findings& out,
                 std::string_view rail,
                 std::vector<std::size_t> covered,
                 std::string message);

std::string names_of(std::span<const std::string_view> rails);

/// The indices of the deletes that `is_covered` says yes to.
std::vector<std::size_t> deletes_where(const Plan& plan,
                                       const std::function<bool(const Action&)>& is_covered);

}  // namespace authzd::rail_detail
