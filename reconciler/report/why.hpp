// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether an account's policies let a source reach a target, and which policies do. A question
// names some attributes of the access, and leaves the others open: it means every access with these
// attributes.
//
//   of one policy                                    | answer
//   -------------------------------------------------+------------
//   it has an attribute that surely does not admit   | no
//   what the question names, or no role that may be  |
//   the one asked for                                |
//   every attribute of it admits what the question   | yes
//   names, and it has the role                       |
//   else: it has an attribute that the question      | cannot tell
//   leaves open, or one whose meaning is not known,  |
//   a part that is not read, or a role that may      |
//   include the one asked for                        |
//
// The account's answer is the best one: it is never a wrong yes, and never a wrong no.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/source_pos.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/report/reach.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class WhyAnswer { no, cannot_tell, yes };  // the better one is the greater one
std::string_view to_string(WhyAnswer answer);   // "no", "cannot tell", "yes"

struct WhyQuestion {
  AttributeSet source;    // what is known of it, all by stringEquals; the account included
  AttributeSet target;    // the same; its account is the one that is asked
  std::string role = {};  // a display name or a CRN; empty: any role
};

/// What a policy asks for beyond what the question names.
struct WhyCondition {
  enum class Side { source, target, role, policy } side = Side::source;
  std::string text;  // "serviceInstance = 5104…", "Writer", "rule"

  auto operator<=>(const WhyCondition&) const = default;
};
std::string_view to_string(WhyCondition::Side side);  // "source", …

/// A policy that permits what is asked, may permit it, or nearly does.
struct WhyPolicy {
  Observed policy;
  WhyAnswer answer = WhyAnswer::no;
  PolicyOwner owner = PolicyOwner::unmanaged;
  std::string name = {};                      // of the authorization, by its marker
  std::optional<SourcePos> position = {};     // of the grant in the manifests
  std::vector<std::string> roles = {};        // of the policy that answer, as displayed, sorted
  std::vector<WhyCondition> conditions = {};  // "no": what is in the way; "cannot tell": what it
                                              // depends on; sorted
  /// Of a policy that a service made: the policies by which that service may pass this on.
  std::vector<PolicyId> delegated_by = {};
};

/// What is asked of one account. The result points to nothing of it.
struct WhyAccount {
  AccountId account;
  std::string name;
  std::span<const Observed> policies;
  const RoleNames* names = nullptr;  // of roles and instances
  const OwnerOf* owner_of = nullptr;
  const Desired* desired = nullptr;  // the manifests in force; null: not known
};

/// Policies that do not permit it are shown only where they are of the same two services.
inline constexpr std::size_t kMostNear = 5;

struct WhyResult {
  AccountId account;
  std::string name;
  WhyAnswer answer = WhyAnswer::no;
  std::vector<WhyPolicy> policies = {};  // that say yes or cannot tell; the best first, then by id
  std::vector<WhyPolicy> near = {};      // that say no, with the fewest reasons; at most kMostNear
  /// Policies by which their source could pass the access on to services that depend on it.
  std::vector<WhyPolicy> may_delegate = {};
};

WhyResult why(const WhyQuestion& question, const WhyAccount& account);

/// "server-protect → kms (instance 5104…) : Reader".
std::string question_text(const WhyQuestion& question,
                          const AccountId& home,
                          const RoleNames& names);

/// The spelling that `names` has for the role, where only the case differs; else `role`.
std::string known_spelling(const std::string& role, const RoleNames& names);

/// Whether a role gives what another one does. IAM decides by the actions of a role, which are not
/// known here. IBM describes its general roles as steps (Viewer, Operator, Editor, Administrator;
/// Reader, Writer, Manager), so that a lower step never gives what a higher one does.
///
///   the policy has                          | asked for     | answer
///   ----------------------------------------+---------------+------------
///   the same role                           | any           | yes
///   a higher step                           | a lower one   | cannot tell
///   a lower step, or one of the other steps | a general one | no
///   Authorization Delegator                 | another       | no
///   any                                     | Authorization | no
///                                           | Delegator     |
///   a role whose name is not known, or any  | another       | cannot tell
///   other role of a service                 |               |
WhyAnswer role_answer(const std::string& crn, const RoleNames& names, const std::string& wanted);

}  // namespace authzd
