// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies that the manifests protect although no write to IAM has marked them yet: an undo does
// not remove them either.
#pragma once

#include "reconciler/undo/undo.hpp"

#include <set>

namespace authzd {

/// The undo without the actions that delete or narrow a policy with one of these keys; adds a note
/// each.
Undo without_protected(Undo undo, const std::set<Key>& keys);

}  // namespace authzd
