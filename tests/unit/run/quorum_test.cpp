// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An approval is another person's, both when it is given and when it is used.

#include "daemon/cycle/rails_and_quorum.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>

namespace authzd {
namespace {

using namespace std::chrono_literals;

class QuorumTest : public testing::Test {
 protected:
  QuorumTest() {
    spec.id = AccountId{"a1234567a1234567a1234567a1234567"};
    spec.approvers.not_the_author = true;
    spec.approvers.addresses = {{1000, {"ada@example.com"}}, {1001, {"bob@example.com"}}};
    state = std::move(*state_in_memory(spec.id));
  }

  void approve(unsigned login_uid) {
    const Grantor by{"somebody", now, now + 24h, login_uid};
    ASSERT_TRUE(state->approvals.approve_hold("hold", "maxDelete", {"pass"}, by));
  }

  void commit(const std::string& address) {
    ASSERT_TRUE(state->revisions.add_authors({.wrote = {address}, .committed = {}}));
  }

  bool is_let_through() {
    const auto quorum = quorum_of(spec, *state, now);
    if (!quorum) return false;
    const auto passes = state->approvals.passes(now, *quorum);
    return passes && passes->contains("pass");
  }

  AccountSpec spec;
  Timestamp now{std::chrono::sys_days{std::chrono::January / 31 / 2026}};
  std::unique_ptr<AccountState> state;
};

TEST_F(QuorumTest, LosesTheWordOfAnApproverWhoCommitsAfterwards) {
  commit("bob@example.com");
  approve(1000);
  ASSERT_TRUE(is_let_through());

  commit("ada@example.com");

  EXPECT_FALSE(is_let_through());
}

TEST_F(QuorumTest, LosesEverybodysWordWhileAnAuthorIsNobodyKnown) {
  approve(1000);
  ASSERT_TRUE(is_let_through());

  commit("eve@example.com");

  EXPECT_FALSE(is_let_through());
}

TEST_F(QuorumTest, NeedsAnotherPersonInThePlaceOfAnAuthor) {
  spec.approvers.need = 2;
  approve(1000);
  approve(1001);
  ASSERT_TRUE(is_let_through());

  commit("ada@example.com");
  EXPECT_FALSE(is_let_through());

  spec.approvers.need = 1;
  EXPECT_TRUE(is_let_through()) << "the other one did not write it";
}

TEST_F(QuorumTest, AsksNobodyWhoWroteItWhereThatDoesNotMatter) {
  spec.approvers = {};
  commit("ada@example.com");
  approve(1000);

  EXPECT_TRUE(is_let_through());
}

}  // namespace
}  // namespace authzd
