// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/role.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

std::string describe(const RoleQuery& pair) {
  const std::string source = pair.source_service.empty() ? "any service" : pair.source_service;
  if (pair.target_group.empty()) return source + " → " + pair.target_service;
  return source + " → the services of the group " + pair.target_group;
}

Error unknown_role(const RoleTable& table, std::string_view written, const RoleQuery& pair) {
  if (table.empty()) {
    return {ErrorCode::invalid_manifest,
            "IAM offers no role for " + describe(pair) +
                ": it does not support this pair, or one of the two service names is misspelt"};
  }
  std::vector<std::string> names;
  for (const auto* group : {&table.service, &table.system, &table.custom}) {
    for (const Role& role : *group) names.push_back(printable(role.display_name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  std::string message = "role \"" + std::string(written) + "\" is not offered for " +
                        describe(pair) + "; valid roles are " + join(names, ", ");
  if (const auto meant = did_you_mean(written, candidates)) {
    message += " (did you mean \"" + *meant + "\"?)";
  }
  return {ErrorCode::invalid_manifest, std::move(message)};
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

bool is_role_crn(std::string_view written) {
  return written.starts_with("crn:");
}

Result<std::string> resolve_role(const RoleTable& table,
                                 std::string_view written,
                                 const RoleQuery& pair) {
  if (is_role_crn(written)) return std::string(written);
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

std::string role_label(std::string_view crn) {
  const std::size_t colon = crn.rfind(':');
  return std::string(colon == std::string_view::npos ? crn : crn.substr(colon + 1));
}

}  // namespace authzd
