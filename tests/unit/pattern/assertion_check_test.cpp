// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The truth tables of `never` and `always`, row by row.
#include "reconciler/pattern/assertion_check.hpp"

#include "tests/unit/pattern/pattern_world.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

using test::account;
using test::always;
using test::grant;
using test::group;
using test::instance;
using test::kOther;
using test::kOwn;
using test::never;
using test::pattern;
using test::service;

const PolicyPattern kToKms{{"target.serviceName", "kms"}};
const PolicyPattern kToInstance{{"target.serviceName", "kms"}, {"target.serviceInstance", "a"}};

TEST(Never, IsViolatedByAnAccessThatFits) {
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {service("kms")})), "violated");
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {service("hs-crypto")})), "holds");
  EXPECT_EQ(never(pattern({{"target.serviceName", "k*"}}), grant({service("s")}, {service("kms")})),
            "violated");
}

TEST(Never, IsViolatedByWhatIsWider) {
  EXPECT_EQ(never(pattern(kToInstance), grant({service("s")}, {service("kms")})), "violated")
      << "all of kms is that instance, too";
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {group("g")})), "violated")
      << "a group is open to each service";
  const Attribute wild{"serviceName", std::string(kStringMatch), std::string("km*")};
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {wild})), "violated");
  const Attribute listed{
      "serviceName", std::string(kStringEqualsAnyOf), std::vector<std::string>{"hs-crypto", "kms"}};
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {listed})), "violated");
  const Attribute any{"serviceInstance", std::string(kStringExists), true};
  EXPECT_EQ(never(pattern(kToInstance), grant({service("s")}, {service("kms"), any})), "violated");
}

TEST(Never, IsUndecidedWhereNobodyKnowsWhetherBothMeet) {
  EXPECT_EQ(never(pattern(kToInstance), grant({service("s")}, {service("kms"), group("g")})),
            "undecided")
      << "whether the instance is in the group";
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {instance("a")})), "undecided")
      << "what the instance is one of";
  const Attribute type{.name = "resourceType", .value = "resource-group"};
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {type})), "undecided");
  const Attribute wild{"serviceInstance", std::string(kStringMatch), std::string("*b")};
  EXPECT_EQ(never(pattern({{"target.serviceInstance", "a*"}}),
                  grant({service("s")}, {service("kms"), wild})),
            "undecided")
      << "neither of two wildcards holds the other";
  const Attribute odd{"serviceName", "stringNotEquals", std::string("hs-crypto")};
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {odd})), "undecided");
  const Attribute star{.name = "serviceName", .value = "k*"};
  EXPECT_EQ(never(pattern(kToKms), grant({service("s")}, {star})), "undecided")
      << "how IAM takes a wildcard under equality";
}

TEST(Never, DoesNotReadRulesAndSaysSo) {
  PolicyContent content = grant({service("s")}, {service("kms")});
  content.extras.emplace("rule", "{}");

  EXPECT_EQ(never(pattern(kToKms), content), "undecided");
}

TEST(Never, KnowsOtherAccounts) {
  const AccessPattern foreign = pattern({{"source.accountId", "!" + kOwn.value}});

  EXPECT_EQ(never(foreign, grant({service("s")}, {service("kms")})), "holds");
  EXPECT_EQ(never(foreign, grant({service("s"), account(kOther)}, {service("kms")})), "violated");
}

TEST(Never, ComparesRolesByNameOrCrn) {
  const PolicyContent reader = grant({service("s")}, {service("kms")});
  EXPECT_EQ(never(pattern(kToKms, {"Reader"}), reader), "violated");
  EXPECT_EQ(never(pattern(kToKms, {"Writer"}), reader), "holds");
  EXPECT_EQ(never(pattern(kToKms, {"Writer", "Read*"}), reader), "violated");
  EXPECT_EQ(never(pattern(kToKms, {"crn:Reader"}), reader), "violated");
  EXPECT_EQ(never(pattern(kToKms, {"crn:Writer"}), reader), "holds");

  const PolicyContent unknown = grant({service("s")}, {service("kms")}, {"crn:Custom"});
  EXPECT_EQ(never(pattern(kToKms, {"Writer"}), unknown), "undecided");
  EXPECT_EQ(never(pattern(kToKms, {"*"}), unknown), "violated");
  EXPECT_EQ(never(pattern(kToKms, {"crn:Custom"}), unknown), "violated");
}

