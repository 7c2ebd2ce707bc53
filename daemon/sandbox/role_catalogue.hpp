// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM's roles, and which of them a (source, target) pair of services may be given: by IBM's
// publications (daemon/data), with CRNs by IBM's rule where it prints none (iam-api §4).
#pragma once

#include "daemon/sandbox/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd::sandbox {

struct RoleInfo {
  std::string crn;
  std::string display_name;
  std::string description;
  std::string platform_crn = {};  // the other spelling in IBM's pages, if any
};

/// Whether the undecided CRNs are spelt as service roles or as platform roles.
enum class CrnStyle { service, platform };

const std::string& crn_of(const RoleInfo& role, CrnStyle style);
bool is_system_role(const RoleInfo& role, CrnStyle style);

/// Roles of an authorization. An undocumented pair has all roles of its target; one with a service
/// that is not in IBM's table has none.
struct PairRoles {
  std::vector<const RoleInfo*> roles;
  bool is_documented = false;
};

/// An empty source means any source.
PairRoles roles_of_pair(std::string_view source, std::string_view target);

/// Roles of an access policy on `service`; if empty, those of every service.
std::vector<const RoleInfo*> roles_of_service(std::string_view service);

/// Roles on a service group: those of its services. Only "IAM" is known.
std::vector<const RoleInfo*> roles_of_group(std::string_view group);

/// The role with that CRN, or null.
const RoleInfo* find_role(std::string_view crn, CrnStyle style);

/// As in `/v2/roles` and `format=display`. `actions` is made up: one name per role.
Json role_json(const RoleInfo& role, CrnStyle style);

}  // namespace authzd::sandbox
