// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// rails.never: patterns of policies that are never touched, whatever the manifests or approvals
// say.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/pattern/policy_pattern.hpp"

#include <span>

namespace authzd {

/// The first pattern that matches; nullptr if none does.
const PolicyPattern* find_never(std::span<const PolicyPattern> never, const PolicyContent& content);

}  // namespace authzd
