// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/why.hpp"

#include "reconciler/manifest/loader.hpp"
#include "reconciler/report/why_writers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd::of_why {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const AccountId kHome{"0123456789abcdef0123456789abcdef"};
const std::string kReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
const std::string kWriter = "crn:v1:bluemix:public:iam::::serviceRole:Writer";
const std::string kDelegator = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";
const std::string kInstance = "51042d7f-f0df-4915-bd39-6a49957c9175";

AttributeSet side(const std::string& service) {
  return {{"accountId", std::string(kStringEquals), kHome.value},
          {"serviceName", std::string(kStringEquals), service}};
}

Observed policy(const std::string& id,
                AttributeSet source,
                AttributeSet target,
                RoleSet roles = {kReader}) {
  Observed policy;
  policy.id = PolicyId{id};
  policy.content = {std::move(source), std::move(target), std::move(roles), {}};
  policy.created_by = IamId{"IBMid-1"};
  return policy;
}

PolicyOwner owner_by_marker(const Observed& policy, const Description& description) {
  if (policy.created_by.value.starts_with("crn:")) return PolicyOwner::foreign;
  return description.marker ? PolicyOwner::ours : PolicyOwner::unmanaged;
}

struct WhyTest : testing::Test {
  WhyResult ask() { return why(question, account()); }
  WhyMissing missing() { return missing_for(question, {question.role}, account(), nullptr); }
  WhyAccount account() {
    return {kHome, "prod", policies, &names, &owner, has_manifests ? &desired : nullptr};
  }

  WhyQuestion question{side("server-protect"), side("kms"), "Reader"};
  std::vector<Observed> policies;
  RoleNames names{{kReader, "Reader"}, {kWriter, "Writer"}};
  OwnerOf owner = owner_by_marker;
  Desired desired{kHome, {}};
  bool has_manifests = false;
};

TEST_F(WhyTest, ShowsThePlaceInTheManifestsOfWhatIsOurs) {
  const std::string text = R"(apiVersion: authzd/v1
kind: Authorization
metadata: {name: volumes}
spec:
  source: {service: server-protect}
  target: {service: kms}
  roles: [Reader]
)";
  const std::vector<SourceFile> files{{"prod.yaml", text}};
  LoadOptions options;
  options.account = kHome;
  desired = load_manifests(files, options).desired;
  has_manifests = true;
  policies = {policy("p-1", side("server-protect"), side("kms"))};
  policies[0].content.description = "(authzd: prod/volumes#000000000000)";

  const WhyResult result = ask();

  EXPECT_EQ(result.answer, WhyAnswer::yes);
  ASSERT_THAT(result.policies, SizeIs(1));
  EXPECT_EQ(result.policies[0].owner, PolicyOwner::ours);
  EXPECT_EQ(result.policies[0].name, "volumes");
  ASSERT_TRUE(result.policies[0].position);
  EXPECT_EQ(to_string(*result.policies[0].position), "prod.yaml:6:11");
}

TEST_F(WhyTest, SaysWhatAnUndecidedAnswerDependsOn) {
  AttributeSet one = side("kms");
  one.add({"serviceInstance", std::string(kStringEquals), kInstance});
  policies = {policy("p-1", side("server-protect"), one)};

  const WhyResult result = ask();

  EXPECT_EQ(result.answer, WhyAnswer::cannot_tell);
  ASSERT_THAT(result.policies, SizeIs(1));
  ASSERT_THAT(result.policies[0].conditions, SizeIs(1));
  EXPECT_EQ(result.policies[0].conditions[0].side, WhyCondition::Side::target);
  EXPECT_EQ(result.policies[0].conditions[0].text, "serviceInstance = " + kInstance);

  question.target = one;
  EXPECT_EQ(ask().answer, WhyAnswer::yes);
}

TEST_F(WhyTest, DoesNotTakeAHigherRoleForNo) {
  policies = {policy("p-1", side("server-protect"), side("kms"), {kWriter})};
  EXPECT_EQ(ask().answer, WhyAnswer::cannot_tell);

  question.role = "Manager";
  const WhyResult result = ask();
  EXPECT_EQ(result.answer, WhyAnswer::no);
  ASSERT_THAT(result.near, SizeIs(1));
  EXPECT_EQ(result.near[0].conditions[0].text, "Writer");
}

