// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How wide one side of a grant is. A side that says nothing beyond its account means everything in
// it, however that is spelled; a manifest has to ask for it by name.
#pragma once

#include "reconciler/model/attribute.hpp"

namespace authzd {

/// True where some attribute rules something out. One that every resource has, one that must not
/// exist, and a pattern that everything fits rule out nothing; nor does accountId, which every side
/// has. In doubt the answer is false.
bool is_limited(const AttributeSet& side);

}  // namespace authzd
