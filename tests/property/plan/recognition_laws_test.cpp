// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A policy that survey() recognises as one of ours is seen as sight() sees it, which examines it
// thoroughly: whatever somebody did to the policy, its marker, the state or the manifests.

#include "reconciler/plan/assign.hpp"
#include "reconciler/plan/survey.hpp"
#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

using test::kAccount;
using test::WantedGrant;

const std::vector<std::string> kServices = {"kms", "hs", "cos"};
const PolicyId kPolicy("p");

bool once_in(int n) {
  return *rc::gen::inRange(0, n) == 0;
}

WantedGrant grant_for(const std::string& target) {
  WantedGrant wanted = test::wanted("g-" + target, "a", target);
  Grant& grant = wanted.grant;
  if (once_in(2))
    grant.description = *rc::gen::element<std::string>("", "text", " text ", "(authzd: ");
  grant.is_protected = once_in(4);
  grant.suspend = once_in(8);
  grant.release = once_in(8);
  if (once_in(8)) grant.name = "Not A Name";
  if (once_in(8)) wanted.roles = Error{ErrorCode::timeout, "slow"};
  return wanted;
}

/// One edit of a description that authzd wrote.
std::string edited(std::string text, const std::string& target) {
  const std::string other = test::marked("g-" + target, test::key_for("a", target));
  switch (*rc::gen::inRange(0, 10)) {
    case 0: return text + " ";
    case 1: return " " + text;
    case 2: return text + ".";
    case 3: return text + " " + other;
    case 4: return other + " " + text;
    case 5: return "(authzd: " + text;
    case 6: return text.substr(0, text.size() - 1);
    case 7: return text.substr(0, text.find('#') + 1) + "0123456789ab)";
    case 8: return "\t" + text.substr(0, text.size() - 1) + "!)";
    default: break;
  }
  text.replace(text.find('/') + 1, 1, *rc::gen::element<std::string>("G", "", "gg", ")"));
  return text;
}

Observed policy_of_any(const std::vector<WantedGrant>& grants) {
  const WantedGrant& grant = *rc::gen::elementOf(grants);
  const std::string target = *rc::gen::elementOf(kServices);
  WantedGrant written = grant;
  written.roles = RoleSet{"Reader"};
  if (once_in(8)) written.grant.name = "renamed";
  Observed policy = test::ours(kPolicy.value, written);
  if (once_in(3)) policy.content.description = edited(policy.content.description, target);
  if (once_in(6)) policy.content.resource = test::resource_of(target);
  if (once_in(6)) {
    policy.content.subject.add(
        {.name = "serviceInstance", .value = *rc::gen::element<std::string>("i", "I")});
  }
  if (once_in(6)) policy.content.roles = {"Writer"};
  if (once_in(8)) policy.content.extras["rule"] = "{}";
  if (once_in(4)) policy.created_by = test::kPerson;
  if (once_in(4)) policy.last_modified_by = test::kPerson;
  if (once_in(8)) policy.created_by = IamId("crn:v1:service");
  if (once_in(8)) policy.template_id = "t";
  return policy;
}

Ownership any_ownership() {
  Ownership ownership = test::prod();
  if (once_in(2)) ownership.known_ids.insert(kPolicy);
  if (once_in(2)) {
    WrittenPolicy written{test::key_for("a", *rc::gen::elementOf(kServices))};
    if (once_in(3)) written.protects = test::policy("p", "a", "kms").content;
    ownership.written.emplace(kPolicy, std::move(written));
  }
  if (once_in(6)) ownership.owner = "dev";
  if (once_in(6)) ownership.previous_owners = {"prod"};
  ownership.trusts_markers = once_in(6);
  return ownership;
}

std::optional<std::size_t> place_of(const Key& key, const std::vector<Want>& wants) {
  for (std::size_t w = 0; w < wants.size(); ++w) {
    if (wants[w].grant().key == key) return w;
  }
  return std::nullopt;
}

RC_GTEST_PROP(RecognitionLaw, LeadsWhereAThoroughLookLeads, ()) {
  std::vector<WantedGrant> grants;
  for (const std::string& target : kServices) {
    if (grants.empty() || !once_in(3)) grants.push_back(grant_for(target));
  }
  const std::vector<Observed> observed{policy_of_any(grants)};
  const Ownership ownership = any_ownership();
  const std::vector<ResolvedGrant> desired = test::resolved(grants);

  const Survey seen = survey(kAccount, desired, observed, ownership, test::in_sync_mode());

  const SurveyedPolicy expected = sight(kAccount, observed.front(), ownership);
  RC_ASSERT(seen.policies.size() == 1U);
  const SurveyedPolicy& it = seen.policies.front();
  RC_CLASSIFY(it.owner == OwnerClass::ours, "ours");
  RC_CLASSIFY(it.is_as_granted, "as granted");
  RC_ASSERT(it.key == expected.key);
  RC_ASSERT(it.owner == expected.owner);
  RC_ASSERT(*it.description == *expected.description);
  RC_ASSERT(it.written == expected.written);
  RC_ASSERT(it.is_marked_protected == expected.is_marked_protected);
  RC_ASSERT(it.is_protection_ours == expected.is_protection_ours);
  RC_ASSERT(it.want_at_key == place_of(expected.key, seen.wants));
  if (it.is_as_granted && !it.is_protection_ours) {
    const Want& want = seen.wants[*it.want_at_key];
    RC_ASSERT(observed.front().content ==
              wanted_content(want, &expected, seen, ownership, test::in_sync_mode()));
  }
  for (std::size_t w = 0; w < seen.wants.size(); ++w) {
    RC_ASSERT(seen.wants[w].holders.size() == (it.want_at_key == w ? 1U : 0U));
  }
}

}  // namespace
}  // namespace authzd
