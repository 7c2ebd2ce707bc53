// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The breadth of one side of a grant. A side that names only its account means everything in it,
// however it is written; a manifest must ask for that explicitly.
#pragma once

#include "reconciler/model/attribute.hpp"

namespace authzd {

/// True if some attribute excludes something. An attribute that every resource has, one that must
/// not exist, and a pattern that matches everything exclude nothing; nor does accountId, which
/// every side has. In doubt the answer is false.
bool is_limited(const AttributeSet& side);

}  // namespace authzd
