// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Texts for people: who may do what, and why something is to be done. Every external text has
// passed printable(). Layout is the task of the writers.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Between a source and its target, and between before and after.
inline constexpr std::string_view kArrow = " → ";

/// Names for things that IAM knows by ids, as far as looked up: display names by role CRN, and
/// instance names in manifests, by instance_entry().
using RoleNames = std::map<std::string, std::string, std::less<>>;

/// The entry that adds an instance to RoleNames.
RoleNames::value_type instance_entry(std::string_view service,
                                     std::string_view id,
                                     std::string name);

/// Unchanged: it may contain anything.
std::optional<std::string> instance_name(std::string_view service,
                                         std::string_view id,
                                         const RoleNames& names);

/// "kms (instance 5104…)", "kms (instance prod-kms (5104…))", "is (type share, account a1b2…)",
/// "any resource group". The account is shown only if it is not `home`.
std::string party_text(const AttributeSet& attributes,
                       const AccountId& home,
                       const RoleNames& names = {});

/// "Authorization Delegator, Reader": sorted as displayed; "no role" for none.
std::string roles_text(const RoleSet& roles, const RoleNames& names);

/// "server-protect → kms (instance 5104…) : Reader".
std::string grant_text(const PolicyContent& content, const AccountId& home, const RoleNames& names);

/// One change of an update, as label and "before → after".
struct Difference {
  std::string label;
  std::string change;
};
std::vector<Difference> differences(const PolicyContent& before,
                                    const PolicyContent& after,
                                    const AccountId& home,
                                    const RoleNames& names);

/// Both sides of a Stalled write: "wanted: roles Reader, Writer; IAM has: roles Reader". For an
/// update only the differences, for a create or a delete the whole grant and "nothing".
std::string sides_text(const Action& action, const AccountId& home, const RoleNames& names);

/// "the roles are not those of the manifest".
std::string_view reason_text(const Action& action);

/// Held actions by the holds that they share: the same approvals release each group.
using HeldGroups = std::map<std::vector<std::string>, std::vector<const Action*>>;
HeldGroups held_groups(const Plan& plan);

/// How much the rails hold; an action that several hold counts once.
struct HeldSum {
  std::size_t actions = 0;
  std::size_t holds = 0;
};
HeldSum held_sum(const HeldGroups& groups);

/// "12 actions, in 4 holds".
std::string held_sum_text(const HeldSum& sum);

/// The facts about a policy that is to be deleted or narrowed: "last used 2026-…", …
std::vector<Difference> removal_facts(const Action& action);

/// What the manifest says about why the grant exists: owner, purpose, ticket, when it is reviewed.
std::vector<Difference> rationale_facts(const Rationale& rationale);

/// "ends at 2026-…, then deleted".
std::string end_text(const GrantEnd& end);

/// "server-protect → kms (instance 5104…)".
std::string parties_text(const GrantEnd& end, const AccountId& home, const RoleNames& names = {});

/// The subject of a note: the policy in IAM, or the one that the mode does not allow to create.
const PolicyContent* shown_of(const Note& note);

/// '+', '~' or '-'; for notes '!', '=' or '?'.
char symbol_of(Verb verb);
char symbol_of(NoteKind kind);
inline constexpr char kEndSymbol = '>';  // for a grant whose end changes: nothing is written yet

/// "changed by IBMid-1 at 2026-…", "policy 5104… was deleted by IBMid-1 at 2026-…".
std::string drift_text(const Drift& drift);

/// "IBMid-1 at 2026-…; last changed by IBMid-2 at 2026-…".
std::string author_text(const Authorship& author);

/// What a reader of a plan must know besides: deletes of unknown use, and what is Stalled.
std::vector<std::string> caution_texts(const PlanCounts& counts);

/// The last line of a plan, without a newline.
std::string summary_line(const PlanCounts& counts);

/// The final sentences of a plan about grants that policies of others provide, and how to take
/// those policies over; empty if there are none.
std::vector<std::string> adoption_texts(const PlanCounts& counts);

}  // namespace authzd
