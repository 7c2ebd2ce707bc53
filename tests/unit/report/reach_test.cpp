// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which policies answer the question who may reach what.
#include "reconciler/report/reach_writers.hpp"
#include "tests/support/hostile_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kKeys = "51042d7f-f0df-4915-bd39-6a49957c9175";
const std::string kOther = "61042d7f-f0df-4915-bd39-6a49957c9175";

AttributeSet reach_side(const std::string& service, const std::string& instance = {}) {
  AttributeSet side;
  if (!service.empty()) side.add({"serviceName", "stringEquals", service});
  if (!instance.empty()) side.add({"serviceInstance", "stringEquals", instance});
  return side;
}

ReachPolicy reach_policy(const std::string& id,
                         AttributeSet source,
                         AttributeSet target,
                         PolicyOwner owner = PolicyOwner::ours) {
  ReachPolicy policy;
  policy.id = PolicyId{id};
  policy.owner = owner;
  policy.subject = std::move(source);
  policy.resource = std::move(target);
  policy.roles = {"Reader"};
  return policy;
}

ReachView reach_account(std::vector<ReachPolicy> policies) {
  ReachView view{AccountId{std::string(32, 'a')}, "prod", {}, std::move(policies), {}};
  view.names.insert(instance_entry("kms", kKeys, "prod-keys"));
  return view;
}

std::vector<std::string> ids_reached(const ReachView& list, const ReachFilter& filter) {
  std::vector<std::string> ids;
  for (const Reached& one : reached({&list, 1}, filter)) ids.push_back(one.policy->id.value);
  return ids;
}

const ReachView kSome = reach_account(
    {reach_policy("keys", reach_side("is"), reach_side("kms", kKeys)),
     reach_policy("other", reach_side("is"), reach_side("kms", kOther), PolicyOwner::unmanaged),
     reach_policy("all-keys", reach_side("logs"), reach_side("kms"), PolicyOwner::foreign),
     reach_policy("store", reach_side("logs"), reach_side("cloud-object-storage")),
     reach_policy("everything", reach_side(""), reach_side(""))});

std::string crn_of(const std::string& account) {
  return "crn:v1:bluemix:public:kms:eu-de:a/" + account + ":" + kKeys;
}

TEST(Reach, ShowsAllThatMayReachAService) {
  EXPECT_THAT(ids_reached(kSome, {.target = parse_party("kms")}),
              ElementsAre("keys", "other", "all-keys", "everything"));
  EXPECT_THAT(ids_reached(kSome, {.target = parse_party("KMS")}),
              ElementsAre("keys", "other", "all-keys", "everything"));
}

TEST(Reach, ShowsWhatIsWiderThanTheInstanceThatIsAskedFor) {
  EXPECT_THAT(ids_reached(kSome, {.target = parse_party("kms:" + kKeys)}),
              ElementsAre("keys", "all-keys", "everything"));
}

TEST(Reach, TakesAnInstanceByItsNameAndByItsCrn) {
  EXPECT_THAT(ids_reached(kSome, {.target = parse_party("kms:prod-keys")}),
              ElementsAre("keys", "all-keys", "everything"));
  EXPECT_THAT(
      ids_reached(kSome, {.target = parse_party("kms:" + crn_of(std::string(32, 'A')) + "::")}),
      ElementsAre("keys", "all-keys", "everything"));
}

TEST(Reach, TakesACrnApart) {
  const std::string home(32, 'a');
  const std::string crn = crn_of(home);

  EXPECT_EQ(parse_party(crn + "::"), (ReachParty{"kms", kKeys, "", "", home}));
  EXPECT_EQ(parse_party(crn + ":key:0815"), (ReachParty{"kms", kKeys, "key", "0815", home}));
  EXPECT_EQ(parse_party("kms:" + crn + ":key:0815"),
            (ReachParty{"kms", kKeys, "key", "0815", home}));
  EXPECT_EQ(parse_party("crn:v1:bluemix:public:kms"), (ReachParty{.service = "kms"}));
  EXPECT_THAT(ids_reached(kSome, {.target = parse_party(crn + "::")}),
              ElementsAre("keys", "all-keys", "everything"));
}

/// A policy lies in the account of its target: none of this account reaches what lies in another.
TEST(Reach, ShowsNothingOfAnAccountThatACrnCannotBeOf) {
  EXPECT_THAT(ids_reached(kSome, {.target = parse_party(crn_of(std::string(32, 'b')) + "::")}),
              IsEmpty());
}

TEST(Reach, ShowsOfASourceByItsCrnWhatMayBeOfItsAccount) {
  const std::string other(32, 'b');
  ReachPolicy home = reach_policy("home", reach_side("kms", kKeys), reach_side("logs"));
  home.subject.add({"accountId", "stringEquals", std::string(32, 'a')});
  ReachPolicy elsewhere = reach_policy("elsewhere", reach_side("kms", kKeys), reach_side("logs"));
  elsewhere.subject.add({"accountId", "stringEquals", other});
  const ReachView list = reach_account({home, elsewhere});

  EXPECT_THAT(ids_reached(list, {.source = parse_party(crn_of(other) + "::")}),
              ElementsAre("elsewhere"));
}

