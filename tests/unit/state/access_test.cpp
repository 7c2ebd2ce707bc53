// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A state that its user may not write, or that belongs to another: refused, with a remedy. Root may
// write anything, so as root each case runs in a child without its rights.

#include "tests/unit/state/state_fixture.hpp"

#include <gmock/gmock.h>

#include <array>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace authzd::test {
namespace {

using ::testing::HasSubstr;

constexpr uid_t kNobody = 65534;

class AccessTest : public StateTest {
 protected:
  AccessTest() {
    close();
    std::filesystem::create_directory(home);
    must_be_zero(chmod(directory.c_str(), 0755));
    give(home, 0755);
  }
  ~AccessTest() override { must_be_zero(chmod(home.c_str(), 0755)); }

  static void must_be_zero(int result) { EXPECT_EQ(result, 0); }

  /// Gives it to the user that the case runs as.
  static void give(const std::filesystem::path& path, mode_t mode) {
    if (is_root()) must_be_zero(chown(path.c_str(), kNobody, kNobody));
    must_be_zero(chmod(path.c_str(), mode));
  }

  static bool is_root() { return geteuid() == 0; }

  /// Why the state cannot be opened; empty if it can.
  [[nodiscard]] std::string refusal() const {
    if (!is_root()) return try_to_open();
    std::array<int, 2> ends{};
    must_be_zero(pipe(ends.data()));
    const pid_t child = fork();
    if (child == 0) {
      const bool is_nobody =
          setgroups(0, nullptr) == 0 && setgid(kNobody) == 0 && setuid(kNobody) == 0;
      const std::string why = is_nobody ? try_to_open() : "the child kept its rights";
      const auto written = write(ends[1], why.data(), why.size());
      _exit(written < 0 ? 1 : 0);
    }
    ::close(ends[1]);
    std::string why;
    std::array<char, 1024> buffer{};
    ssize_t got = 0;
    while ((got = read(ends[0], buffer.data(), buffer.size())) > 0) {
      why.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    return why;
  }

  [[nodiscard]] std::string try_to_open() const {
    DatabaseOptions options;
    options.path = file();
    const auto opened = Database::open(options);
    return opened ? std::string() : to_string(opened.error());
  }

  [[nodiscard]] std::string file() const { return home / "state.db"; }

  std::filesystem::path home = directory / "home";
};

TEST_F(AccessTest, OfItsOwnUserIsAllItNeeds) {
  EXPECT_EQ(refusal(), "");
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(AccessTest, ToAReadOnlyFileIsRefusedWithWhatToDo) {
  ASSERT_EQ(refusal(), "");
  give(file(), 0400);

  const std::string why = refusal();

  EXPECT_THAT(why, HasSubstr("the state " + file() + " cannot be used: Permission denied"));
  EXPECT_THAT(why, HasSubstr("must be writable by the user that authzd runs as"));
}

TEST_F(AccessTest, ToAReadOnlyDirectoryIsRefusedWithWhatToDo) {
  give(home, 0555);

  const std::string why = refusal();

  EXPECT_THAT(why, HasSubstr("Permission denied"));
  EXPECT_THAT(why, HasSubstr("the file and its directory must be writable"));
}

TEST_F(AccessTest, ToAnEarlierFileInAReadOnlyDirectoryIsRefusedWithWhatToDo) {
  ASSERT_EQ(refusal(), "");
  std::filesystem::remove(file() + ".lock");
  give(home, 0555);

  const std::string why = refusal();

  EXPECT_THAT(why, HasSubstr("cannot open " + file() + ".lock: Permission denied"));
  EXPECT_THAT(why, HasSubstr("the state's directory must be writable"));
}

TEST_F(AccessTest, ToAFileOfAnotherUserIsRefusedWithBothNames) {
  if (!is_root()) GTEST_SKIP() << "no root here, who alone makes files of another user";
  ASSERT_EQ(refusal(), "");
  must_be_zero(chown(file().c_str(), 0, 0));
  must_be_zero(chmod(file().c_str(), 0666));

  const std::string why = refusal();

  EXPECT_THAT(why, HasSubstr("it belongs to user 0, and authzd runs as user 65534"));
  EXPECT_THAT(why, HasSubstr("run as that user, or chown the file"));
}

}  // namespace
}  // namespace authzd::test
