// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// rails.approvers.notTheAuthor: the authors of what is not done yet are remembered, whatever it
// waits for.

#include "daemon/cycle/rails_and_quorum.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

class AuthorsOfWhatWaits : public CycleTest {
 protected:
  void SetUp() override {
    spec.approvers.not_the_author = true;
    spec.rails.limits.max_delete_percent = 100;
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
    write_file("files.yaml", manifest_of("files", "is", {"kms"}));
    good_cycle();
    ASSERT_FALSE(are_remembered()) << "all is done";
    // Not part of this test.
    ASSERT_TRUE(state().approvals.mark_first_deletes_done(clock.now()));
    ASSERT_TRUE(state().revisions.add_authors({{"ada@example.com"}, {}, true}));
  }

  [[nodiscard]] bool are_remembered() const {
    return authors_of_what_waits(state(), clock.now())->wrote.contains("ada@example.com");
  }

  /// `files`, with an end after that time.
  [[nodiscard]] std::string ending_in(std::chrono::minutes time) const {
    return manifest_of("files", "is", {"kms"}) + "  expiresAt: " + to_rfc3339(clock.now() + time) +
           "\n";
  }
};

TEST_F(AuthorsOfWhatWaits, AreForgottenOnceAllIsDone) {
  remove_file("files.yaml");

  good_cycle();

  EXPECT_FALSE(are_remembered());
}

TEST_F(AuthorsOfWhatWaits, AreRememberedWhileTheirDocumentIsSuspended) {
  const std::string changed = manifest_of("files", "is", {"hs-crypto"});
  write_file("files.yaml", changed + "  suspend: true\n");
  cycle();
  EXPECT_TRUE(are_remembered());

  write_file("files.yaml", changed);
  good_cycle();
  EXPECT_FALSE(are_remembered());
}

TEST_F(AuthorsOfWhatWaits, AreRememberedOnceTheEndThatTheySetHasCome) {
  spec.rails.limits.max_delete = 0;
  restart();
  write_file("files.yaml", ending_in(std::chrono::minutes(60)));
  good_cycle();
  EXPECT_FALSE(are_remembered()) << "nobody may approve what others write meanwhile";
  ASSERT_TRUE(state().revisions.add_authors({{"bob@example.com"}, {}, true}));
  write_file("more.yaml", manifest_of("more", "is", {"hs-crypto"}));
  good_cycle();

  clock.advance(std::chrono::hours(1));
  cycle();
  ASSERT_TRUE(status().held.is_true);
  EXPECT_TRUE(are_remembered()) << "who set the end could approve what it takes away";
  EXPECT_FALSE(authors_of_what_waits(state(), clock.now())->wrote.contains("bob@example.com"));

  spec.rails.limits.max_delete = 10;
  restart();
  good_cycle();
  EXPECT_EQ(ours().size(), 2U);
  EXPECT_FALSE(are_remembered()) << "it is done";
}

TEST_F(AuthorsOfWhatWaits, AreNoneOfAnEndThatAnotherTookOff) {
  write_file("files.yaml", ending_in(std::chrono::minutes(60)));
  good_cycle();
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();
  clock.advance(std::chrono::hours(2));

  EXPECT_FALSE(are_remembered());
}

TEST_F(AuthorsOfWhatWaits, AreRememberedWhileTheModeKeepsItBack) {
  remove_file("files.yaml");
  spec.mode = Mode::upsert_only;
  restart();
  cycle();
  EXPECT_TRUE(are_remembered());

  spec.mode = Mode::sync;
  restart();
  good_cycle();
  EXPECT_FALSE(are_remembered());
}

TEST_F(AuthorsOfWhatWaits, AreRememberedWhileARoleIsUnknown) {
  write_file("files.yaml", manifest_of("files", "is", {"kms"}, "Nonsense"));
  cycle();
  EXPECT_TRUE(are_remembered());

  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  good_cycle();
  EXPECT_FALSE(are_remembered());
}

TEST_F(AuthorsOfWhatWaits, AreRememberedWhileNobodyKnowsWhatCameOfAWrite) {
  remove_file("files.yaml");
  http->after_done = [this](const HttpRequest& request) {
    if (request.method != "DELETE") return;
    inject({.method = "GET", .path = "/v2/policies/", .times = 0, .status = 403});
  };
  cycle();
  cycle();
  EXPECT_EQ(status().ready.reason, "OutcomeUnknown");
  EXPECT_TRUE(are_remembered());

  service.clear_faults();
  good_cycle();
  EXPECT_FALSE(are_remembered());
}

TEST_F(AuthorsOfWhatWaits, AreRememberedWhileAWriteRestsThatFailed) {
  write_file("more.yaml", manifest_of("more", "is", {"hs-crypto"}));
  inject({.method = "POST", .path = "/v2/policies", .times = 0, .status = 403});
  std::size_t quiet_cycles = 0;
  for (int i = 0; i < 10; ++i) {
    const std::size_t before = unsafe();
    cycle();
    if (unsafe() == before) ++quiet_cycles;
    EXPECT_TRUE(are_remembered());
  }
  EXPECT_GT(quiet_cycles, 0U) << "it was tried in each";

  service.clear_faults();
  clock.advance(std::chrono::hours(24));
  good_cycle();
  EXPECT_FALSE(are_remembered());
}

TEST_F(AuthorsOfWhatWaits, AreRememberedWhileOnlyOthersGrantWhatARailWouldHold) {
  seed_demo();
  spec.rails.allow.targets = {"kms"};
  restart();
  write_file("keys.yaml", manifest_of("keys", "server-protect", {"hs-crypto"}));
  const CycleEnd end = good_cycle();
  ASSERT_EQ(count(end.performed->planned.plan).kept, 1U);
  EXPECT_TRUE(are_remembered()) << "once that policy is deleted, its author could approve this";

  spec.rails.allow.targets = {"kms", "hs-crypto"};
  restart();
  good_cycle();
  EXPECT_FALSE(are_remembered()) << "nothing would be held";
}

/// The authors of files in a directory are unknown, so that nobody can approve their deletes.
class FirstDeletesOfAuthors : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.limits.max_delete_percent = 1'000;
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
    write_file("files.yaml", manifest_of("files", "is", {"kms"}));
    write_file("more.yaml", manifest_of("more", "is", {"hs-crypto"}));
    good_cycle();
  }

  void judge_authors() {
    spec.approvers.not_the_author = true;
    restart();
  }
};

TEST_F(FirstDeletesOfAuthors, AreHeldThoughTheAuthorHasApprovedThem) {
  judge_authors();
  remove_file("files.yaml");

  cycle();

  EXPECT_EQ(ours().size(), 3U) << "approved before a cycle knew who wrote it";
  EXPECT_TRUE(status().held.is_true);
}

TEST_F(FirstDeletesOfAuthors, AreNoneOnceOneWasDone) {
  remove_file("files.yaml");
  good_cycle();
  ASSERT_EQ(ours().size(), 2U);
  judge_authors();
  remove_file("more.yaml");

  good_cycle();

  EXPECT_EQ(ours().size(), 1U) << "what needs no approval waits for one";
}

}  // namespace
}  // namespace authzd::test
