// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A policy that survey() recognises as one of ours is seen as sight() sees it, which examines it
// thoroughly: whatever somebody did to the policy, its marker, the state or the manifests. And a
// plan decides the same as if none were recognised.

#include "reconciler/plan/assign.hpp"
#include "reconciler/plan/decide.hpp"
#include "reconciler/plan/survey.hpp"
#include "tests/support/model_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd {
namespace {

using test::kAccount;
using test::WantedGrant;

const std::vector<std::string> kServices = {"kms", "hs", "cos"};
const std::vector<std::string> kIds = {"p0", "p1", "p2", "p3", "p4", "p5"};

/// From 0 to n - 1, all as likely from the first case on.
int any_below(int n) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, n));
}

bool once_in(int n) {
  return any_below(n) == 0;
}

WantedGrant grant_for(const std::string& target) {
  WantedGrant wanted = test::wanted("g-" + target, "a", target);
  Grant& grant = wanted.grant;
  if (once_in(2))
    grant.description = *rc::gen::element<std::string>("", "text", " text ", "(authzd: ");
  grant.is_protected = once_in(4);
  grant.suspend = once_in(12);
  grant.release = once_in(12);
  if (once_in(12)) grant.name = "Not A Name";
  if (once_in(12)) grant.key = test::key_for("formerly", target);
  if (once_in(8)) wanted.roles = Error{ErrorCode::timeout, "slow"};
  return wanted;
}

/// One edit of a description that authzd wrote.
std::string edited(std::string text, const std::string& target) {
  const std::string other = test::marked("g-" + target, test::key_for("a", target));
  switch (any_below(12)) {
    case 0: return text + " ";
    case 1: return " " + text;
    case 2: return text + ".";
    case 3: return text + " " + other;
    case 4: return other + " " + text;
    case 5: return "(authzd: " + text;
    case 6: return text.substr(0, text.size() - 1);
    case 7: return text.substr(0, text.find('#') + 1) + "0123456789ab)";
    case 8: return "\t" + text.substr(0, text.size() - 1) + "!)";
    case 9: return "other text " + text.substr(text.rfind("(authzd: "));
    case 10: return text.substr(text.rfind("(authzd: "));
    default: break;
  }
  text.replace(text.find('/') + 1, 1, *rc::gen::element<std::string>("G", "", "gg", ")"));
  return text;
}

/// One thing that makes it differ from what authzd would have written for its grant.
void change(Observed& policy, const std::string& target) {
  PolicyContent& content = policy.content;
  switch (any_below(12)) {
    case 0: content.description = edited(content.description, target); break;
    case 1: content.resource = test::resource_of(target); break;
    case 2: content.subject = test::subject_of("b"); break;
    case 3:
      content.subject.add(
          {.name = "serviceInstance", .value = *rc::gen::element<std::string>("i", "I")});
      break;
    case 4: content.roles = {"Writer"}; break;
    case 5: content.extras["rule"] = "{}"; break;
    case 6: policy.created_by = test::kPerson; break;
    case 7: policy.last_modified_by = test::kPerson; break;
    case 8: policy.created_by = IamId("crn:v1:service"); break;
    case 9: policy.template_id = "t"; break;
    case 10: policy.state = PolicyState::deleted; break;
    default: policy.created_by = test::kPerson; policy.last_modified_by = test::kPerson;
  }
}

/// As authzd wrote it for one of the grants, or for what that was before, with a few changes.
Observed policy_of_any(const std::string& id, const std::vector<WantedGrant>& grants) {
  WantedGrant written = *rc::gen::elementOf(grants);
  written.roles = RoleSet{"Reader"};
  switch (any_below(8)) {
    case 0: written.grant.name = "renamed"; break;
    case 1: written.grant.description = "earlier"; break;
    case 2: written.grant.is_protected = !written.grant.is_protected; break;
    default: break;
  }
  Observed policy = test::ours(id, written);
  const int changes = *rc::gen::element(0, 0, 1, 1, 1, 2);
  for (int i = 0; i < changes; ++i) change(policy, *rc::gen::elementOf(kServices));
  return policy;
}

