// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The endpoints under /sandbox/v1, by which other processes script the sandbox: faults, switches,
// the log, edits by hand. daemon/docs/sandbox.md describes each.
#pragma once

#include "daemon/sandbox/service.hpp"
#include "daemon/sandbox/world.hpp"

namespace authzd::sandbox {

HttpResponse serve_admin(SandboxService& service, SandboxService::Parts& parts, Call& call);

/// {"as": iam id, "description"?, "subject"?, "resource"?, "control"?, "state"?}: members in v2's
/// shape replace the policy's own. No rule is checked: a hand may do anything.
Outcome<void> edit_policy(World& world, const std::string& id, const Json& change, Timestamp now);

}  // namespace authzd::sandbox
