// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/break_glass.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Timestamp kGlassMade{std::chrono::seconds(1'800'000'000)};

Grant glass_grant(const std::string& service, const std::string& instance = {}) {
  Grant grant;
  grant.name = "rescue";
  grant.subject.add({"serviceName", std::string(kStringEquals), std::string("is")});
  grant.resource.add({"serviceName", std::string(kStringEquals), service});
  if (!instance.empty()) {
    grant.resource.add({"serviceInstance", std::string(kStringEquals), instance});
  }
  grant.key = Key({}, grant.subject, grant.resource);
  return grant;
}

BreakGlass glass_of(const std::string& name, std::vector<Grant> grants) {
  BreakGlass glass{.name = name, .who = "alice", .reason = "INC-17"};
  glass.made = kGlassMade;
  glass.ends = kGlassMade + 2h;
  glass.grants = break_glass_grants(std::move(grants), glass);
  return glass;
}

TEST(BreakGlass, GivesItsGrantsItsNameItsEndAndItsReason) {
  const BreakGlass glass = glass_of("break-glass-1", {glass_grant("kms")});

  const Grant& grant = glass.grants.front();
  EXPECT_EQ(grant.name, "break-glass-1");
  EXPECT_EQ(grant.expires_at, kGlassMade + 2h);
  EXPECT_EQ(grant.rationale.owner, "alice");
  EXPECT_EQ(grant.rationale.reason, "INC-17");
}

TEST(BreakGlass, JoinsTheManifestsInOrder) {
  const Desired desired{{}, {glass_grant("kms")}};

  const OpenedGlass opened =
      with_break_glass(desired, std::vector{glass_of("break-glass-1", {glass_grant("a")})});

  EXPECT_EQ(opened.desired.grants.size(), 2U);
  EXPECT_TRUE(std::ranges::is_sorted(opened.desired.grants, {}, &Grant::key));
  EXPECT_THAT(opened.superseded, IsEmpty());
}

TEST(BreakGlass, IsLeftOutWholeWhereAManifestWantsAPartOfIt) {
  const Desired desired{{}, {glass_grant("kms")}};

  const OpenedGlass opened = with_break_glass(
      desired,
      std::vector{glass_of("break-glass-1", {glass_grant("kms"), glass_grant("hs-crypto")})});

  EXPECT_EQ(opened.desired, desired);
  EXPECT_THAT(opened.superseded, ElementsAre("break-glass-1"));
}

TEST(BreakGlass, OverlapsUnlessAnAttributeTellsThemApart) {
  EXPECT_TRUE(may_overlap(glass_grant("kms"), glass_grant("kms", "1")));
  EXPECT_TRUE(may_overlap(glass_grant("kms", "1"), glass_grant("kms", "1")));
  EXPECT_FALSE(may_overlap(glass_grant("kms", "1"), glass_grant("kms", "2")));
  EXPECT_FALSE(may_overlap(glass_grant("kms"), glass_grant("hs-crypto")));
}

TEST(BreakGlass, IsOffOrLimitedAsConfigured) {
  const BreakGlass wanted = glass_of("break-glass-1", {glass_grant("kms")});

  EXPECT_THAT(why_not_granted(wanted, {}, std::nullopt)->message, HasSubstr("are off"));
  EXPECT_THAT(why_not_granted(wanted, {}, 119min)->message, HasSubstr("longer than"));
  EXPECT_FALSE(why_not_granted(wanted, {}, 2h));
}

TEST(BreakGlass, IsLimitedInNumber) {
  std::vector<BreakGlass> many;
  for (std::size_t i = 0; i < kMostBreakGlass; ++i) {
    many.push_back(glass_of("break-glass-" + std::to_string(i),
                            {glass_grant("kms", "x" + std::to_string(i))}));
  }

  EXPECT_TRUE(why_not_granted(glass_of("more", {glass_grant("hs-crypto")}), many, 2h));
}

}  // namespace
}  // namespace authzd