TEST_F(WhyTest, NamesTheDelegatorOfWhatAServiceMade) {
  policies = {policy("p-1", side("databases-for-redis"), side("kms"), {kReader, kDelegator}),
              policy("p-2", side("server-protect"), side("kms"))};
  policies[1].created_by = IamId{"crn:v1:bluemix:public:databases-for-redis:eu-de:a/1:2::"};

  const WhyResult result = ask();

  EXPECT_EQ(result.answer, WhyAnswer::yes);
  ASSERT_THAT(result.policies, SizeIs(1));
  EXPECT_EQ(result.policies[0].owner, PolicyOwner::foreign);
  EXPECT_THAT(result.policies[0].delegated_by, ElementsAre(PolicyId{"p-1"}));
}

TEST_F(WhyTest, ShowsWhoMayPassTheAccessOnAndStillSaysNo) {
  policies = {policy("p-1", side("databases-for-redis"), side("kms"), {kReader, kDelegator})};

  const WhyResult result = ask();

  EXPECT_EQ(result.answer, WhyAnswer::no);
  ASSERT_THAT(result.may_delegate, SizeIs(1));
  EXPECT_EQ(result.may_delegate[0].policy.id, PolicyId{"p-1"});
}

TEST_F(WhyTest, TheMissingManifestLoadsAndMakesItAYes) {
  AttributeSet one = side("kms");
  one.add({"serviceInstance", std::string(kStringEquals), kInstance});
  one.add({"keyRing", std::string(kStringEquals), "ring: \"1\""});
  question.target = one;
  question.source.add({"resourceType", std::string(kStringEquals), "share"});

  const WhyMissing missing = this->missing();

  LoadOptions options;
  options.account = kHome;
  const std::vector<SourceFile> files{{"new.yaml", missing.manifest}};
  const LoadOutcome loaded = load_manifests(files, options);
  EXPECT_THAT(loaded.diagnostics, IsEmpty()) << missing.manifest;
  ASSERT_THAT(loaded.desired.grants, SizeIs(1)) << missing.manifest;
  const Grant& grant = loaded.desired.grants.front();
  policies = {policy("p-new", grant.subject, grant.resource)};
  EXPECT_EQ(ask().answer, WhyAnswer::yes);
}

TEST_F(WhyTest, AManifestKeepsTheRolesOfAnUnmanagedPolicyOfTheSameParties) {
  policies = {policy("p-1", side("server-protect"), side("kms"), {kWriter})};

  EXPECT_THAT(missing().manifest, HasSubstr("roles: [Reader, Writer]"));
  EXPECT_THAT(missing().advice, HasSubstr("policy p-1"));
}

TEST_F(WhyTest, SaysWhichManifestLacksTheRole) {
  Grant grant;
  grant.name = "volumes";
  grant.position = {"prod.yaml", 6, 11};
  grant.subject = side("server-protect");
  grant.resource = side("kms");
  grant.key = Key(kHome, grant.subject, grant.resource);
  grant.roles = {"Writer"};
  desired.grants = {grant};
  has_manifests = true;

  EXPECT_THAT(missing().manifest, IsEmpty());
  EXPECT_THAT(missing().advice, HasSubstr("volumes at prod.yaml:6:11"));
  EXPECT_THAT(missing().advice, HasSubstr("add Reader"));
}

TEST_F(WhyTest, WritesYamlThatHasTheMembersOfItsJson) {
  policies = {policy("p-1", side("server-protect"), side("kms"))};
  WhyReply reply;
  reply.question = question;
  reply.result = ask();
  reply.names = names;
  const std::vector<WhyReply> replies{reply};

  EXPECT_THAT(why_json(replies), HasSubstr("\"answer\": \"yes\""));
  EXPECT_THAT(why_yaml(replies), HasSubstr("answers:\n  - account: "));
  EXPECT_THAT(why_yaml(replies), HasSubstr("    policies:\n      - id: p-1\n"));
  EXPECT_EQ(why_text(replies).find("A manifest"), std::string::npos);
}

TEST_F(WhyTest, HostileNamesCannotForgeALine) {
  policies = {policy("p\nprod: no", side("server-protect"), side("kms"))};
  policies[0].created_by = IamId{"x\n\x1b[2J"};
  WhyReply reply;
  reply.question = question;
  reply.result = ask();
  reply.names = names;

  const std::string text = why_text(std::vector<WhyReply>{reply});
  EXPECT_EQ(text.find("\nprod: no"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace authzd::of_why
