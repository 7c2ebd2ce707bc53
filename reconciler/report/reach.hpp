// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who may reach what in an account, as values: its policies as reports show them, those that a
// reader asks for, and the same by pairs of source and target.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/plan/ownership.hpp"
#include "reconciler/report/wording.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class PolicyOwner {
  ours,
  unmanaged,  // of people, and of other tools
  foreign,    // of an IBM service, an enterprise template, or another installation of authzd
};

inline constexpr std::array kPolicyOwners = {
    PolicyOwner::ours, PolicyOwner::unmanaged, PolicyOwner::foreign};
std::string_view to_string(PolicyOwner owner);  // "ours", …
PolicyOwner owner_of(OwnerClass owner);

struct ReachPolicy {
  PolicyId id;
  std::string name = {};  // of the authorization, by its marker
  PolicyOwner owner = PolicyOwner::unmanaged;
  AttributeSet subject;
  AttributeSet resource;
  std::vector<std::string> roles = {};  // as displayed, sorted
  std::string description = {};         // without a marker
  std::optional<Timestamp> last_used = {};
};

struct ReachView {
  AccountId account;
  std::string account_name;
  Timestamp listed = {};
  std::vector<ReachPolicy> policies;
  RoleNames names = {};
  bool is_use_known = true;  // IAM tells when policies were last used
};

/// Whose a policy is; the description is the policy's, parsed.
using OwnerOf = std::function<PolicyOwner(const Observed&, const Description&)>;

/// `view` with these policies, in their order; its names get those that came with them. Roles of
/// the same name are shown with their CRNs.
ReachView with_policies(ReachView view,
                        std::span<const Observed* const> policies,
                        const OwnerOf& owner_of);

/// A policy with its account.
struct Reached {
  const ReachPolicy* policy = nullptr;
  const ReachView* list = nullptr;
};

/// The label of a source or a target: "kms (instance 5104…)".
std::string party_label(const AttributeSet& side, const ReachView& list);

/// One side of a question: "kms", "kms:INSTANCE", where the instance is an id or the name that a
/// manifest gives it, or a CRN, of an instance or of a resource in one. Empty parts admit
/// everything.
struct ReachParty {
  std::string service = {};
  std::string instance = {};
  std::string resource_type = {};
  std::string resource = {};
  std::string account = {};  // of a CRN, after "a/", in lower case

  bool operator==(const ReachParty&) const = default;
};
ReachParty parse_party(std::string_view text);

/// Whether the side may mean the party: it is the party, it is wider, or it is a pattern that may
/// fit. A side for all instances of a service means each of them.
bool may_mean(const AttributeSet& side, const ReachView& list, const ReachParty& wanted);

/// Whether a role of the policy has this part in its displayed name, in any case; empty: it does.
bool has_role(const ReachPolicy& policy, const std::string& wanted);

struct ReachFilter {
  ReachParty source = {};
  ReachParty target = {};
  std::string role = {};      // a part of its displayed name, in any case
  bool is_managed = false;    // ours
  bool is_unmanaged = false;  // of people and other tools
};

/// The policies that may mean what is asked for, those of wider sides too: a policy for all of a
/// service reaches each of its instances. A policy lies in the account of its target, so that the
/// lists of other accounts have none for a target that is given by its CRN. They point into
/// `lists`.
std::vector<Reached> reached(std::span<const ReachView> lists, const ReachFilter& filter);

/// All policies of an account between a source and a target.
struct ReachPair {
  const ReachView* list = nullptr;
  std::string source;  // labels
  std::string target;
  std::set<std::string> roles = {};
  std::vector<const ReachPolicy*> policies = {};  // by id
  std::map<PolicyOwner, std::size_t> counts = {};
};

/// By account, source and target.
std::vector<ReachPair> pairs_of(std::span<const Reached> policies);

}  // namespace authzd
