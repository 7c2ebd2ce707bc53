// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rail `broad`: a widening that does not name the services on both sides. It checks for service
// names, so no spelling of "all services" passes it.

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/rails/rail_finding.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd::rail_detail {
namespace {

// iam-api §4: the roles with full rights on their target.
constexpr std::array<std::string_view, 2> kFullRoles{":role:Administrator", ":serviceRole:Manager"};

bool is_full(std::string_view crn) {
  return std::ranges::any_of(kFullRoles,
                             [crn](std::string_view role) { return crn.ends_with(role); });
}

std::vector<std::string> broad_parts(const PolicyContent& content) {
  std::vector<std::string> parts;
  if (!names_values(content.resource, "serviceName")) {
    parts.emplace_back("a target without a service");
  }
  if (!names_values(content.subject, "serviceName")) {
    parts.emplace_back("a source without a service");
  }
  const bool has_group = content.subject.find("resourceGroupId") != nullptr;
  if (has_group && !names_values(content.subject, "resourceGroupId")) {
    parts.emplace_back("a source in any resource group");
  }
  return parts;
}

/// What makes the change broad, including the roles that make it worse; empty if it is not broad.
std::vector<std::string> objections(const Action& action) {
  if (!action.after || !effect_of(action.before, action.after).widens) return {};
  std::vector<std::string> found = broad_parts(*action.after);
  if (found.empty()) return found;
  for (const std::string& role : granted_roles(action)) {
    if (is_full(role)) found.push_back("role " + role);
    if (is_delegator(role)) found.emplace_back("delegation");
  }
  return found;
}

}  // namespace

void find_broad(const View& view, Findings& out) {
  std::vector<std::size_t> covered;
  std::set<std::string> found;
  for (std::size_t i = 0; i < view.plan.actions.size(); ++i) {
    const auto parts = objections(view.plan.actions[i]);
    if (parts.empty()) continue;
    covered.push_back(i);
    found.insert(parts.begin(), parts.end());
  }
  std::string what;
  for (const std::string& part : found) what += (what.empty() ? "" : ", ") + printable(part);
  std::string message = std::string(rail::kBroad) + ": " +
                        count_of(covered.size(), "widening", "widenings") + " with " + what +
                        "; name the services in the manifests, or approve";
  add_finding(out, rail::kBroad, std::move(covered), std::move(message));
}

}  // namespace authzd::rail_detail
