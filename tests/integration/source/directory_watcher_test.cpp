// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Real directories, real inotify.
#include "daemon/source/directory_watcher.hpp"

#include "tests/support/temp_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
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
    auto made = make_directory_watcher(io_.get_executor(), root_, on_change, on_failure, limits_);
    ASSERT_TRUE(made) << made.error().message;
    watcher_ = std::move(*made);
  }

  void write(const fs::path& path, std::string_view text = "x") { std::ofstream(path) << text; }

  /// Whether any change until now was reported. inotify queues an event before the call that caused
  /// it returns, so all of them can be read at once.
  bool has_told() {
    io_.restart();
    io_.poll();
    return std::exchange(changes_, 0) > 0;
  }

  boost::asio::io_context io_{1};
  test::TempFolder temporary_;
  const fs::path top_ = temporary_.path();
  fs::path root_;
  WatchLimits limits_{.pause = {}};
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

/// As in the daemon: scanning a network file system without a server never ends.
class SilentWatching : public DirectoryWatcherTest {
 protected:
  void watch_aside() {
    const auto on_failure = [this](const Error& error) { failures_.push_back(error.message); };
    const auto on_change = [this] { ++changes_; };
    const auto gate = answers_.get_future().share();
    const WatchSeams seams{
        .aside = std::make_shared<Aside>(io_.get_executor(), std::chrono::minutes(1)),
        .look = [gate](const fs::path& root, std::size_t most) {
          gate.wait();
          return InotifyWatches::make(root, most);
        }};
    auto made = make_directory_watcher(
        io_.get_executor(), root_, on_change, on_failure, {.pause = std::chrono::hours(1)}, seams);
    ASSERT_TRUE(made);
    watcher_ = std::move(*made);
  }

  /// Runs the loop until that is true.
  template <class Such>
  void run_until(Such is_so) {
    io_.restart();
    while (!is_so() && io_.run_one() > 0) continue;
  }

  std::promise<void> answers_;
};

TEST_F(SilentWatching, StopsNothingElseOnTheLoop) {
  watch_aside();
  bool others_go_on = false;
  boost::asio::post(io_, [&] { others_go_on = true; });

  run_until([&] { return others_go_on; });

  EXPECT_TRUE(others_go_on);
  watcher_.reset();
  run_until([] { return false; });  // ends, as nothing is pending
  answers_.set_value();
}

TEST_F(SilentWatching, BeginsOnceTheFileSystemAnswers) {
  watch_aside();
  std::size_t looks = 0;
  answers_.set_value();
  write(root_ / "a.yaml");
  // Whether it came before or after the watch was set, another one is seen.
  const auto more = [&] {
    write(root_ / ("b" + std::to_string(++looks) + ".yaml"));
    return changes_ > 0;
  };
  io_.restart();
  while (!more()) io_.run_one();

  EXPECT_GT(changes_, 0);
  EXPECT_TRUE(failures_.empty());
  watcher_.reset();
}

/// Folders come during each scan of the tree, and while the news of those before are looked at.
TEST_F(SilentWatching, LooksAtOneReadAfterTheOtherHoweverFastFoldersCome) {
  constexpr std::size_t kFolders = 600;
  const auto made = std::make_shared<std::atomic<std::size_t>>(0);
  const auto is_settled = std::make_shared<std::atomic<bool>>(false);
  const WatchSeams seams{
      .aside = std::make_shared<Aside>(io_.get_executor(), std::chrono::minutes(1)),
      .look = [made, is_settled](const fs::path& root, std::size_t most) {
        is_settled->store(made->load() >= kFolders);
        auto watches = InotifyWatches::make(root, most);
        for (int i = 0; i < 60 && made->load() < kFolders; ++i) {
          std::error_code ignored;
          fs::create_directory(root / std::to_string(made->fetch_add(1)), ignored);
        }
        return watches;
      }};
  auto watching = make_directory_watcher(
      io_.get_executor(),
      root_,
      [this] { ++changes_; },
      [this](const Error& error) { failures_.push_back(error.message); },
      {.pause = {}},
      seams);
  ASSERT_TRUE(watching);
  watcher_ = std::move(*watching);
  answers_.set_value();
  // What is made meanwhile by others is read while a scan is under way.
  std::size_t others = 0;
  run_until([&] {
    if (others < kFolders) fs::create_directory(root_ / ("other-" + std::to_string(others++)));
    return is_settled->load() || !failures_.empty();
  });
  changes_ = 0;
  run_until([&] {
    write(root_ / "0" / "a.yaml", std::to_string(changes_));
    return changes_ > 0 || !failures_.empty();
  });

  EXPECT_GT(changes_, 0);
  EXPECT_TRUE(failures_.empty()) << failures_.front();
  watcher_.reset();
}

TEST_F(DirectoryWatcherTest, SaysThatAFolderWhichCameCannotBeWatched) {
  watch();
  fs::create_directory(root_ / "more");
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
  rlimit none = old;
  none.rlim_cur = 3;  // no more descriptors
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

TEST_F(DirectoryWatcherTest, TellsOfAnotherListOfWhatIsIgnored) {
  watch();
  write(root_ / ".gitignore");
  EXPECT_FALSE(has_told());

  write(root_ / ".authzdignore");
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

TEST_F(DirectoryWatcherTest, LooksAtTheWholeTreeOnceInAPauseHoweverManyFoldersCome) {
  limits_.pause = std::chrono::hours(1);
  watch();
  fs::create_directory(root_ / "first");
  EXPECT_TRUE(has_told());

  for (int i = 0; i < 10; ++i) {
    fs::create_directory(root_ / std::to_string(i));
    EXPECT_FALSE(has_told()) << "the tree was looked at for each folder";
  }
  write(root_ / "first" / "a.yaml");
  EXPECT_TRUE(has_told()) << "a change of what is watched waits for nothing";
}

TEST_F(DirectoryWatcherTest, TellsOfWhatCameInAPauseWhenItEnds) {
  limits_.pause = std::chrono::milliseconds(20);
  watch();
  fs::create_directory(root_ / "first");
  EXPECT_TRUE(has_told());
  fs::create_directory(root_ / "second");
  write(root_ / "second" / "a.yaml");

  io_.restart();
  while (changes_ == 0) io_.run_one();

  changes_ = 0;
  write(root_ / "second" / "a.yaml", "y");
  EXPECT_TRUE(has_told());
}

TEST_F(DirectoryWatcherTest, DoesNotWatchMoreThanItMayLookAt) {
  limits_.most_entries = 2;
  write(root_ / "a.yaml");
  watch();
  fs::create_directory(root_ / "more");
  EXPECT_TRUE(has_told());
  EXPECT_TRUE(failures_.empty());

  fs::create_directory(root_ / "most");
  fs::create_directory(root_ / "too-many");
  EXPECT_TRUE(has_told());
  fs::create_directory(root_ / "far-too-many");
  EXPECT_TRUE(has_told());

  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_NE(failures_[0].find("more than 2 files and folders lie below it"), std::string::npos);
  write(root_ / "a.yaml", "y");
  EXPECT_TRUE(has_told()) << "what was watched goes on";
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
  // Names that are not reported, two events each, until the kernel's queue is full.
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
