// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The roles of a pair (GET /v2/roles): the input's first line is a role as a manifest names it. The
// same bytes as a reply of Resource Controller: the line is the name of an instance.
#include "daemon/iam/instance_codec.hpp"
#include "daemon/iam/policy_codec.hpp"
#include "reconciler/plan/instances.hpp"
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

void check_instances(std::string_view name, std::string_view body) {
  const auto page = decode_instances(body);
  if (!page) return check_bad_response(page.error());
  for (const char c : page->next) promise(c > ' ' && c < '\x7f', "a link breaks no request");
  for (const Instance& one : page->instances) {
    promise(one.service.empty() == one.id.empty(), "an instance has an id, or is nobody's");
    promise(one.service.empty() || is_account_id(one.account.value), "it is of an account");
  }
  const InstanceName wanted{"kms", std::string(name)};
  const AccountId home{std::string(kHomeAccount)};
  const InstanceTable table{{wanted.name, page->instances}};
  const auto id = find_instance(wanted, home, table);
  if (!id) {
    promise_showable(to_string(id.error()), "why an instance is not found may be shown");
    promise(to_string(id.error()).find('\n') == std::string::npos, "it is one line");
    return;
  }
  const bool is_one = std::ranges::any_of(page->instances, [&](const Instance& one) {
    return one.id == *id && one.name == name && one.service == "kms" && one.account == home;
  });
  promise(is_one, "an id is that of an instance of that name, service and account");
}

}  // namespace

void iam_roles(std::string_view input) {
  const auto written = take_line(input);
  check_instances(written, input);
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
