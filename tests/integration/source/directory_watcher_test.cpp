// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Real directories, real inotify.
#include "daemon/source/directory_watcher.hpp"

#include "tests/support/temp_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace authzd {
namespace {

namespace fs = std::filesystem;

class DirectoryWatcherTest : public testing::Test {
 protected:
  DirectoryWatcherTest() {
    root_ = top_ / "manifests";
    fs::create_directory(root_);
  }

  void watch() {
    const auto on_failure = [this](const Error& error) { failures_.push_back(error.message); };
    const auto on_change = [this] { ++changes_; };
    auto made = make_directory_watcher(io_.get_executor(), root_, on_change, on_failure);
    ASSERT_TRUE(made) << made.error().message;
    watcher_ = std::move(*made);
  }

  void write(const fs::path& path, std::string_view text = "x") { std::ofstream(path) << text; }

  /// Whether something was reported of what was done until now. inotify queues an event before the
  /// call that caused it returns, so all that is to come can be read at once.
  bool has_told() {
    io_.restart();
    io_.poll();
    return std::exchange(changes_, 0) > 0;
  }

  boost::asio::io_context io_{1};
  test::TempFolder temporary_;
  const fs::path top_ = temporary_.path();
  fs::path root_;
  std::unique_ptr<DirectoryWatcher> watcher_;
  int changes_ = 0;
  std::vector<std::string> failures_;
};

TEST_F(DirectoryWatcherTest, TellsOfAFileThatIsWrittenChangedAndRemoved) {
  watch();
  EXPECT_FALSE(has_told());

  write(root_ / "a.yaml");
  EXPECT_TRUE(has_told());
  write(root_ / "a.yaml", "y");
  EXPECT_TRUE(has_told());
  fs::remove(root_ / "a.yaml");
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, SaysThatAFolderWhichCameCannotBeWatched) {
  watch();
  fs::create_directory(root_ / "more");
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  rlimit none = old;
  none.rlim_cur = 3;  // no further descriptor
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const bool told = has_told();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);

  EXPECT_TRUE(told);
  ASSERT_EQ(failures_.size(), 1U);
  write(root_ / "a.yaml");
  EXPECT_TRUE(has_told()) << "what was watched goes on";
}

TEST_F(DirectoryWatcherTest, WaitsUntilAFileIsWrittenToItsEnd) {
  watch();
  std::ofstream file(root_ / "a.yaml");
  file << "half" << std::flush;
  EXPECT_FALSE(has_told());

  file.close();
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, TellsOfAnEditorsRename) {
  write(root_ / "a.yaml");
  watch();
  write(root_ / ".a.yaml.swp");
  write(root_ / "a.yaml~");
  EXPECT_FALSE(has_told());

  fs::rename(root_ / ".a.yaml.swp", root_ / "a.yaml");
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, TellsOfAConfigMapsFlip) {
  fs::create_directory(root_ / "..one");
  fs::create_directory_symlink("..one", root_ / "..data");
  fs::create_symlink("..data/a.yaml", root_ / "a.yaml");
  watch();
  fs::create_directory(root_ / "..two");
  write(root_ / "..two" / "a.yaml");
  fs::create_directory_symlink("..two", root_ / "..data_tmp");
  EXPECT_FALSE(has_told());

  fs::rename(root_ / "..data_tmp", root_ / "..data");
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, TellsOfNewFoldersAndWhatComesIntoThem) {
  watch();
  fs::create_directories(root_ / "team" / "prod");
  EXPECT_TRUE(has_told());

  write(root_ / "team" / "prod" / "a.yaml");
  EXPECT_TRUE(has_told());
  fs::rename(root_ / "team", root_ / "crew");
  EXPECT_TRUE(has_told());
  write(root_ / "crew" / "prod" / "a.yaml", "y");
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, FollowsARootThatIsReplaced) {
  watch();
  fs::create_directory(top_ / "next");
  fs::rename(root_, top_ / "old");
  EXPECT_TRUE(has_told());
  fs::rename(top_ / "next", root_);
  EXPECT_TRUE(has_told());

  write(root_ / "a.yaml");
  EXPECT_TRUE(has_told());
  write(top_ / "old" / "a.yaml");
  EXPECT_FALSE(has_told());
}

TEST_F(DirectoryWatcherTest, WaitsForARootThatIsMissing) {
  root_ = top_ / "later" / "manifests";
  watch();
  fs::create_directories(root_);
  EXPECT_TRUE(has_told());

  write(root_ / "a.yaml");
  EXPECT_TRUE(has_told());
  fs::remove_all(top_ / "later");
  EXPECT_TRUE(has_told());
  fs::create_directories(root_);
  EXPECT_TRUE(has_told());
  write(root_ / "a.yaml");
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, FollowsALinkOnTheWayThatIsTurned) {
  for (const std::string_view release : {"1", "2"}) {
    fs::create_directories(top_ / "releases" / release / "m");
  }
  fs::create_directory_symlink("releases/1", top_ / "current");
  root_ = top_ / "current" / "m";
  watch();
  fs::create_directory_symlink("releases/2", top_ / "current_new");
  fs::rename(top_ / "current_new", top_ / "current");
  EXPECT_TRUE(has_told());

  write(top_ / "releases/2/m/a.yaml");
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, WatchesARootThatIsOneFile) {
  root_ = root_ / "a.yaml";
  write(root_);
  watch();
  write(root_, "y");
  EXPECT_TRUE(has_told());
  write(root_.parent_path() / "b.yaml");
  EXPECT_FALSE(has_told());
}

TEST_F(DirectoryWatcherTest, TellsThatEventsWereLost) {
  std::size_t most = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
  ASSERT_GT(most, 0U);
  watch();
  // Names that are not reported, two events each, until the queue of the kernel is full.
  write(root_ / ".a");
  for (std::size_t i = 0; i <= most / 4; ++i) {
    fs::rename(root_ / ".a", root_ / ".b");
    fs::rename(root_ / ".b", root_ / ".a");
  }
  EXPECT_TRUE(has_told());

  write(root_ / "a.yaml");
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, SaysNothingAfterItsEnd) {
  watch();
  write(root_ / "a.yaml");
  watcher_.reset();
  EXPECT_FALSE(has_told());
}

}  // namespace
}  // namespace authzd
