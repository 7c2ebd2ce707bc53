// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/role.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/service_names.hpp"
#include "reconciler/model/value_forms.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

std::string describe(const RoleQuery& pair) {
  const std::string source = pair.source_service.empty() ? "any service" : pair.source_service;
  if (pair.target_group.empty()) return source + " → " + pair.target_service;
  return source + " → the services of the group " + pair.target_group;
}

/// Sorted by name; a name that several roles share occurs several times.
std::vector<const Role*> all_roles(const RoleTable& table) {
  std::vector<const Role*> roles;
  for (const auto* group : {&table.service, &table.system, &table.custom}) {
    for (const Role& role : *group) roles.push_back(&role);
  }
  std::stable_sort(roles.begin(), roles.end(), [](const Role* a, const Role* b) {
    return a->display_name < b->display_name;
  });
  return roles;
}

/// The role that was probably meant: people write the last part of a CRN as a name, and copy CRNs
/// with wrong first parts.
const Role* meant_role(const std::vector<const Role*>& roles, std::string_view written) {
  const std::string_view word = is_crn(written) ? last_part(written) : written;
  const std::string plain = folded(word);
  std::vector<std::string_view> candidates;
  for (const Role* role : roles) {
    const std::string_view last = last_part(role->crn);
    if (folded(role->display_name) == plain || folded(last) == plain) return role;
    candidates.push_back(role->display_name);
    candidates.push_back(last);
  }
  const auto near = did_you_mean(word, candidates);
  if (!near) return nullptr;
  const auto found = std::find_if(roles.begin(), roles.end(), [&](const Role* role) {
    return role->display_name == *near || last_part(role->crn) == *near;
  });
  return found == roles.end() ? nullptr : *found;
}

std::string list_of_names(const std::vector<const Role*>& roles) {
  std::vector<std::string> names;
  for (const Role* role : roles) names.push_back(printable(role->display_name));
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return join(names, ", ");
}

Error unknown_role(const RoleTable& table, std::string_view written, const RoleQuery& pair) {
  const bool is_offline = table.authority == RoleAuthority::offline;
  if (table.empty() && !is_offline) {
    return {ErrorCode::invalid_manifest,
            "IAM offers no role for " + describe(pair) +
                ": it does not support this pair, or one of the two service names is misspelt"};
  }
  const std::vector<const Role*> roles = all_roles(table);
  std::string message = "role \"" + printable(written) +
                        (is_offline ? "\" is not known offline for " : "\" is not offered for ") +
                        describe(pair) + (is_offline ? "; known are " : "; valid roles are ") +
                        list_of_names(roles);
  if (const Role* meant = meant_role(roles, written)) {
    message += " (did you mean \"" + printable(meant->display_name) + "\"";
    if (is_crn(written)) message += ", " + printable(meant->crn);
    message += "?)";
  }
  if (is_offline) message += ". IAM may offer it: plan without --against asks IAM";
  return {ErrorCode::invalid_manifest, std::move(message)};
}

bool has_crn(const RoleTable& table, std::string_view crn) {
  return std::ranges::any_of(all_roles(table),
                             [crn](const Role* role) { return role->crn == crn; });
}

}  // namespace

RoleQuery role_query(const AttributeSet& subject, const AttributeSet& resource) {
  std::string source(subject.equals_value("serviceName"));
  std::string target(resource.equals_value("serviceName"));
  std::string group(resource.equals_value("service_group_id"));
  if (!target.empty()) return {std::move(source), std::move(target)};
  if (!group.empty()) return {std::move(source), {}, std::move(group)};
  return {std::move(source), "resource-controller"};
}

bool is_delegator(std::string_view crn) {
  return crn.ends_with(":role:AuthorizationDelegator");  // iam-api §4: the name without its space
}

std::string_view last_part(std::string_view crn) {
  return crn.substr(crn.rfind(':') + 1);
}

Result<std::string> resolve_role(const RoleTable& table,
                                 std::string_view written,
                                 const RoleQuery& pair) {
  if (is_crn(written)) {
    const bool is_good = table.authority == RoleAuthority::offline || has_crn(table, written);
    return is_good ? Result<std::string>(std::string(written)) : unknown_role(table, written, pair);
  }
  for (const auto* group : {&table.service, &table.system, &table.custom}) {
    std::vector<std::string> matches;
    for (const Role& role : *group) {
      if (role.display_name == written) matches.push_back(role.crn);
    }
    std::sort(matches.begin(), matches.end());
    matches.erase(std::unique(matches.begin(), matches.end()), matches.end());
    if (matches.size() == 1) return matches.front();
    if (matches.size() > 1) {
      return Error{ErrorCode::invalid_manifest,
                   "role \"" + std::string(written) + "\" is ambiguous for " + describe(pair) +
                       "; write one of these CRNs instead: " + printable(join(matches, ", "))};
    }
  }
  return unknown_role(table, written, pair);
}

bool is_predefined_role(std::string_view crn) {
  for (int part = 1; part < 9; ++part) {
    const std::size_t colon = crn.find(':');
    if (colon == std::string_view::npos) return false;
    crn.remove_prefix(colon + 1);
  }
  return crn.starts_with("serviceRole:") || crn.starts_with("role:");
}

bool has_name_of_another(std::string_view crn, std::string_view display_name) {
  constexpr std::array<std::string_view, 7> kGeneric{
      "Administrator", "Editor", "Manager", "Operator", "Reader", "Viewer", "Writer"};
  if (!is_predefined_role(crn)) return false;
  if (display_name == kAuthorizationDelegator) return !is_delegator(crn);
  return std::ranges::find(kGeneric, display_name) != kGeneric.end() &&
         last_part(crn) != display_name;
}

}  // namespace authzd