TEST(Reach, ShowsOfAResourceWhatIsForItOrWider) {
  ReachPolicy key = reach_policy("key", reach_side("is"), reach_side("kms", kKeys));
  key.resource.add({"resourceType", "stringEquals", std::string{"key"}});
  key.resource.add({"resource", "stringEquals", std::string{"0815"}});
  ReachPolicy other = key;
  other.id = PolicyId{"other-key"};
  other.resource = reach_side("kms", kKeys);
  other.resource.add({"resource", "stringEquals", std::string{"4711"}});
  const ReachView list =
      reach_account({key, other, reach_policy("all", reach_side("is"), reach_side("kms"))});

  const std::string crn = crn_of(std::string(32, 'a')) + ":key:0815";
  EXPECT_THAT(ids_reached(list, {.target = parse_party(crn)}), ElementsAre("key", "all"));
}

TEST(Reach, NarrowsBySourceRoleAndOwner) {
  EXPECT_THAT(ids_reached(kSome, {.source = parse_party("logs")}),
              ElementsAre("all-keys", "store", "everything"));
  EXPECT_THAT(ids_reached(kSome, {.source = parse_party("logs"), .is_managed = true}),
              ElementsAre("store", "everything"));
  EXPECT_THAT(ids_reached(kSome, {.is_unmanaged = true}), ElementsAre("other"));
  EXPECT_THAT(ids_reached(kSome, {.role = "writer"}), IsEmpty());
  EXPECT_THAT(ids_reached(kSome, {.source = parse_party("is"), .role = "read"}),
              ElementsAre("keys", "other", "everything"));
}

TEST(Reach, TellsInOneLineWhoseThePoliciesOfAPairAre) {
  ReachPolicy theirs =
      reach_policy("2", reach_side("is"), reach_side("kms"), PolicyOwner::unmanaged);
  theirs.roles = {"Writer"};
  const ReachView list =
      reach_account({theirs, reach_policy("1", reach_side("is"), reach_side("kms"))});

  const std::string text = reach_text(reached({&list, 1}, {}), 1);

  EXPECT_THAT(text, HasSubstr("is      kms     Reader, Writer  2         1 ours, 1 unmanaged\n"));
  EXPECT_THAT(text, HasSubstr("1 pair of source and target, 2 policies: 1 ours, 1 unmanaged\n"));
}

TEST(Reach, DoesNotDependOnTheOrderOfTheList) {
  ReachView turned = kSome;
  std::ranges::reverse(turned.policies);
  EXPECT_EQ(reach_json(reached({&turned, 1}, {})), reach_json(reached({&kSome, 1}, {})));
  EXPECT_EQ(reach_text(reached({&turned, 1}, {}), 1), reach_text(reached({&kSome, 1}, {}), 1));
  EXPECT_EQ(reach_dot(picture_of(reached({&turned, 1}, {}))),
            reach_dot(picture_of(reached({&kSome, 1}, {}))));
}

/// A policy whose every text is `text`.
ReachView hostile_account(const std::string& text) {
  ReachPolicy policy = reach_policy(text, reach_side(text, text), reach_side(text, text));
  policy.roles = {text};
  policy.name = text;
  ReachView list = reach_account({policy});
  list.account_name = text;
  return list;
}

TEST(Reach, PassesNothingOnThatDrivesATerminalOrHides) {
  const ReachView list = hostile_account(hostile_text());
  const auto policies = reached({&list, 1}, {});
  const ReachPicture picture = picture_of(policies);
  for (const std::string& report : {reach_text(policies, 2),
                                    reach_json(policies),
                                    reach_dot(picture),
                                    reach_mermaid(picture)}) {
    EXPECT_EQ(find_hostile(report), "") << report;
  }
}

TEST(Reach, LetsNoNameOutOfItsLabel) {
  const ReachView list = hostile_account("a\"]; b[\"|x\\\" &quot; #quot; \\N ; click");
  const ReachPicture picture = picture_of(reached({&list, 1}, {}));

  // Each line of Graphviz has the quotes of its own strings alone.
  for (const std::string_view line : {std::string_view("s0 ["), std::string_view("t0 [")}) {
    const std::string dot = reach_dot(picture);
    const std::string whole =
        dot.substr(dot.find(line), dot.find('\n', dot.find(line)) - dot.find(line));
    std::size_t quotes = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      if (whole[i] == '\\') {
        ++i;
      } else if (whole[i] == '"') {
        ++quotes;
      }
    }
    EXPECT_EQ(quotes, 2U) << whole;
    EXPECT_THAT(whole, Not(HasSubstr(" &quot;")));
  }
  // In Mermaid a quote ends a label, whatever is before it.
  const std::string mermaid = reach_mermaid(picture);
  const std::string node = mermaid.substr(
      mermaid.find("s0["), mermaid.find('\n', mermaid.find("s0[")) - mermaid.find("s0["));
  EXPECT_EQ(std::ranges::count(node, '"'), 2) << node;
  EXPECT_EQ(std::ranges::count(node, ']'), 1) << node;
}

}  // namespace
}  // namespace authzd::test
