// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rails for what a change newly grants. `allow`: what a manifest may grant without approval.
// `broad`: a widening that does not name the services on both sides; it checks for service names,
// so no spelling of "all services" passes it.

#include "reconciler/base/text.hpp"
#include "reconciler/plan/risk.hpp"
#include "reconciler/rails/rail_finding.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd::rail_detail {
namespace {

/// As a plan shows it: a custom role may have any name, so that its CRN stays.
std::string role_word(const std::string& crn, const View& view) {
  const auto name = view.history.role_names.find(crn);
  if (name == view.history.role_names.end()) return crn;
  return is_predefined_role(crn) ? name->second : name->second + " (" + crn + ")";
}

class AllowCheck {
 public:
  explicit AllowCheck(const View& view) : view_(view), allow_(view.rules.allow) {}

  /// The parts of the change that exceed rails.allow: "role Writer", …; empty if there are none.
  [[nodiscard]] std::vector<std::string> objections(const Action& action) const {
    std::vector<std::string> found;
    if (!action.after || !effect_of(action.before, action.after).widens) return found;
    const PolicyContent& after = *action.after;
    check_account(after.subject, found);
    check_target(after.resource, found);
    for (const std::string& role : granted_roles(action)) check_role(role, found);
    return found;
  }

 private:
  void check_account(const AttributeSet& subject, std::vector<std::string>& found) const {
    const std::string account(subject.equals_value("accountId"));
    if (account == view_.plan.account.value) return;
    if (allow_.source_accounts && allow_.source_accounts->contains(account)) return;
    found.push_back(account.empty() ? "a source in any account" : "source account " + account);
  }

  void check_target(const AttributeSet& resource, std::vector<std::string>& found) const {
    if (!allow_.targets) return;
    const std::string service(resource.equals_value("serviceName"));
    if (allow_.targets->contains(service)) return;
    found.push_back(service.empty() ? "a target without a service" : "target " + service);
  }

  void check_role(const std::string& crn, std::vector<std::string>& found) const {
    const auto name = view_.history.role_names.find(crn);
    const bool is_named = name != view_.history.role_names.end();
    const bool delegates =
        is_delegator(crn) || (is_named && name->second == kAuthorizationDelegator);
    if (allow_.delegate == false && delegates) {
      found.emplace_back("delegation");
    }
    if (!allow_.roles || allow_.roles->contains(crn)) return;
    if (is_named && is_predefined_role(crn) && allow_.roles->contains(name->second)) return;
    found.push_back("role " + role_word(crn, view_));
  }

  const View& view_;
  const RailAllow& allow_;
};

}  // namespace

RoleSet granted_roles(const Action& action) {
  const PolicyContent& after = *action.after;
  if (!action.before) return after.roles;
  PolicyContent scope = *action.before;
  scope.roles = after.roles;
  if (effect_of(scope, after).widens) return after.roles;
  RoleSet added;
  std::set_difference(after.roles.begin(),
                      after.roles.end(),
                      action.before->roles.begin(),
                      action.before->roles.end(),
                      std::inserter(added, added.end()));
  return added;
}

void find_allow(const View& view, Findings& out) {
  const AllowCheck check(view);
  std::vector<std::size_t> covered;
  std::set<std::string> objections;
  for (std::size_t i = 0; i < view.plan.actions.size(); ++i) {
    const auto found = check.objections(view.plan.actions[i]);
    if (found.empty()) continue;
    covered.push_back(i);
    objections.insert(found.begin(), found.end());
  }
  constexpr std::size_t kShownObjections = 5;
  std::string what;
  std::size_t shown = 0;
  for (const std::string& objection : objections) {
    if (shown++ == kShownObjections) break;
    what += (what.empty() ? "" : ", ") + printable(objection);
  }
  if (objections.size() > kShownObjections) {
    what += " and " + std::to_string(objections.size() - kShownObjections) + " more";
  }
  std::string message = std::string(rail::kAllow) + ": " +
                        count_of(covered.size(), "widening", "widenings") + " outside of it (" +
                        what + "); approve, or add to rails.allow";
  add_finding(out, rail::kAllow, std::move(covered), std::move(message));
}

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
std::vector<std::string> objections(const Action& action, const View& view) {
  if (!action.after || !effect_of(action.before, action.after).widens) return {};
  std::vector<std::string> found = broad_parts(*action.after);
  if (found.empty()) return found;
  for (const std::string& role : granted_roles(action)) {
    if (is_full(role)) found.push_back("role " + role_word(role, view));
    if (is_delegator(role)) found.emplace_back("delegation");
  }
  return found;
}

}  // namespace

void find_broad(const View& view, Findings& out) {
  std::vector<std::size_t> covered;
  std::set<std::string> found;
  for (std::size_t i = 0; i < view.plan.actions.size(); ++i) {
    const auto parts = objections(view.plan.actions[i], view);
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
