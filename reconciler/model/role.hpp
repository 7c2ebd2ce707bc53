// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Roles: display names as people write them, CRNs as IAM stores them. A CRN is never built from a
// name; it is looked up in the answer of /v2/roles for a (source, target) pair (iam-api §4).
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/attribute.hpp"

#include <compare>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Role CRNs.
using RoleSet = std::set<std::string, std::less<>>;

inline constexpr std::string_view kAuthorizationDelegator = "Authorization Delegator";

struct Role {
  std::string crn;
  std::string display_name;

  auto operator<=>(const Role&) const = default;
};

/// The source of a role table. A role missing in IAM's answer is not offered; a role missing in the
/// offline data may exist.
enum class RoleAuthority { iam, offline };

/// The answer of /v2/roles for one pair. All empty: IAM does not support the pair.
struct RoleTable {
  std::vector<Role> service;
  std::vector<Role> system;
  std::vector<Role> custom;
  RoleAuthority authority = RoleAuthority::iam;

  [[nodiscard]] bool empty() const { return service.empty() && system.empty() && custom.empty(); }
  bool operator==(const RoleTable&) const = default;
};

/// The pair to ask /v2/roles about.
struct RoleQuery {
  std::string source_service;     // empty: anything in a resource group
  std::string target_service;     // "resource-controller" if the target names neither
  std::string target_group = {};  // service_group_id, such as "IAM"; then target_service is empty

  auto operator<=>(const RoleQuery&) const = default;
};

RoleQuery role_query(const AttributeSet& subject, const AttributeSet& resource);

/// The CRN of a role written as a display name (exact, case-sensitive) or as a CRN. A name is
/// searched among service, then system, then custom roles. A CRN that cannot be checked offline is
/// returned unchanged. Errors: invalid_manifest if no role has the name or the CRN (the message
/// lists the valid ones, or says that IAM supports no such pair), and if two of one group share a
/// name (the message prints the CRNs).
Result<std::string> resolve_role(const RoleTable& table,
                                 std::string_view written,
                                 const RoleQuery& pair);

/// True for the role Authorization Delegator.
bool is_delegator(std::string_view crn);

/// "ObjectWriter" of "crn:v1:bluemix:public:cloud-object-storage::::serviceRole:ObjectWriter".
std::string_view last_part(std::string_view crn);

/// A role of a service or of the platform, whose name IBM defines; a custom role may have any name.
/// The ninth part of the CRN tells (iam-api §4).
bool is_predefined_role(std::string_view crn);

/// IBM's role has, in this reply, the name of another role that every service has or may have, such
/// as Reader: a reader would take it for less than it grants. The CRNs of these roles
/// end like their names (iam-api §4).
bool has_name_of_another(std::string_view crn, std::string_view display_name);

}  // namespace authzd
