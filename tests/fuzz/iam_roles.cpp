// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The roles of a pair (GET /v2/roles): the input's first line is a role as a manifest names it.
#include "daemon/iam/policy_codec.hpp"
#include "tests/fuzz/policies.hpp"

#include <algorithm>

namespace authzd::fuzz {
namespace {

bool holds(const RoleTable& table, std::string_view crn) {
  const auto has = [crn](const std::vector<Role>& roles) {
    return std::ranges::find(roles, crn, &Role::crn) != roles.end();
  };
  return has(table.service) || has(table.system) || has(table.custom);
}

void check_resolved(const RoleTable& table, std::string_view written) {
  const auto crn = resolve_role(table, written, {"server-protect", "kms"});
  if (!crn) {
    promise_showable(to_string(crn.error()), "why a role is not found may be shown");
    return;
  }
  promise(*crn == written || holds(table, *crn), "a role is one of IAM's");
}

}  // namespace

void iam_roles(std::string_view input) {
  const auto written = take_line(input);
  const auto table = decode_roles(input);
  if (!table) return check_bad_response(table.error());
  check_resolved(*table, written);
  for (const Role& role : table->custom) check_resolved(*table, role.display_name);
  for (const Role& role : table->service) {
    promise(!role.crn.empty() && !role.display_name.empty(), "a role has a name and a CRN");
    check_resolved(*table, role.display_name);
  }
}

}  // namespace authzd::fuzz
