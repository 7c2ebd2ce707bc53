// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Compares what a grant or a policy permits with a pattern. Both are sets of accesses: a source
// with its attributes, a target with its own, and a role.
//
//   the pattern says      | the policy says              | meets | why
//   ----------------------+------------------------------+-------+-------------------------------
//   service kms           | service hs-crypto            | no    | no value is in both
//   service kms           | service kms, instance A      | yes   | all that it permits is kms
//   kms, instance A       | service kms                  | yes   | it permits all of kms
//   service kms           | resource group G             | yes   | open to each service in it
//   kms, instance A       | kms, resource group G        | maybe | unknown whether A is in G
//   service kms           | instance A                   | maybe | unknown which service A is of
//   instance a*           | instance stringMatch *b      | maybe | both have wildcards, neither
//                         |                              |       | contains the other
//   service kms           | an unknown operator          | maybe | its meaning is unknown
//   service kms           | kms and hs-crypto            | maybe | unknown whether both must match
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

/// In increasing order of certainty.
enum class Answer { no, maybe, yes };

/// The known names of a role: either may be empty.
struct RoleWords {
  std::string crn;
  std::string name;
};

/// What a grant or a policy permits. Points into its source.
struct Access {
  const AttributeSet* subject = nullptr;
  const AttributeSet* resource = nullptr;
  std::vector<RoleWords> roles;
  bool is_narrowed = false;  // by parts that are not read here: a rule, a pattern, …
};

using KnownRoleNames = std::map<std::string, std::string, std::less<>>;  // by CRN

Access access_of(const Grant& grant);
Access access_of(const PolicyContent& content, const KnownRoleNames& names);

/// The entries of one side of a pattern, without "source." or "target."; "*" has no effect and is
/// omitted. Points into the pattern.
using SidePattern = std::vector<std::pair<std::string_view, std::string_view>>;
SidePattern side_of(const PolicyPattern& pattern, std::string_view prefix);

/// Whether the meaning of its operator is known. How IAM treats a wildcard under equality is not.
bool is_clear(const Attribute& attribute);

struct SideRelation {
  Answer meets = Answer::no;  // some access is in both
  bool within = false;        // everything that the policy permits matches the pattern
  bool covers = false;        // everything that matches the pattern is permitted
};

/// `own`: the account of the policy, which limits neither a source nor a target.
SideRelation relate_side(const AttributeSet& side,
                         const SidePattern& pattern,
                         const AccountId& own,
                         GlobWork& work);

/// Maybe: the pattern has a CRN where only the name is known, or the reverse.
Answer role_fits(const RoleWords& role, std::string_view glob);

/// For a pattern's list, in which empty means any role.
Answer role_fits_any(const RoleWords& role, const std::vector<std::string>& globs);

}  // namespace authzd
