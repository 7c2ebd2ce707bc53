// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Decodes request bodies of v1 and v2 to PolicyBody: only the format. policy_rules checks the
// content.
#pragma once

#include "daemon/sandbox/json.hpp"
#include "daemon/sandbox/policy.hpp"
#include "daemon/sandbox/problem.hpp"

namespace authzd::sandbox {

Outcome<PolicyBody> decode_policy(const Json& body, ApiVersion version);

/// The version of a body's format: v1 has `subjects`, v2 has `subject` or `control`.
ApiVersion version_of(const Json& body);

}  // namespace authzd::sandbox
