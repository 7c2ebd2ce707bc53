// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Bodies of IAM's policy and role calls, as text, to and from the model. Reading is tolerant about
// what IAM leaves out and strict about what it must say. A policy that cannot be read whole is left
// out of its page and named there: whether it may be ours is for those to judge who know the state.
#pragma once

#include "daemon/iam/gateway.hpp"
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
  std::vector<UnreadablePolicy> unreadable = {};
  std::string next_start;  // empty on the last page
};

/// Two ways to the same page: the quick one reads by simdjson what is as IAM writes it, and all
/// else as the thorough one does.
enum class PageReading { quick, thorough };

/// GET /v2/policies. Errors: bad_response; where a policy does not say its id and type, it is named
/// by its number on the page.
Result<PolicyPage> decode_policy_page(std::string_view body,
                                      PageReading reading = PageReading::quick);

/// One policy of v2. Errors: bad_response, also where it is no authorization.
Result<Observed> decode_policy(std::string_view body);

/// One policy of v1; nothing where the reply is the placeholder for a policy that v1 cannot show.
Result<std::optional<Observed>> decode_policy_v1(std::string_view body);

/// The policy that stands in the way of a create, as a 409 shows it: in the form of either version,
/// as an object or as text, with the ETag beside it. Nothing where it is not shown whole.
std::optional<Versioned> decode_rival(std::string_view body);

/// How one policy of v2 is written; empty where the body is none.
PolicyLayout decode_layout(std::string_view body);

/// The body of a v2 create or replace. What the layout has stands where and as it stands there; the
/// rest follows, sorted. `extras` are not written: that is how they are taken off.
std::string encode_policy(const PolicyContent& content, const PolicyLayout& layout = {});

/// GET /v2/roles. A role that cannot be read is left out. Errors: bad_response.
Result<RoleTable> decode_roles(std::string_view body);

/// "is a web page", "is empty", "is not JSON": what a body that cannot be read looks like.
std::string describe_non_json(std::string_view body);

}  // namespace authzd
