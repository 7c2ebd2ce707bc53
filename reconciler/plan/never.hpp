// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// rails.never: patterns of policies that are never touched, whatever the manifests say and whoever
// approves.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <span>

namespace authzd {

/// The first pattern that fits; none: nullptr.
const PolicyPattern* find_never(std::span<const PolicyPattern> never, const PolicyContent& content);

}  // namespace authzd
