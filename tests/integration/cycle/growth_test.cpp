// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The state does not grow with commits: it remembers keys of grants and of policies that exist.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <cstddef>
#include <set>
#include <string>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

std::string guid_of(std::size_t number) {
  const std::string digits = std::to_string(100'000'000'000 + number);
  return "0a1b2c3d-0000-4000-8000-" + digits;
}

class Growth : public CycleTest {
 protected:
  void SetUp() override {
    spec.rails.limits.max_delete_percent = 100;
    write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  }

  /// A document with some grants that no other commit has.
  void commit(const std::string& name, std::size_t number, const std::string& more) {
    const std::string source = "server-protect, instance: " + guid_of(number);
    write_file(name + ".yaml", manifest_of(name, source, {"kms", "hs-crypto"}) + more);
  }

  [[nodiscard]] std::size_t releases() const {
    return state().revisions.protect_releases()->size();
  }

  /// What is remembered as given to the documents of these names.
  [[nodiscard]] std::size_t given(const std::set<std::string>& names) const {
    std::set<DocumentId> documents;
    for (const std::string& name : names) documents.insert({name, {}});
    std::size_t keys = 0;
    const auto found = state().revisions.given_to(documents);
    for (const auto& [document, each] : *found) keys += each.size();
    return keys;
  }
};

TEST_F(Growth, IsBoundedByGrantsAndPoliciesWhateverIsCommitted) {
  commit("frozen", 1'000, "");
  good_cycle();
  ASSERT_EQ(ours().size(), 3U);
  for (std::size_t i = 0; i < 8; ++i) {
    commit("frozen", i, "  suspend: true\n");
    commit("other", 100 + i, "  suspend: true\n");
    if (i % 2 == 1) remove_file("other.yaml");

    good_cycle();

    ASSERT_EQ(ours().size(), 3U) << "what it had is inherited\n" << logged();
    EXPECT_LE(releases(), 5U + ours().size()) << i;
    EXPECT_LE(given({"files", "frozen", "other"}), 5U + ours().size()) << i;
  }
  remove_file("frozen.yaml");

  good_cycle();

  EXPECT_EQ(ours().size(), 1U) << "nothing suspends them any more\n" << logged();
  good_cycle();
  EXPECT_EQ(releases(), 1U);
}

TEST_F(Growth, OfAnEarlierVersionIsUndoneByTheNextCycle) {
  good_cycle();
  std::set<Key> grown;
  for (std::size_t i = 0; i < 100; ++i) grown.insert(Key::from_text(guid_of(i)));
  ASSERT_TRUE(state().revisions.keep_releases(grown, clock.now()));
  ASSERT_EQ(releases(), 101U);

  good_cycle();

  EXPECT_EQ(releases(), 1U);
}

/// The state was lost after the policy was written, and no later write told it of its content.
TEST_F(Growth, IsNoReasonToForgetWhenProtectionMayGo) {
  commit("kept", 1, "  protect: true\n");
  good_cycle();
  commit("kept", 1, "");
  lose_state();
  restart();
  cycle();
  approve_first_deletes();
  good_cycle();
  remove_file("kept.yaml");
  good_cycle();
  ASSERT_EQ(ours().size(), 3U);
  clock.advance(25h);

  good_cycle();

  EXPECT_EQ(ours().size(), 1U) << logged();
}

}  // namespace
}  // namespace authzd::test
