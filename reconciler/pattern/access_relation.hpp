// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How what a grant or a policy permits stands to what a pattern speaks of. Both are sets of
// accesses: a source with its attributes, a target with its own, and a role.
//
//   the pattern says      | the policy says              | meets | why
//   ----------------------+------------------------------+-------+-------------------------------
//   service kms           | service hs-crypto            | no    | no value is among both
//   service kms           | service kms, instance A      | yes   | all that it permits is kms
//   kms, instance A       | service kms                  | yes   | it permits all of kms
//   service kms           | resource group G             | yes   | open to each service in it
//   kms, instance A       | kms, resource group G        | maybe | nobody says whether A is in G
//   service kms           | instance A                   | maybe | nobody says what A is one of
//   instance a*           | instance stringMatch *b      | maybe | both have wildcards, and neither
//                         |                              |       | holds the other
//   service kms           | an operator that is not known| maybe | what it means is not known
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/assertion.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/pattern/globs.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

/// From the worst to know to the best.
enum class Answer { no, maybe, yes };

/// A role by what is known of it: either may be empty.
struct RoleWords {
  std::string crn;
  std::string name;
};

/// What a grant or a policy permits. It points into what it was made of.
struct Access {
  const AttributeSet* subject = nullptr;
  const AttributeSet* resource = nullptr;
  std::vector<RoleWords> roles;
  bool is_narrowed = false;  // by parts that are not read here: a rule, a pattern, …
};

using KnownRoleNames = std::map<std::string, std::string, std::less<>>;  // by CRN

Access access_of(const Grant& grant);
Access access_of(const PolicyContent& content, const KnownRoleNames& names);

/// The entries of one side of a pattern, without "source." or "target."; "*" says nothing, and is
/// left out. It points into the pattern.
using SidePattern = std::vector<std::pair<std::string_view, std::string_view>>;
SidePattern side_of(const PolicyPattern& pattern, std::string_view prefix);

/// Whether its operator means what is known of it. How IAM takes a wildcard under equality is not.
bool is_clear(const Attribute& attribute);

struct SideRelation {
  Answer meets = Answer::no;  // some access is among both
  bool within = false;        // all that the policy permits fits the pattern
  bool covers = false;        // all that fits the pattern is permitted
};

/// `own`: the account of the policy, which limits a source as little as it does a target.
SideRelation relate_side(const AttributeSet& side,
                         const SidePattern& pattern,
                         const AccountId& own,
                         GlobWork& work);

/// Maybe: the pattern has a CRN where only the name is known, or the other way round.
Answer role_fits(const RoleWords& role, std::string_view glob);

/// Of a pattern's list, of which an empty one is any role.
Answer role_fits_any(const RoleWords& role, const std::vector<std::string>& globs);

}  // namespace authzd
