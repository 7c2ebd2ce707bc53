// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the manifests protect, though no write has brought that to IAM yet: an undo does not take it
// away either.
#pragma once

#include "reconciler/undo/undo.hpp"

#include <set>

namespace authzd {

/// The undo without the actions that delete or narrow a policy of one of these keys: a note each.
Undo without_protected(Undo undo, const std::set<Key>& keys);

}  // namespace authzd
