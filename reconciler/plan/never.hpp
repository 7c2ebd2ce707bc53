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

/// Every entry of the pattern fits an attribute of the policy; an any-of attribute fits with any of
/// its values, stringExists true with "*" alone. The case of an id does not matter. An empty
/// pattern fits nothing.
bool fits(const PolicyContent& content, const PolicyPattern& pattern);

/// The first pattern that fits; none: nullptr.
const PolicyPattern* find_never(std::span<const PolicyPattern> never, const PolicyContent& content);

/// "serviceName: kms, region: eu-*".
std::string pattern_text(const PolicyPattern& pattern);

/// '*' stands for any text, '?' for any one character.
bool matches_glob(std::string_view glob, std::string_view text);

}  // namespace authzd
