// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/pattern/policy_pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

PolicyContent grant_from_to(const std::string& source, const std::string& target) {
  PolicyContent content;
  content.subject.add({.name = "serviceName", .value = source});
  content.resource.add({.name = "serviceName", .value = target});
  return content;
}

TEST(Pattern, FitsAWildcardThatAdmitsWhatItSpeaksOf) {
  PolicyContent content = grant_from_to("server-protect", "kms");
  content.resource = {
      {"serviceName", std::string(kStringMatch), std::string("cloud-object-stor*")}};

  EXPECT_TRUE(fits(content, {{"target.serviceName", "cloud-object-storage"}}));
  EXPECT_FALSE(fits(content, {{"target.serviceName", "cloud-logs"}}));
}

TEST(Pattern, OfAServiceFitsASideThatNamesNone) {
  PolicyContent content = grant_from_to("a", "kms");
  const PolicyPattern pattern{{"target.serviceName", "hs-crypto"}};
  EXPECT_FALSE(fits(content, pattern));

  content.resource = {};
  content.resource.add({"resourceGroupId", std::string(kStringEquals), "0123"});

  EXPECT_TRUE(fits(content, pattern)) << "everything in the group, keys included";
  EXPECT_FALSE(fits(content, {{"target.resourceGroupId", "4567"}}));
}

TEST(Pattern, OfAnAttributeFitsASideWithoutIt) {
  const PolicyContent all = grant_from_to("server-protect", "kms");
  PolicyContent one = all;
  one.resource.add({.name = "serviceInstance", .value = "one"});

  for (const std::string name : {"serviceInstance", "resource", "resourceGroupId", "region"}) {
    const PolicyPattern pattern{{"target.serviceName", "kms"}, {"target." + name, "two"}};
    EXPECT_TRUE(fits(all, pattern)) << "every " << name << ", that one included";
    EXPECT_TRUE(fits(all, {{"serviceName", "kms"}, {name, "two"}}));
    EXPECT_TRUE(fits(all, {{name, "two"}}));
    EXPECT_FALSE(fits(all, {{"target.serviceName", "hs"}, {"target." + name, "two"}}));
  }
  EXPECT_FALSE(fits(one, {{"target.serviceInstance", "two"}}));
  EXPECT_TRUE(fits(one, {{"source.serviceInstance", "two"}}));
  EXPECT_FALSE(fits(one, {{"target.accountId", "0123"}})) << "it is in the account itself";
}

/// Most sources have only a service. An entry that names no side is rarely meant for them.
TEST(Pattern, WithoutASideFitsASourceWithoutItOnlyWhereTheRestIsOfThatSource) {
  PolicyContent content = grant_from_to("server-protect", "kms");
  content.resource.add({.name = "serviceInstance", .value = "one"});

  EXPECT_FALSE(fits(content, {{"serviceInstance", "two"}}));
  EXPECT_FALSE(fits(content, {{"serviceName", "kms"}, {"serviceInstance", "two"}}));
  EXPECT_TRUE(fits(content, {{"serviceName", "server-*"}, {"serviceInstance", "two"}}));
}

TEST(Pattern, FitsWhereEveryEntryDoes) {
  PolicyContent content = grant_from_to("server-protect", "kms");
  content.resource.add(
      {"region", std::string(kStringEqualsAnyOf), std::vector<std::string>{"eu-de", "us-south"}});
  content.resource.add({"volumeId", std::string(kStringExists), true});

  EXPECT_TRUE(fits(content, {{"serviceName", "kms"}}));
  EXPECT_TRUE(fits(content, {{"serviceName", "server-*"}}));
  EXPECT_TRUE(fits(content, {{"source.serviceName", "server-*"}, {"target.serviceName", "kms"}}));
  EXPECT_FALSE(fits(content, {{"source.serviceName", "kms"}}));
  EXPECT_FALSE(fits(content, {{"serviceName", "kms"}, {"region", "ca-*"}}));
  EXPECT_TRUE(fits(content, {{"region", "us-*"}}));
  EXPECT_TRUE(fits(content, {{"volumeId", "*"}}));
  EXPECT_TRUE(fits(content, {{"volumeId", "v1"}})) << "it admits that volume, too";
  EXPECT_FALSE(fits(content, {}));
}

TEST(Pattern, FitsIdsWhateverTheirCase) {
  const std::string account = "0123456789ABCDEF0123456789ABCDEF";
  const std::string guid = "51042D7F-F0DF-4915-BD39-6A49957C9175";
  PolicyContent content = grant_from_to("server-protect", "kms");
  content.subject = {{.name = "accountId", .value = account}};
  content.resource.add({.name = "serviceInstance", .value = guid});
  content.resource.add({.name = "resource", .value = "Key-A"});

  EXPECT_TRUE(fits(content, {{"serviceInstance", guid}}));
  EXPECT_TRUE(fits(content, {{"serviceInstance", "51042D7F-*"}}));
  EXPECT_TRUE(fits(content, {{"source.accountId", account}}));
  EXPECT_TRUE(fits(content, {{"source.accountId", "0123456789abcdef*"}}));
  EXPECT_FALSE(fits(content, {{"serviceInstance", "51042D7E-*"}}));
  EXPECT_FALSE(fits(content, {{"resource", "KEY-*"}})) << "no id: its case counts";
}

TEST(Glob, MatchesWholeTexts) {
  EXPECT_TRUE(may_overlap("", ""));
  EXPECT_TRUE(may_overlap("*", ""));
  EXPECT_TRUE(may_overlap("a*b*c", "a--b-b-c"));
  EXPECT_FALSE(may_overlap("a*b*c", "a--b-b-"));
  EXPECT_TRUE(may_overlap("??", "ab"));
  EXPECT_FALSE(may_overlap("??", "a"));
  EXPECT_FALSE(may_overlap("kms", "kms-2"));
  EXPECT_TRUE(may_overlap("a*z", "?b*"));
  EXPECT_TRUE(may_overlap("*a", "b*"));
  EXPECT_FALSE(may_overlap("a*", "b*"));
  EXPECT_FALSE(may_overlap("*a", "*b"));
}

TEST(Pattern, MeansAnyOtherAccountByAnExclamationMark) {
  const std::string own = "0123456789abcdef0123456789abcdef";
  PolicyContent c = grant_from_to("a", "kms");
  c.subject.add({.name = "accountId", .value = own});

  EXPECT_FALSE(fits(c, {{"source.accountId", "!" + own}}));
  EXPECT_TRUE(fits(c, {{"source.accountId", "!ffffffffffffffffffffffffffffffff"}}));
  EXPECT_FALSE(fits(c, {{"source.serviceName", "!kms"}})) << "of accounts alone";
}

}  // namespace
}  // namespace authzd
