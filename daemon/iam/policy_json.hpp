// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies between JSON and the model, on the level of parsed JSON. For the codecs of this folder.
#pragma once

#include "reconciler/base/result.hpp"
#include "reconciler/model/policy.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// A policy in the form of v2. Nothing where it is of another type than authorization.
/// Errors: bad_response where it has no id, or where a member is not what the API promises.
Result<std::optional<Observed>> policy_from_v2(const nlohmann::json& json);

/// How a policy in the form of v2 is written; empty where it cannot be read.
PolicyLayout layout_from_v2(const nlohmann::json& json);

/// The same as policy_from_v2 for the form of v1. What only v1 could express (a second subject)
/// goes to `extras`.
Result<std::optional<Observed>> policy_from_v1(const nlohmann::json& json);

/// What an attribute of that operator holds whose value is written as one text.
AttributeValue attribute_value(std::string text, std::string_view op);

/// True for a policy that names itself and has no marker in its description, not even the start of
/// one: where such a policy cannot be read whole, the rest of a list still can.
bool is_clearly_not_ours(const nlohmann::json& json);

/// True for what a v1 reply shows in place of a policy that only v2 can express (iam-api §2.5).
bool is_v1_placeholder(const nlohmann::json& json);

}  // namespace authzd
