// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A list of policies that somebody saved to a file.
#include "daemon/iam/offline_list.hpp"
#include "tests/fuzz/policies.hpp"

namespace authzd::fuzz {

void saved_list(std::string_view input) {
  const auto list = parse_saved_list(input);
  if (!list) {
    promise_showable(to_string(list.error()), "why a file is refused may be shown");
    return;
  }
  for (std::size_t i = 0; i < list->policies.size(); ++i) {
    const Observed& policy = list->policies[i];
    check_policy(policy);
    promise(policy.state == PolicyState::active, "a list holds what is in force");
    promise(i == 0 || list->policies[i - 1].id < policy.id, "each policy is listed once");
  }
  for (const std::string& warning : list->warnings) promise_showable(warning, "a warning is shown");
  const RoleTable roles = offline_roles(list->policies, {"server-protect", "kms"});
  for (const Role& role : roles.service) promise(!role.crn.empty(), "a role has a CRN");
}

}  // namespace authzd::fuzz