/// Some of the ids, in any order, one of them perhaps twice: as a list whose pages moved.
std::vector<Observed> any_list(const std::vector<WantedGrant>& grants) {
  std::vector<Observed> list;
  for (const std::string& id : kIds) {
    if (!once_in(3)) list.push_back(policy_of_any(id, grants));
  }
  if (once_in(4)) list.push_back(policy_of_any(*rc::gen::elementOf(kIds), grants));
  if (once_in(4)) std::reverse(list.begin(), list.end());
  return list;
}

/// The policy's key according to the state: mostly the truth.
Key key_written_to(const std::string& id, const std::vector<Observed>& list) {
  const auto found = std::ranges::find(list, PolicyId(id), &Observed::id);
  if (found != list.end() && !once_in(4)) return key_of(kAccount, found->content);
  return test::key_for("a", *rc::gen::elementOf(kServices));
}

/// The state may know other policies, and have written them for other grants.
Ownership any_ownership(const std::vector<Observed>& list) {
  Ownership ownership = test::prod();
  for (const std::string& id : kIds) {
    if (once_in(2)) ownership.known.own().emplace(PolicyId(id), PolicyOrigin::adopted);
    if (!once_in(2)) continue;
    WrittenPolicy written{key_written_to(id, list)};
    if (once_in(3)) written.protects = test::policy(id, "a", "kms").content;
    ownership.written.own().emplace(PolicyId(id), std::move(written));
  }
  if (once_in(6)) ownership.owner = "dev";
  if (once_in(6)) ownership.previous_owners = {"prod"};
  ownership.trusts_markers = once_in(6);
  return ownership;
}

std::vector<WantedGrant> any_grants() {
  std::vector<WantedGrant> grants;
  for (const std::string& target : kServices) {
    if (grants.empty() || !once_in(3)) grants.push_back(grant_for(target));
  }
  return grants;
}

/// The instance of a grant whose key is not that of its sides was not found.
std::vector<ResolvedGrant> resolved(const std::vector<WantedGrant>& grants) {
  std::vector<ResolvedGrant> desired = test::resolved(grants);
  for (ResolvedGrant& each : desired) {
    if (each.grant->key == Key(kAccount, each.grant->subject, each.grant->resource)) continue;
    each.is_instance_known = false;
    each.roles = Error{ErrorCode::not_found, "no instance"};
  }
  return desired;
}

std::optional<std::size_t> place_of(const Key& key, const std::vector<Want>& wants) {
  for (std::size_t w = 0; w < wants.size(); ++w) {
    if (wants[w].grant().key == key) return w;
  }
  return std::nullopt;
}

void check_it(const SurveyedPolicy& it, const Survey& seen, const Ownership& ownership) {
  const SurveyedPolicy expected = sight(kAccount, *it.policy, ownership);
  RC_ASSERT(it.key == expected.key);
  RC_ASSERT(it.owner == expected.owner);
  RC_ASSERT(*it.description == *expected.description);
  RC_ASSERT(it.written == expected.written);
  RC_ASSERT(it.is_marked_protected == expected.is_marked_protected);
  RC_ASSERT(it.is_protection_ours == expected.is_protection_ours);
  RC_ASSERT(it.want_at_key == place_of(expected.key, seen.wants));
  if (!it.is_as_granted) return;
  const Want& want = seen.wants[*it.want_at_key];
  RC_ASSERT(it.owner == OwnerClass::ours);
  RC_ASSERT(want.resolved->roles.has_value());
  PolicyContent wanted = wanted_content(want, &expected, seen, ownership, test::in_sync_mode());
  if (!it.is_protection_ours) RC_ASSERT(it.policy->content == wanted);
  wanted.description = it.policy->content.description;
  RC_ASSERT(it.policy->content == wanted);
}

