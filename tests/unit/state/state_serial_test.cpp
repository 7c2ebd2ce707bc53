// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A restored copy of the state is distinguished from the state that it was made of.
#include "tests/unit/state/state_fixture.hpp"

#include <fstream>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

class StateSerialTest : public StateTest {
 protected:
  void copy_state() {
    close();
    std::filesystem::copy_file(path(), copy(), std::filesystem::copy_options::overwrite_existing);
    open();
  }

  void put_copy_back() {
    close();
    std::filesystem::copy_file(copy(), path(), std::filesystem::copy_options::overwrite_existing);
    open();
  }

  void note_use(Timestamp at) {
    must(state->rails.note_uses({{PolicyId{"p"}, create_of().key, at}}));
  }

  [[nodiscard]] std::string copy() const { return directory / "copy.db"; }
  [[nodiscard]] std::string serial() const { return path() + ".serial"; }
};

TEST_F(StateSerialTest, TellsACopyFromBeforeTheLastChange) {
  const Grantor by{"ana", now, now + 24h};
  must(state->approvals.approve_hold("hash", "maxDelete", {"pass"}, by));
  must(state->rails.keep_ends({{create_of().key, now + 1h}}, now));
  must(state->rails.keep_removals({"removal"}, now));
  must(state->revisions.keep_applied("one", {create_of().key}, now));
  copy_state();
  note_use(now);

  put_copy_back();

  EXPECT_TRUE(database->is_older_copy());
  EXPECT_TRUE(must(state->approvals.list(now)).empty());
  EXPECT_TRUE(must(state->rails.removals()).empty());
  EXPECT_GT(must(state->rails.ends()).at(create_of().key).since, now);
  EXPECT_GT(must(state->revisions.protect_releases()).at(create_of().key), now);
  const auto distrusted = must(state->changes.distrusted());
  ASSERT_TRUE(distrusted);
  EXPECT_TRUE(distrusted->policy.empty());
}

TEST_F(StateSerialTest, TellsEachCopyOnceAndAnOlderOneAgain) {
  must(state->revisions.keep_applied("one", {}, now));
  copy_state();
  note_use(now);
  put_copy_back();
  ASSERT_TRUE(database->is_older_copy());

  reopen();
  EXPECT_FALSE(database->is_older_copy());
  put_copy_back();
  EXPECT_TRUE(database->is_older_copy());
}

TEST_F(StateSerialTest, TellsNothingOfTheStateItself) {
  note_use(now);
  copy_state();
  put_copy_back();
  EXPECT_FALSE(database->is_older_copy());
}

TEST_F(StateSerialTest, TakesAStateWithoutTheFileForAnOlderOne) {
  const Grantor by{"ana", now, now + 24h};
  must(state->approvals.approve_hold("hash", "maxDelete", {"pass"}, by));
  must(state->revisions.keep_applied("one", {}, now));
  close();
  std::filesystem::remove(serial());

  open();

  EXPECT_TRUE(database->is_older_copy()) << "nobody can tell, as on another disk";
  EXPECT_TRUE(must(state->approvals.list(now)).empty());
  reopen();
  EXPECT_FALSE(database->is_older_copy()) << "from then on the file tells";
}

TEST_F(StateSerialTest, HasItsFileBeforeAStateHasASerial) {
  EXPECT_TRUE(std::filesystem::exists(serial()));
  EXPECT_FALSE(database->is_older_copy());
}

TEST_F(StateSerialTest, TellsNothingOfAStateOfAVersionWithoutSerials) {
  must(state->revisions.keep_applied("one", {}, now));
  must(database->run("DELETE FROM state_serial", {}));
  close();
  std::filesystem::remove(serial());

  open();

  EXPECT_FALSE(database->is_older_copy());
  EXPECT_TRUE(std::filesystem::exists(serial()));
}

TEST_F(StateSerialTest, TellsNothingOfAStateThatIsNew) {
  note_use(now + 2h);
  close();
  std::filesystem::remove(path());
  open();
  EXPECT_FALSE(database->is_older_copy()) << "it is lost, and has nothing to distrust";
}

TEST_F(StateSerialTest, RefusesAFileThatAuthzdDidNotWrite) {
  close();
  std::ofstream(serial()) << "not a number";

  const auto opened = Database::open({.path = path()});

  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("move it away"), std::string::npos)
      << opened.error().message;
}

TEST_F(StateSerialTest, TakesAStateWithAnEmptyFileForAnOlderOne) {
  must(state->revisions.keep_applied("one", {}, now));
  close();
  std::ofstream(serial(), std::ios::trunc).flush();

  open();

  EXPECT_TRUE(database->is_older_copy());
}

}  // namespace
}  // namespace authzd::test
