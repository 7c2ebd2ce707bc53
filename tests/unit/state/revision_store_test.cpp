// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/state/state_fixture.hpp"

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const Key kKey = create_of("kms").key;
const Key kOther = create_of("cos").key;

class RevisionStoreTest : public StateTest {
 protected:
  void apply(const std::set<Key>& unprotected) {
    must(state->revisions.keep_applied("revision", unprotected, now));
  }
};

TEST_F(RevisionStoreTest, GivesBackTheTextOfTheLastGoodRevision) {
  must(state->revisions.keep_good({"old", {{"gone.yaml", "gone"}}, now}));
  const std::string odd("with \0 a zero and \xff", 18);
  must(state->revisions.keep_good({"new", {{"b.yaml", "second\n"}, {"a.yaml", odd}}, now}));
  reopen();

  const auto good = must(state->revisions.good());

  ASSERT_TRUE(good);
  EXPECT_EQ(good->revision, "new");
  EXPECT_EQ(good->since, now);
  ASSERT_EQ(good->files.size(), 2U);
  EXPECT_EQ(good->files[0].name, "b.yaml");
  EXPECT_EQ(good->files[0].text, "second\n");
  EXPECT_EQ(good->files[1].text, odd);
}

TEST_F(RevisionStoreTest, KnowsNoRevisionAtFirst) {
  EXPECT_FALSE(must(state->revisions.good()));
  EXPECT_FALSE(must(state->revisions.applied()));
  EXPECT_FALSE(must(state->revisions.attempted()));
}

TEST_F(RevisionStoreTest, TellsTheAppliedRevisionFromTheAttemptedOne) {
  apply({});
  must(state->revisions.keep_attempted({"newer", now + 1s, "a.yaml:1:1: error"}));

  EXPECT_EQ(must(state->revisions.applied())->revision, "revision");
  EXPECT_EQ(must(state->revisions.attempted())->revision, "newer");
  EXPECT_EQ(must(state->revisions.attempted())->error, "a.yaml:1:1: error");
}

TEST_F(RevisionStoreTest, RemembersTheFirstRevisionWithoutProtectUntilItIsThereAgain) {
  const Timestamp first = now;
  apply({kKey});
  now += 1h;
  apply({kKey, kOther});
  EXPECT_EQ(must(state->revisions.protect_releases()),
            (std::map<Key, Timestamp>{{kKey, first}, {kOther, now}}));

  apply({});
  EXPECT_EQ(must(state->revisions.protect_releases()).at(kKey), first) << "its manifest is gone";

  must(state->revisions.end_releases({kKey}));
  now += 1h;
  apply({kKey, kOther});

  EXPECT_EQ(must(state->revisions.protect_releases()).at(kKey), now);
}

TEST_F(RevisionStoreTest, KnowsWhichReleasesAreOfNoPolicyThatWeWrote) {
  apply({kKey, kOther});
  EXPECT_EQ(*must(state->revisions.unwritten_releases()), (std::set<Key>{kKey, kOther}));

  perform("r1", create_of("kms"), done_with(PolicyId{"p"}, content_with("Reader")));

  EXPECT_EQ(*must(state->revisions.unwritten_releases()), std::set<Key>{kOther});
}

TEST_F(RevisionStoreTest, TellsWhatTheLastAppliedRevisionGaveToADocument) {
  const DocumentId document{"g", "g.yaml"};
  const DocumentId namesake{"g", "other.yaml"};
  must(state->revisions.keep_given({{document, {kKey, kOther}}, {namesake, {kKey}}}, {}));
  reopen();
  EXPECT_EQ(must(state->revisions.given_to({document})),
            (GivenKeys{{document, {kKey, kOther}}, {namesake, {kKey}}}));

  must(state->revisions.keep_given({{document, {kOther}}}, {}));

  EXPECT_EQ(must(state->revisions.given_to({document, namesake})),
            (GivenKeys{{document, {kOther}}}));
}

TEST_F(RevisionStoreTest, KnowsTheAppliedRevisionByItsTextToo) {
  must(state->revisions.keep_applied("commit", {}, now, "of these files"));
  reopen();

  EXPECT_TRUE(must(state->revisions.is_applied("commit", "of these files")));
  EXPECT_FALSE(must(state->revisions.is_applied("commit", "of other files")));
  EXPECT_FALSE(must(state->revisions.is_applied("another", "of these files")));
}

TEST_F(RevisionStoreTest, KeepsAllAuthorsUntilNothingIsHeld) {
  RevisionStore& revisions = state->revisions;
  must(revisions.add_authors({{"ada@example.com"}, {"noreply@forge.example"}, true}));
  must(revisions.add_authors({{"bob@example.com"}, {}, true}));
  reopen();
  const Authors both{{"ada@example.com", "bob@example.com"}, {"noreply@forge.example"}, true};
  EXPECT_EQ(must(state->revisions.authors()), both);
  must(state->revisions.add_authors({{}, {}, false}));
  EXPECT_FALSE(must(state->revisions.authors()).is_known);

  must(state->revisions.forget_authors());

  EXPECT_EQ(must(state->revisions.authors()), Authors{});
}

}  // namespace
}  // namespace authzd::test
