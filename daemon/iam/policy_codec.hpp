// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Bodies of IAM's policy and role calls, as text, to and from the model. Reading is tolerant about
// what IAM leaves out and strict about what it must say: a policy that cannot be read whole and may
// be ours fails the whole list, because a part of the list is no truth. Anyone else's is left out
// and named. One of ours that lost its marker is then missed by its id, and the read of it fails.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/model/role.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct PolicyPage {
  std::vector<Observed> policies;  // authorizations only, in IAM's order, active or deleted
  std::vector<std::string> unreadable = {};  // what is wrong with each policy that is left out
  std::string next_start;                    // empty on the last page
};

/// GET /v2/policies. Errors: bad_response, naming the policy by its number on the page.
Result<PolicyPage> decode_policy_page(std::string_view body);

/// One policy of v2. Errors: bad_response, also where it is no authorization.
Result<Observed> decode_policy(std::string_view body);

/// One policy of v1; nothing where the reply is the placeholder for a policy that v1 cannot show.
Result<std::optional<Observed>> decode_policy_v1(std::string_view body);

/// The body of a v2 create or replace. `extras` are not written: that is how they are taken off.
std::string encode_policy(const PolicyContent& content);

/// GET /v2/roles. Errors: bad_response.
Result<RoleTable> decode_roles(std::string_view body);

/// "is a web page", "is empty", "is not JSON": what a body that cannot be read looks like.
std::string describe_non_json(std::string_view body);

}  // namespace authzd
