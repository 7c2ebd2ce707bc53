// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is kept in memory of the state is what the file says, also if another program changed it.

#include "daemon/state/memo.hpp"

#include "tests/unit/state/state_fixture.hpp"

#include <sqlite3.h>
#include <string>

namespace authzd::test {
namespace {

const PolicyId kPolicy{"p1"};
const PolicyId kOther{"p2"};

class MemoTest : public StateTest {
 protected:
  [[nodiscard]] static bool knows(const AccountState& which, const PolicyId& id) {
    return must(which.policies.known())->contains(id);
  }
  [[nodiscard]] bool knows(const PolicyId& id) const { return knows(*state, id); }

  static void remember(AccountState& which, const PolicyId& id) {
    must(which.policies.remember({{id, PolicyOrigin::created}}));
  }

  /// As another program would, while this one has the file open.
  void change_behind_its_back(const std::string& statement) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &connection), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(connection);
    sqlite3_close(connection);
  }
};

TEST_F(MemoTest, FollowsItsOwnChanges) {
  EXPECT_FALSE(knows(kPolicy));
  remember(*state, kPolicy);
  EXPECT_TRUE(knows(kPolicy));
  must(state->policies.seen_gone(kPolicy, now));
  EXPECT_FALSE(knows(kPolicy));
}

TEST_F(MemoTest, FollowsWhatIsDoneThroughAnotherObject) {
  AccountState other(database, kOurAccount);
  EXPECT_FALSE(knows(kPolicy));
  remember(other, kPolicy);
  EXPECT_TRUE(knows(kPolicy));
}

TEST_F(MemoTest, FollowsAnotherProgram) {
  remember(*state, kPolicy);
  EXPECT_TRUE(knows(kPolicy));
  change_behind_its_back("DELETE FROM policies");
  EXPECT_FALSE(knows(kPolicy));
}

TEST_F(MemoTest, ForgetsWhatWasRolledBack) {
  EXPECT_FALSE(knows(kPolicy));

  const auto failed = database->atomically([&]() -> Result<void> {
    remember(*state, kPolicy);
    EXPECT_TRUE(knows(kPolicy)) << "within the transaction";
    return Error{ErrorCode::internal, "no"};
  });

  EXPECT_FALSE(failed);
  EXPECT_FALSE(knows(kPolicy));
}

TEST_F(MemoTest, FollowsAWriteToAPolicy) {
  perform("made", create_of(), done_with(kPolicy, content_with("Reader")));
  EXPECT_TRUE(must(state->written.all())->contains(kPolicy));
  must(state->written.forget_all({kPolicy}));
  EXPECT_FALSE(must(state->written.all())->contains(kPolicy));
}

TEST_F(MemoTest, HandsOutWhatStaysAsItWas) {
  remember(*state, kPolicy);
  KnownPolicies before = must(state->policies.known());
  before.own().erase(kPolicy);
  EXPECT_TRUE(knows(kPolicy)) << "a change of what was handed out is the caller's alone";

  const KnownPolicies kept = must(state->policies.known());
  remember(*state, kOther);
  EXPECT_FALSE(kept->contains(kOther));
}

TEST_F(MemoTest, ReadsTheFileWhereThereIsNoRoom) {
  remember(*state, kPolicy);
  std::size_t taken = 0;
  while (database->take_room(1)) ++taken;

  EXPECT_TRUE(knows(kPolicy));
  must(state->policies.seen_gone(kPolicy, now));
  EXPECT_FALSE(knows(kPolicy));

  database->give_room_back(taken);
}

TEST_F(MemoTest, ReadsTheFileOnlyOnceWhileNothingChanges) {
  int reads = 0;
  Memo<std::map<PolicyId, PolicyOrigin>> memo(database, {"policies"});
  const auto read = [&]() -> Result<std::map<PolicyId, PolicyOrigin>> {
    ++reads;
    return std::map<PolicyId, PolicyOrigin>{{kPolicy, PolicyOrigin::created}};
  };
  must(memo.get(read));
  begin("run", {create_of()});  // other tables
  must(memo.get(read));
  EXPECT_EQ(reads, 1);
  remember(*state, kPolicy);
  must(memo.get(read));
  EXPECT_EQ(reads, 2);
}

}  // namespace
}  // namespace authzd::test
