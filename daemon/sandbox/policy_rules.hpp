// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a policy may contain (iam-api §2.5, §5): IAM and the sandbox refuse the rest with 400.
#pragma once

#include "daemon/sandbox/policy.hpp"
#include "daemon/sandbox/problem.hpp"
#include "daemon/sandbox/switches.hpp"

namespace authzd::sandbox {

/// Everything but the roles.
Outcome<void> check_policy(const PolicyBody& body, const Switches& switches);

/// The service whose roles an authorization may have: its target, or "resource-controller" if the
/// target is not a service (a resource group).
std::string role_service(const PolicyBody& body);

}  // namespace authzd::sandbox
