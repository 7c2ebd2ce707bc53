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
  void apply(const std::set<Key>& unprotected, const std::set<AnnouncedExpiry>& expiries = {}) {
    must(state->revisions.keep_applied("revision", unprotected, expiries, now));
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

  apply({kOther});
  now += 1h;
  apply({kKey, kOther});

  EXPECT_EQ(must(state->revisions.protect_releases()).at(kKey), now);
}

TEST_F(RevisionStoreTest, RemembersAnExpiryOnlyIfItWasStillToCome) {
  const AnnouncedExpiry to_come{kKey, now + 1s};
  const AnnouncedExpiry past{kOther, now};

  apply({}, {to_come, past});
  now += 1h;
  apply({}, {});

  EXPECT_EQ(must(state->revisions.announced_expiries()), std::set{to_come});
}

}  // namespace
}  // namespace authzd::test
