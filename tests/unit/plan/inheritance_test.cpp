// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which policies `suspend`, `release` and unknown roles affect: those of the same document, and
// none that another document made under the same name (design §3). Each story is two revisions.

#include "reconciler/plan/inheritance.hpp"

#include "tests/unit/plan/planner_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

using test::ours;
using test::released;
using test::summary;
using test::suspended;
using test::wanted;
using test::WantedGrant;
using test::World;

WantedGrant in_file(WantedGrant g, const std::string& file) {
  g.grant.position.file = file;
  return g;
}

WantedGrant unresolved(WantedGrant g) {
  g.roles = Error{ErrorCode::timeout, "slow"};
  return g;
}

Desired desired_of(const std::vector<WantedGrant>& grants) {
  Desired desired;
  desired.account = test::kAccount;
  for (const WantedGrant& each : grants) desired.grants.push_back(each.grant);
  return desired;
}

/// The world after `first` was applied, for `second`.
struct Story {
  explicit Story(const std::vector<WantedGrant>& first) : given(given_keys(desired_of(first), {})) {
    for (const WantedGrant& each : first) {
      std::string id = "p-" + each.grant.name + "-" + each.grant.position.file;
      if (!world.observed.empty()) id += "-" + std::to_string(world.observed.size() + 1);
      world.observed.push_back(ours(id, each));
    }
  }

  /// What `second` would do; afterwards it is the last applied revision.
  std::string then(const std::vector<WantedGrant>& second) {
    world.desired = second;
    world.options.inherited = inherited_keys(test::resolved(world.desired), given);
    given = given_keys(desired_of(second), world.options.inherited);
    return summary(world.plan());
  }

  World world;
  GivenKeys given;
};

TEST(Inheritance, IsRememberedOnlyOfKeysThatAPolicyHasOrMayHave) {
  const WantedGrant there = wanted("g", "a", "kms");
  const WantedGrant altered = wanted("g", "a", "hs");
  const WantedGrant written = wanted("g", "a", "cos");
  const WantedGrant open = wanted("g", "a", "logs");
  const WantedGrant gone = wanted("g", "a", "events");
  InheritedKeys inherited;
  for (const WantedGrant& each : {there, altered, written, open, gone}) {
    inherited.emplace(each.grant.key, DocumentId{"g", "g.yaml"});
  }
  Observed moved = ours("q", altered);
  moved.content.resource = wanted("g", "b", "elsewhere").grant.resource;
  Ownership ownership;
  ownership.written.own().emplace(PolicyId{"r"}, WrittenPolicy{written.grant.key});
  const std::vector<Observed> observed{ours("p", there), moved};

  const InheritedKeys kept =
      with_policies(test::kAccount, inherited, observed, ownership, {open.grant.key});

  inherited.erase(gone.grant.key);
  EXPECT_EQ(kept, inherited);
}

TEST(Inheritance, ReachesWhatTheDocumentDropsInTheCommitThatSuspendsIt) {
  Story story({in_file(wanted("g", "a", "kms"), "g.yaml")});
  const auto moved = suspended(in_file(wanted("g", "a", "hs"), "g.yaml"));

  EXPECT_EQ(story.then({moved}), "kept Suspended \nkept Suspended p-g-g.yaml\n");
  EXPECT_EQ(story.then({moved}), "kept Suspended \nkept Suspended p-g-g.yaml\n") << "it lasts";
}

TEST(Inheritance, EndsWithTheWish) {
  Story story({in_file(wanted("g", "a", "kms"), "g.yaml")});
  ASSERT_EQ(story.then({suspended(in_file(wanted("g", "a", "hs"), "g.yaml"))}),
            "kept Suspended \nkept Suspended p-g-g.yaml\n");

  EXPECT_EQ(story.then({in_file(wanted("g", "a", "hs"), "g.yaml")}),
            "create Missing \ndelete NotDesired p-g-g.yaml\n");
  EXPECT_EQ(story.then({suspended(in_file(wanted("g", "a", "hs"), "g.yaml"))}),
            "delete NotDesired p-g-g.yaml\nkept Suspended \n")
      << "the revision in between had dropped it for good";
}

bool deletes(const std::string& plan, const std::string& id) {
  return plan.find("delete NotDesired " + id + "\n") != std::string::npos;
}

/// A document `g` in its own file, with each of the settings that inherit.
std::vector<WantedGrant> takers(const std::string& file) {
  const WantedGrant g = in_file(wanted("g", "b", "hs"), file);
  return {suspended(g), released(g), unresolved(g)};
}

