// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies, and where the next page of them starts, between parsed JSON and the model. For the
// codecs of this folder.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/policy.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// Members that IAM adds for people (`format=display`, iam-api §2.4): no content.
bool is_for_display(std::string_view member);

class Fault;

/// A policy in the form of v2. Empty if it is of another type than authorization.
/// Errors: bad_response if it has no id, or if a member is not as the API documents it.
Result<std::optional<Observed>> policy_from_v2(const nlohmann::json& json);

/// The layout of a policy in the form of v2; empty if it is undecodable.
PolicyLayout layout_from_v2(const nlohmann::json& json);

/// The same as policy_from_v2 for the form of v1. What only v1 could express (a second subject)
/// goes to `extras`.
Result<std::optional<Observed>> policy_from_v1(const nlohmann::json& json);

/// The value of an attribute with that operator that is written as one text.
AttributeValue attribute_value(std::string text, std::string_view op);

/// True for a policy that has an id and no marker in its description, not even the start of one: if
/// such a policy is undecodable, the rest of a list still counts.
bool is_clearly_not_ours(const nlohmann::json& json);

/// True for v1's placeholder for a policy that only v2 can express (iam-api §2.5).
bool is_v1_placeholder(const nlohmann::json& json);

/// The page's `next.start`, or the `start` in its link; empty on the last page. A `next` without a
/// start is a fault: a part of the list must not be taken for the whole.
std::string next_start_of(const nlohmann::json& page, Fault& fault);

}  // namespace authzd
