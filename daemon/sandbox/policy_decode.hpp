// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Request bodies of v1 and v2 into PolicyBody: the shape only. What a policy may say is judged by
// policy_rules.
#pragma once

#include "daemon/sandbox/json.hpp"
#include "daemon/sandbox/policy.hpp"
#include "daemon/sandbox/problem.hpp"

namespace authzd::sandbox {

Outcome<PolicyBody> decode_policy(const Json& body, ApiVersion version);

/// The version that a body is written in: v1 has `subjects`, v2 has `subject` or `control`.
ApiVersion version_of(const Json& body);

}  // namespace authzd::sandbox