RC_GTEST_PROP(RecognitionLaw, LeadsWhereAThoroughLookLeads, ()) {
  const std::vector<WantedGrant> grants = any_grants();
  const std::vector<Observed> observed = any_list(grants);
  const Ownership ownership = any_ownership(observed);
  const std::vector<ResolvedGrant> desired = resolved(grants);

  const Survey seen = survey(kAccount, desired, observed, ownership, test::in_sync_mode());

  RC_CLASSIFY(std::ranges::any_of(seen.policies, &SurveyedPolicy::is_as_granted), "as granted");
  for (const SurveyedPolicy& it : seen.policies) check_it(it, seen, ownership);
  for (std::size_t w = 0; w < seen.wants.size(); ++w) {
    const auto has_its_key = [w](const SurveyedPolicy& it) { return it.want_at_key == w; };
    RC_ASSERT(seen.wants[w].holders.size() ==
              static_cast<std::size_t>(std::ranges::count_if(seen.policies, has_its_key)));
  }
}

/// As survey() leaves it where it recognises no policy.
Survey the_long_way(Survey seen, const Ownership& ownership) {
  for (SurveyedPolicy& it : seen.policies) {
    SurveyedPolicy examined = sight(kAccount, *it.policy, ownership);
    examined.want_at_key = place_of(examined.key, seen.wants);
    examined.made_for = it.made_for;
    examined.inherited_state = it.inherited_state;
    examined.is_pinned = it.is_pinned;
    it = std::move(examined);
  }
  return seen;
}

RC_GTEST_PROP(RecognitionLaw, DecidesAsTheLongWayDoes, ()) {
  const std::vector<WantedGrant> grants = any_grants();
  const std::vector<Observed> observed = any_list(grants);
  const Ownership ownership = any_ownership(observed);
  const std::vector<ResolvedGrant> desired = resolved(grants);
  PlanOptions options = test::in_sync_mode();
  if (once_in(3)) options.protect_releases.due.insert(grants.front().grant.key);
  const auto look = [&] { return survey(kAccount, desired, observed, ownership, options); };
  const Survey seen = look();
  const Survey examined = the_long_way(look(), ownership);

  const Plan plan = decide(kAccount, seen, ownership, options);

  RC_CLASSIFY(plan.in_sync > 0, "in sync");
  RC_CLASSIFY(!plan.actions.empty(), "with actions");
  RC_ASSERT(plan == decide(kAccount, examined, ownership, options));
}

/// Else all of the above would hold of a way that recognises nothing.
TEST(Recognition, KnowsWhatItWrote) {
  std::vector<WantedGrant> grants;
  std::vector<Observed> observed;
  Ownership ownership = test::prod();
  for (std::size_t i = 10; i < 10 + 3 * 32 + 1; ++i) {  // several batches, the last not full
    grants.push_back(test::wanted("grant", "source-" + std::to_string(i), "kms"));
    observed.push_back(test::ours("p" + std::to_string(i), grants.back()));
    if (i % 3 == 0) {  // only the state knows that it is ours
      observed.back().created_by = test::kPerson;
      observed.back().last_modified_by = test::kPerson;
      ownership.known.own().emplace(observed.back().id, PolicyOrigin::adopted);
      ownership.written.own().emplace(observed.back().id, WrittenPolicy{grants.back().grant.key});
    }
  }
  observed[7].content.roles = {"Writer"};
  const std::vector<ResolvedGrant> desired = test::resolved(grants);

  const Survey seen = survey(kAccount, desired, observed, ownership, test::in_sync_mode());

  ASSERT_EQ(seen.policies.size(), observed.size());
  for (const SurveyedPolicy& it : seen.policies) {
    EXPECT_EQ(it.is_as_granted, it.policy != &observed[7]) << it.policy->id.value;
  }
}

}  // namespace
}  // namespace authzd
