// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/reach.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/plan/risk.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

/// Names that several roles have: only the CRN tells those apart.
std::set<std::string> names_of_several(const RoleNames& names) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [crn, name] : names) ++counts[name];
  std::set<std::string> several;
  for (const auto& [name, count] : counts) {
    if (count > 1) several.insert(name);
  }
  return several;
}

ReachPolicy reach_of(const Observed& policy,
                     const OwnerOf& owner_of,
                     const RoleNames& names,
                     const std::set<std::string>& several) {
  const Description description = parse_description(policy.content.description);
  ReachPolicy reach;
  reach.id = policy.id;
  reach.owner = owner_of(policy, description);
  if (description.marker) reach.name = description.marker->name;
  reach.subject = policy.content.subject;
  reach.resource = policy.content.resource;
  reach.description = description.text;
  reach.last_used = policy.last_permit_at;
  for (const std::string& crn : policy.content.roles) {
    std::string shown = roles_text({crn}, names);
    if (several.contains(shown)) shown += " (" + crn + ")";
    reach.roles.push_back(std::move(shown));
  }
  std::ranges::sort(reach.roles);
  return reach;
}

/// The parts of a CRN: crn, version, cname, ctype, service, region, scope, instance, type,
/// resource, where the last may have colons.
std::vector<std::string> crn_parts(std::string_view crn) {
  constexpr std::size_t kParts = 10;
  std::vector<std::string> parts;
  while (parts.size() + 1 < kParts) {
    const std::size_t colon = crn.find(':');
    if (colon == std::string_view::npos) break;
    parts.emplace_back(crn.substr(0, colon));
    crn.remove_prefix(colon + 1);
  }
  parts.emplace_back(crn);
  parts.resize(kParts);
  return parts;
}

ReachParty party_of_crn(std::string_view crn) {
  constexpr std::string_view kAccountScope = "a/";
  std::vector<std::string> parts = crn_parts(crn);
  ReachParty party{
      std::move(parts[4]), std::move(parts[7]), std::move(parts[8]), std::move(parts[9])};
  if (parts[6].starts_with(kAccountScope)) {
    party.account = to_lower(parts[6].substr(kAccountScope.size()));
  }
  return party;
}

bool is_asked_for(const ReachPolicy& policy, const ReachView& list, const ReachFilter& filter) {
  if (filter.is_managed && policy.owner != PolicyOwner::ours) return false;
  if (filter.is_unmanaged && policy.owner != PolicyOwner::unmanaged) return false;
  const std::string& target_account = filter.target.account;
  if (!target_account.empty() && target_account != list.account.value) return false;
  return may_mean(policy.subject, list, filter.source) &&
         may_mean(policy.resource, list, filter.target) && has_role(policy, filter.role);
}

}  // namespace

bool may_mean(const AttributeSet& side, const ReachView& list, const ReachParty& wanted) {
  if (!wanted.service.empty() && !may_admit(side, "serviceName", to_lower(wanted.service))) {
    return false;
  }
  const auto may_be = [&side](std::string_view name, const std::string& value) {
    return value.empty() || may_admit(side, name, value);
  };
  if (!may_be("resourceType", wanted.resource_type) || !may_be("resource", wanted.resource) ||
      !may_be("accountId", wanted.account)) {
    return false;
  }
  if (wanted.instance.empty()) return true;
  const std::string_view id = side.equals_value(kServiceInstance);
  const auto name = instance_name(side.equals_value("serviceName"), id, list.names);
  if (name && *name == wanted.instance) return true;
  return may_admit(side, kServiceInstance, to_lower(wanted.instance)) ||
         may_admit(side, kServiceInstance, wanted.instance);
}

bool has_role(const ReachPolicy& policy, const std::string& wanted) {
  if (wanted.empty()) return true;
  return std::ranges::any_of(policy.roles, [lower = to_lower(wanted)](const std::string& role) {
    return to_lower(role).find(lower) != std::string::npos;
  });
}

