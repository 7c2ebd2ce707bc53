// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Patterns of attributes, as rails.never and assertions have them: what a value admits, against a
// glob.
#pragma once

#include "reconciler/model/assertion.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/pattern/globs.hpp"

#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::string_view kSourcePrefix = "source.";
inline constexpr std::string_view kTargetPrefix = "target.";

/// The attribute admits a value which the glob speaks of, be it by a wildcard, a list or
/// stringExists. The case of an id does not matter.
bool admits(const Attribute& attribute, std::string_view glob);

/// How the values that an attribute admits stand to those that a glob speaks of.
struct ValueRelation {
  bool meets = false;    // some value is among both
  bool within = false;   // each value that is admitted fits the glob
  bool covers = false;   // each value that fits the glob is admitted
  bool certain = false;  // such a value is named by one of the two, and does not only look possible
};

/// `within` and `covers` are false where the work that is left gave no answer, and so is `certain`.
ValueRelation relate(const Attribute& attribute, std::string_view glob, GlobWork& work);

/// Every entry of the pattern fits an attribute of the policy. An empty pattern fits nothing, and
/// an attribute that the policy does not have fits no entry, but for the service: a side without
/// one is open to each.
bool fits(const PolicyContent& content, const PolicyPattern& pattern);

/// "serviceName: kms, region: eu-*".
std::string pattern_text(const PolicyPattern& pattern);

}  // namespace authzd
