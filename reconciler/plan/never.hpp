// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// rails.never: patterns of policies that are never touched, whatever the manifests say and whoever
// approves.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/plan/rail_rules.hpp"

#include <span>
#include <string>
#include <string_view>

namespace authzd {

/// Every entry of the pattern fits an attribute of the policy: one that admits a value which the
/// pattern speaks of, be it by a wildcard, a list or stringExists. The case of an id does not
/// matter. An empty pattern fits nothing, and an attribute that the policy does not have fits no
/// entry, but for the service: a side without one is open to each.
bool fits(const PolicyContent& content, const PolicyPattern& pattern);

/// The first pattern that fits; none: nullptr.
const PolicyPattern* find_never(std::span<const PolicyPattern> never, const PolicyContent& content);

/// "serviceName: kms, region: eu-*".
std::string pattern_text(const PolicyPattern& pattern);

}  // namespace authzd
