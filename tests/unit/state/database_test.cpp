// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/state/state_fixture.hpp"

#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace authzd::test {
namespace {

using ::testing::Test;

class DatabaseTest : public StateTest {
 protected:
  /// Why the file at `where` cannot be opened; empty if it can.
  static std::string refusal(const std::string& where, ErrorCode code = ErrorCode::invalid_config) {
    DatabaseOptions options;
    options.path = where;
    const auto opened = Database::open(options);
    if (opened) return {};
    EXPECT_EQ(opened.error().code, code);
    return to_string(opened.error());
  }
  std::string refusal() { return refusal(path()); }

  void fill() {
    for (int i = 0; i < 50; ++i) begin("run-" + std::to_string(i), {create_of(std::to_string(i))});
  }

  static bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
};

TEST_F(DatabaseTest, IsPrivateToItsUser) {
  fill();
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat about {};
    ASSERT_EQ(::stat((path() + suffix).c_str(), &about), 0) << suffix;
    EXPECT_EQ(about.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(DatabaseTest, TakesTheRightsOfOthersAway) {
  close();
  ASSERT_EQ(chmod(path().c_str(), 0644), 0);

  open();

  struct stat about {};
  ASSERT_EQ(::stat(path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(DatabaseTest, IsHeldAgainstASecondProcessWhichIsToldWhoHasIt) {
  const std::string why = refusal(path(), ErrorCode::unavailable);

  EXPECT_TRUE(says(why, "process " + std::to_string(getpid()))) << why;
  EXPECT_TRUE(says(why, "stop it")) << why;
  close();
  EXPECT_EQ(refusal(), "");
}

TEST_F(DatabaseTest, SurvivesThatItsLastProcessLeftItsPidBehind) {
  close();
  std::ofstream(path() + ".lock") << "4711\n";

  EXPECT_EQ(refusal(), "");
}

TEST_F(DatabaseTest, SaysWhatToDoWhereTheDirectoryIsMissing) {
  const std::string why = refusal(directory / "no" / "state.db");

  EXPECT_TRUE(says(why, "does not exist; create it")) << why;
}

TEST_F(DatabaseTest, SaysWhatToDoWithADamagedFile) {
  fill();
  close();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    for (int i = 0; i < 40'000; ++i) file.put('x');
  }

  const std::string why = refusal();

  EXPECT_TRUE(says(why, "damaged")) << why;
  EXPECT_TRUE(says(why, "move it and its -wal and -shm away")) << why;
}

TEST_F(DatabaseTest, RefusesAFileThatIsNoDatabase) {
  close();
  std::ofstream(path(), std::ios::trunc) << std::string(4096, 'y');

  const std::string why = refusal();

  EXPECT_TRUE(says(why, "not a database of authzd")) << why;
}

TEST_F(DatabaseTest, RefusesADatabaseOfAnotherProgram) {
  must(database->run("PRAGMA application_id = 7"));
  close();

  const std::string why = refusal();

  EXPECT_TRUE(says(why, "another program")) << why;
}

TEST_F(DatabaseTest, RefusesAStateOfANewerVersionAndLeavesItAsItIs) {
  must(database->run("PRAGMA user_version = 999"));
  close();

  const std::string why = refusal();

  EXPECT_TRUE(says(why, "version 999")) << why;
  EXPECT_TRUE(says(why, "install that authzd again")) << why;
  EXPECT_EQ(refusal(), why);
}

TEST_F(DatabaseTest, RefusesALinkAndADirectoryInItsPlace) {
  const std::string link = directory / "link.db";
  ASSERT_EQ(symlink(path().c_str(), link.c_str()), 0);
  EXPECT_TRUE(says(refusal(link), "symbolic link"));

  std::filesystem::create_directory(directory / "dir.db");
  EXPECT_NE(refusal(directory / "dir.db"), "");
}

TEST_F(DatabaseTest, SaysSoWhenTheDiskIsFullAndKeepsWhatItHas) {
  begin("before");
  close();
  DatabaseOptions options;
  options.max_pages = 80;
  open(options);

  Result<void> begun;
  RunStart start;
  for (int i = 0; begun && i < 10'000; ++i) {
    start.id = "run-" + std::to_string(i);
    start.who = std::string(1'000, 'w');
    begun = state->runs.begin(start);
  }

  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(says(begun.error().message, "disk is full; free some space"))
      << begun.error().message;
  EXPECT_EQ(state->runs.find(start.id).error().code, ErrorCode::not_found);
  reopen();
  EXPECT_TRUE(state->runs.find("before"));
}

TEST_F(DatabaseTest, UndoesAllOfAChangeThatFailsInTheMiddle) {
  const auto changed = database->atomically([&]() -> Result<void> {
    must(state->runs.begin({.id = "half"}));
    return Error{ErrorCode::internal, "in the middle"};
  });

  EXPECT_FALSE(changed);
  EXPECT_EQ(state->runs.find("half").error().code, ErrorCode::not_found);
}

TEST_F(DatabaseTest, UndoesAllOfAChangeThatAnExceptionEnds) {
  EXPECT_THROW((void)database->atomically([&]() -> Result<void> {
    must(state->runs.begin({.id = "half"}));
    throw std::runtime_error("a bug");
  }),
               std::runtime_error);

  EXPECT_EQ(state->runs.find("half").error().code, ErrorCode::not_found);
  begin("whole");
}

TEST_F(DatabaseTest, WritesThroughToTheDisk) {
  const auto setting = [&](const char* pragma) {
    return *must(
        database->first<std::string>(pragma, {}, [](const SqlRow& row) { return row.text(0); }));
  };

  EXPECT_EQ(setting("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(setting("PRAGMA synchronous"), "2");  // FULL
  EXPECT_EQ(setting("PRAGMA foreign_keys"), "1");
}

}  // namespace
}  // namespace authzd::test
