// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Attribute patterns, as in rails.never and assertions: compares the values that an attribute
// admits with a glob.
#pragma once

#include "reconciler/model/assertion.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/pattern/globs.hpp"

#include <span>
#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::string_view kSourcePrefix = "source.";
inline constexpr std::string_view kTargetPrefix = "target.";

/// The attribute admits a value that matches the glob, possibly by a wildcard, a list or
/// stringExists. Ignores the case of ids.
bool admits(const Attribute& attribute, std::string_view glob);

/// How the values that an attribute admits relate to those that match a glob.
struct ValueRelation {
  bool meets = false;    // some value is in both
  bool within = false;   // each admitted value matches the glob
  bool covers = false;   // each value that matches the glob is admitted
  bool certain = false;  // one of the two names such a value explicitly, rather than only allowing
                         // it
};

/// `within`, `covers` and `certain` are false if the remaining budget does not suffice.
ValueRelation relate(const Attribute& attribute, std::string_view glob, GlobWork& work);

/// Every entry of the pattern matches the policy. An empty pattern matches nothing. A side without
/// the attribute is open to all of its values, and matches: a target without an instance is every
/// instance. Only the account is not open: without one, it is the account itself. An entry that
/// names no side matches an attribute of either. An absent one is open to it on the target, and on
/// a source that matches another of these entries.
bool fits(const PolicyContent& content, const PolicyPattern& pattern);

/// The first of `rails.never` that matches; nullptr if none does. Policies that match are never
/// touched, whatever the manifests or approvals say.
const PolicyPattern* find_never(std::span<const PolicyPattern> never, const PolicyContent& content);

/// "serviceName: kms, region: eu-*".
std::string pattern_text(const PolicyPattern& pattern);

}  // namespace authzd