std::string_view to_string(PolicyOwner owner) {
  switch (owner) {
    case PolicyOwner::ours: return "ours";
    case PolicyOwner::unmanaged: return "unmanaged";
    case PolicyOwner::foreign: return "foreign";
  }
  return {};
}

PolicyOwner owner_of(OwnerClass owner) {
  switch (owner) {
    case OwnerClass::ours:
    case OwnerClass::altered:
    case OwnerClass::unmarked: return PolicyOwner::ours;
    case OwnerClass::foreign:
    case OwnerClass::theirs:
    case OwnerClass::disputed: return PolicyOwner::foreign;
    case OwnerClass::unmanaged: break;
  }
  return PolicyOwner::unmanaged;
}

ReachView with_policies(ReachView view,
                        std::span<const Observed* const> policies,
                        const OwnerOf& owner_of) {
  for (const Observed* policy : policies) {
    view.names.insert(policy->role_names.begin(), policy->role_names.end());
  }
  const auto several = names_of_several(view.names);
  for (const Observed* policy : policies) {
    view.policies.push_back(reach_of(*policy, owner_of, view.names, several));
  }
  return view;
}

std::string party_label(const AttributeSet& side, const ReachView& list) {
  return party_text(side, list.account, list.names);
}

ReachParty parse_party(std::string_view text) {
  if (is_crn(text)) return party_of_crn(text);
  const std::size_t colon = text.find(':');
  ReachParty party{.service = std::string(text.substr(0, colon))};
  if (colon == std::string_view::npos) return party;
  const std::string_view rest = text.substr(colon + 1);
  if (!is_crn(rest)) {
    party.instance = rest;
    return party;
  }
  ReachParty of_crn = party_of_crn(rest);
  of_crn.service = std::move(party.service);
  return of_crn;
}

std::vector<Reached> reached(std::span<const ReachView> lists, const ReachFilter& filter) {
  std::vector<Reached> found;
  for (const ReachView& list : lists) {
    for (const ReachPolicy& policy : list.policies) {
      if (is_asked_for(policy, list, filter)) found.push_back({&policy, &list});
    }
  }
  return found;
}

namespace {

/// A policy between its parties, before those of one pair are put together.
struct Labelled {
  std::string source;
  std::string target;
  const ReachPolicy* policy = nullptr;
  const ReachView* list = nullptr;
};

/// By account, source, target and id. The policies of a list mostly follow each other: lists are
/// sorted before their policies, which is several times faster than to sort all at once.
std::vector<Labelled> in_order(std::span<const Reached> policies) {
  using AccountKey = std::tuple<std::string_view, AccountId>;
  std::map<AccountKey, std::vector<Labelled>> accounts;
  std::vector<Labelled>* account = nullptr;
  const ReachView* last = nullptr;
  for (const auto& [policy, list] : policies) {
    if (list != last) account = &accounts[{list->account_name, list->account}];
    last = list;
    account->push_back(
        {party_label(policy->subject, *list), party_label(policy->resource, *list), policy, list});
  }
  std::vector<Labelled> all;
  all.reserve(policies.size());
  for (auto& [key, own] : accounts) {
    std::ranges::sort(own, {}, [](const Labelled& each) {
      return std::tie(each.source, each.target, each.policy->id);
    });
    std::ranges::move(own, std::back_inserter(all));
  }
  return all;
}

}  // namespace

std::vector<ReachPair> pairs_of(std::span<const Reached> policies) {
  std::vector<ReachPair> pairs;
  for (Labelled& each : in_order(policies)) {
    const bool is_another =
        pairs.empty() ||
        std::tie(pairs.back().list->account, pairs.back().source, pairs.back().target) !=
            std::tie(each.list->account, each.source, each.target);
    if (is_another) {
      pairs.push_back({each.list, std::move(each.source), std::move(each.target)});
    }
    ReachPair& pair = pairs.back();
    pair.roles.insert(each.policy->roles.begin(), each.policy->roles.end());
    pair.policies.push_back(each.policy);
    ++pair.counts[each.policy->owner];
  }
  return pairs;
}

}  // namespace authzd
