// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The endpoints under /sandbox/v1, for scripts in other processes: faults, switches, the log,
// manual changes. daemon/docs/sandbox.md describes each.
#pragma once

#include "daemon/sandbox/service.hpp"
#include "daemon/sandbox/world.hpp"

namespace authzd::sandbox {

HttpResponse serve_admin(SandboxService& service, SandboxService::Parts& parts, Call& call);

/// {"as": iam id, "description"?, "subject"?, "resource"?, "control"?, "state"?}: members in v2's
/// form replace the policy's own. No rule is checked: a manual change may do anything.
Outcome<void> edit_policy(World& world, const std::string& id, const Json& change, Timestamp now);

}  // namespace authzd::sandbox
