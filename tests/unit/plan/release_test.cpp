// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `authzd release NAME`: a name means the document that has it now, and nothing that waits for its
// delete is released unnoticed.

#include "reconciler/plan/release.hpp"

#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace authzd {
namespace {

using test::ours;
using test::summary;
using test::wanted;
using test::WantedGrant;

/// What team A's removed document `x` left behind, and the policy of team B's `x`.
struct TwoTeams {
  const WantedGrant former = wanted("x", "a", "kms");
  std::vector<WantedGrant> desired{wanted("x", "b", "kms")};
  std::vector<Observed> observed{ours("p-a", former), ours("p-b", desired[0])};
  Ownership ownership = test::prod();
  bool are_manifests_known = true;

  [[nodiscard]] Plan plan(const std::string& which) const {
    std::vector<Grant> grants;
    for (const WantedGrant& each : desired) grants.push_back(each.grant);
    std::ranges::sort(grants, {}, &Grant::key);
    const ReleaseOptions options{.desired = grants,
                                 .are_manifests_known = are_manifests_known,
                                 .time = trusted_at(Timestamp{}),
                                 .which = which};
    return make_release_plan(test::kAccount, observed, ownership, options);
  }

  [[nodiscard]] std::string release(const std::string& which) const { return summary(plan(which)); }
};

TEST(ReleaseByName, LeavesWhatAnotherDocumentLeftUnderTheNameAndSaysSo) {
  const TwoTeams teams;

  const Plan plan = teams.plan("x");

  EXPECT_EQ(summary(plan), "update Released p-b\nconflict NotDesired p-a\n");
  ASSERT_EQ(plan.notes.size(), 1U);
  EXPECT_NE(plan.notes[0].message.find("`authzd release p-a`"), std::string::npos);
}

TEST(ReleaseByName, LeavesWhatAnotherDocumentLeftThoughItWasAltered) {
  TwoTeams teams;
  teams.observed[0].content.resource = test::resource_of("hs");
  EXPECT_EQ(teams.release("x"), "update Released p-b\nconflict NotDesired p-a\n");

  teams.ownership.known = {{PolicyId{"p-a"}, PolicyOrigin::adopted}};
  teams.ownership.written = {{PolicyId{"p-a"}, {teams.former.grant.key}}};
  EXPECT_EQ(teams.release("x"), "update Released p-b\nconflict NotDesired p-a\n");
}

TEST(ReleaseByName, SaysThatNoManifestWantsWhatItReleases) {
  TwoTeams teams;
  EXPECT_EQ(teams.release("p-a"), "update Released p-a\nkept NotDesired p-a\n") << "by its id";
  EXPECT_EQ(teams.release(""), "update Released p-a\nupdate Released p-b\nkept NotDesired p-a\n");

  teams.desired.clear();
  EXPECT_EQ(teams.release("x"),
            "update Released p-a\nupdate Released p-b\nkept NotDesired p-a\nkept NotDesired p-b\n")
      << "no document has the name";
}

TEST(ReleaseByName, SaysThatWhatItReleasesHasExpired) {
  TwoTeams teams;
  teams.desired[0] = test::expired(teams.desired[0]);

  EXPECT_EQ(teams.release("p-b"), "update Released p-b\nkept NotDesired p-b\n");
}

TEST(ReleaseByName, SaysNothingOfManifestsThatNobodyKnows) {
  TwoTeams teams;
  teams.desired.clear();
  teams.are_manifests_known = false;

  EXPECT_EQ(teams.release(""), "update Released p-a\nupdate Released p-b\n");
}

TEST(ReleaseByName, MeansTheDocumentWhateverItsPolicyIsCalledYet) {
  TwoTeams teams;
  teams.desired = {wanted("new", "b", "kms"), wanted("x", "a", "kms")};

  EXPECT_EQ(teams.release("new"), "update Released p-b\n");
  EXPECT_EQ(teams.release("x"), "update Released p-a\n");
}

TEST(ReleaseByName, IsNoneWhereAPolicyHasThatId) {
  TwoTeams teams;
  teams.desired[0].grant.name = "p-a";
  teams.observed[1] = ours("p-b", teams.desired[0]);

  EXPECT_EQ(teams.release("p-a"), "update Released p-a\nkept NotDesired p-a\n");
}

}  // namespace
}  // namespace authzd
