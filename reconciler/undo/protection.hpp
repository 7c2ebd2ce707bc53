// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an undo heeds of the manifests: what they protect, although no write to IAM has marked it
// yet, and what they assert.
#pragma once

#include "reconciler/plan/asserted.hpp"
#include "reconciler/undo/undo.hpp"

#include <set>
#include <span>

namespace authzd {

/// The undo without the actions that delete or narrow a policy with one of these keys; adds a note
/// each.
Undo without_protected(Undo undo, const std::set<Key>& keys);

/// The undo without the actions that would break an assertion, as a plan of the manifests has it
/// (reconciler/plan/asserted.hpp). `names`: of roles, as far as known.
Undo without_broken(Undo undo,
                    std::span<const Observed> observed,
                    std::span<const Assertion> assertions,
                    const KnownRoleNames& names);

}  // namespace authzd