TEST(Inheritance, IsNoneOfADocumentThatTakesAFreeName) {
  for (const WantedGrant& taker : takers("team-b.yaml")) {
    Story at_once({in_file(wanted("g", "a", "kms"), "team-a.yaml")});
    EXPECT_TRUE(deletes(at_once.then({taker}), "p-g-team-a.yaml"));
  }
  for (const WantedGrant& taker : takers("team-a.yaml")) {
    Story later({in_file(wanted("g", "a", "kms"), "team-a.yaml")});
    ASSERT_TRUE(deletes(later.then({}), "p-g-team-a.yaml")) << "and a rail holds it";
    EXPECT_TRUE(deletes(later.then({taker}), "p-g-team-a.yaml"));
  }
}

TEST(Inheritance, IsNoneOfADocumentThatTakesAFreeNameAndOneOfItsGrants) {
  const WantedGrant kms = in_file(wanted("g", "a", "kms"), "team-a.yaml");
  const WantedGrant hs = in_file(wanted("g", "a", "hs"), "team-a.yaml");
  const WantedGrant repeated = in_file(wanted("g", "a", "kms"), "team-b.yaml");
  for (const WantedGrant& taker : {suspended(repeated), released(repeated), unresolved(repeated)}) {
    Story story({kms, hs});

    EXPECT_TRUE(deletes(story.then({taker}), "p-g-team-a.yaml-2"));
  }
}

TEST(Inheritance, GoesWithADocumentThatMovesToAnotherFile) {
  const WantedGrant kms = in_file(wanted("g", "a", "kms"), "g.yaml");
  const WantedGrant hs = in_file(wanted("g", "a", "hs"), "g.yaml");
  Story story({kms, hs});
  ASSERT_FALSE(deletes(story.then({suspended(kms)}), "p-g-g.yaml-2"));

  const std::string moved = story.then({suspended(in_file(wanted("g", "a", "kms"), "new/g.yaml"))});

  EXPECT_FALSE(deletes(moved, "p-g-g.yaml-2")) << moved;
  const std::string more = story.then({suspended(in_file(wanted("g", "a", "kms"), "b.yaml")),
                                       suspended(in_file(wanted("g", "b", "is"), "b.yaml"))});
  EXPECT_TRUE(deletes(more, "p-g-g.yaml-2")) << "it brings along what the document never had";
}

TEST(Inheritance, IsNoMatterForAGrantThatIsStillThereUnderAnotherName) {
  Story renamed({in_file(wanted("a", "x", "kms"), "f.yaml")});
  EXPECT_EQ(renamed.then({suspended(in_file(wanted("b", "x", "kms"), "f.yaml"))}),
            "kept Suspended p-a-f.yaml\n");

  Story moved({in_file(wanted("a", "x", "kms"), "f.yaml")});
  EXPECT_EQ(moved.then({suspended(in_file(wanted("a", "x", "kms"), "other.yaml"))}),
            "kept Suspended p-a-f.yaml\n");
}

TEST(Inheritance, IsNoMatterWhereTwoDocumentsSwapTheirNames) {
  Story story({in_file(wanted("a", "x", "kms"), "a.yaml"),
               in_file(wanted("b", "x", "hs", {"Writer"}), "b.yaml")});

  EXPECT_EQ(story.then({suspended(in_file(wanted("a", "x", "hs"), "b.yaml")),
                        in_file(wanted("b", "x", "kms"), "a.yaml")}),
            "update MarkerRewritten p-a-a.yaml\nkept Suspended p-b-b.yaml-2\n");
}

TEST(Inheritance, KeepsWhatTheDocumentHadWhileTheRolesOfWhatItHasNowAreUnknown) {
  Story story({in_file(wanted("g", "a", "kms"), "g.yaml")});
  const WantedGrant changed = in_file(wanted("g", "a", "hs"), "g.yaml");

  EXPECT_EQ(story.then({unresolved(changed)}),
            "conflict RoleLookupFailed \nkept UnknownRole p-g-g.yaml\n");
  EXPECT_EQ(story.then({unresolved(changed)}),
            "conflict RoleLookupFailed \nkept UnknownRole p-g-g.yaml\n");
  EXPECT_EQ(story.then({changed}), "create Missing \ndelete NotDesired p-g-g.yaml\n");
}

}  // namespace
}  // namespace authzd