TEST(Never, KnowsWhatAManifestWritesOfRoles) {
  Assertion assertion{.name = "a"};
  assertion.never = {pattern(kToKms, {"crn:v1:x:role:Reader"})};
  Grant written;
  written.subject = grant({service("s")}, {}).subject;
  written.resource = grant({}, {service("kms")}).resource;
  written.roles = {"Reader"};
  const auto judge = [&] {
    AssertionCheck check(assertion, kOwn);
    GlobWork work;
    check.see(access_of(written), {}, {}, work);
    return std::move(check).finish(Sight::manifests).verdict;
  };

  EXPECT_EQ(judge(), Verdict::undecided);
  assertion.never = {pattern(kToKms, {"Reader"})};
  EXPECT_EQ(judge(), Verdict::violated);
}

TEST(Never, IsUndecidedOnceTheWorkIsSpent) {
  Assertion assertion{.name = "a"};
  assertion.never = {pattern({{"target.serviceName", "k?s*"}})};
  const PolicyContent content = grant({service("s")}, {service("kms")});
  AssertionCheck check(assertion, kOwn);
  GlobWork none{0};
  check.see(access_of(content, {}), {}, content, none);

  EXPECT_EQ(std::move(check).finish(Sight::whole).verdict, Verdict::undecided);
}

const AccessPattern kBlockToKms =
    pattern({{"source.serviceName", "server-protect"}, {"target.serviceName", "kms"}}, {"Reader"});

TEST(Always, HoldsWhereOneLiesWithinThePattern) {
  EXPECT_EQ(always(kBlockToKms, {grant({service("server-protect")}, {service("kms")})}), "holds");
  EXPECT_EQ(
      always(kBlockToKms, {grant({service("server-protect")}, {service("kms"), instance("a")})}),
      "holds");
  EXPECT_EQ(always(kBlockToKms,
                   {grant({service("server-protect")}, {service("kms")}, {"crn:Reader", "crn:X"})}),
            "holds");
}

TEST(Always, HoldsWhereOneCoversThePattern) {
  const AccessPattern one = pattern({{"source.serviceName", "server-protect"},
                                     {"target.serviceName", "kms"},
                                     {"target.serviceInstance", "a"}});

  EXPECT_EQ(always(one, {grant({service("server-protect")}, {service("kms")})}), "holds");
}

TEST(Always, IsUndecidedWhereOneMeetsThePatternInPart) {
  EXPECT_EQ(always(kBlockToKms, {grant({group("g")}, {service("kms")})}), "undecided");
  EXPECT_EQ(always(kBlockToKms, {grant({service("server-protect")}, {service("kms")}, {"crn:X"})}),
            "undecided");
  PolicyContent ruled = grant({service("server-protect")}, {service("kms")});
  ruled.extras.emplace("rule", "{}");
  EXPECT_EQ(always(kBlockToKms, {ruled}), "undecided");
}

TEST(Always, IsViolatedWhereNoneDoes) {
  const std::vector<PolicyContent> others{grant({service("is")}, {service("kms")}),
                                          grant({service("server-protect")}, {service("hs")})};

  EXPECT_EQ(always(kBlockToKms, others), "violated");
  EXPECT_EQ(always(kBlockToKms, others, Sight::manifests), "undecided")
      << "IAM may have a policy that no manifest speaks of";
  EXPECT_EQ(always(pattern(kBlockToKms.parts, {"Reader", "Writer"}),
                   {grant({service("server-protect")}, {service("kms")})}),
            "violated")
      << "each of the roles";
}

TEST(Findings, AreCountedBeyondThoseThatAreNamed) {
  Assertion assertion{.name = "a"};
  assertion.never = {pattern(kToKms, {"Reader"})};
  std::vector<PolicyContent> policies(kMostFindings,
                                      grant({service("s")}, {service("kms")}, {"crn:X"}));
  policies.resize(2 * kMostFindings + 3, grant({service("s")}, {service("kms")}));

  const AssertionResult result = test::result(assertion, policies);

  EXPECT_EQ(result.violations, kMostFindings + 3);
  EXPECT_EQ(result.undecided, kMostFindings);
  ASSERT_EQ(result.findings.size(), kMostFindings);
  EXPECT_EQ(result.findings.back().verdict, Verdict::violated) << "they come first";
}

}  // namespace
}  // namespace authzd
