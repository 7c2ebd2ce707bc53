// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which source a daemon uses across its reloads, and what pokes it. Nothing is fetched; the
// directories, and inotify, are real.
#include "daemon/app/daemon_source.hpp"

#include "tests/support/temp_folder.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <thread>

namespace authzd {
namespace {

namespace fs = std::filesystem;

class DaemonSourceTest : public testing::Test {
 protected:
  DaemonSourceTest() {
    source_.on_change([this] { ++pokes_; });
  }

  static SourceConfig git(const std::string& ref) {
    GitSourceConfig config;
    config.url = "https://git.example.com/manifests.git";
    config.ref = ref;
    return config;
  }

  SourceConfig directory(const std::string& name) {
    fs::create_directories(top_ / name);
    return DirectorySourceConfig{(top_ / name).string()};
  }

  /// The source that accounts get at a start or a reload with that configuration; null: refused.
  std::shared_ptr<Source> open(const SourceConfig& config) {
    authzd::Setup setup;  // Test has a member of that name
    setup.source = config;
    setup.state_path = (top_ / "state" / "state.db").string();
    const auto opened = source_.open(setup);
    EXPECT_EQ(opened.has_value(), setup.opened_source != nullptr);
    place_ = setup.source_place.state_directory;
    return setup.opened_source;
  }

  std::shared_ptr<Source> follow(const SourceConfig& config) {
    auto opened = open(config);
    source_.follow();
    return opened;
  }

  /// Writes manifests into `folder` until one starts a cycle: the watch is set some time after the
  /// source is in use, as the directory is scanned aside.
  void pokes_in_time_after_writing(const std::string& folder) {
    io_.restart();
    for (int i = 0; pokes_ == 0; ++i) {
      std::ofstream(top_ / folder / (std::to_string(i) + ".yaml")) << "x";
      ASSERT_GT(io_.run_one(), 0U);
    }
    pokes_ = 0;
  }

  /// Whether this process watches that folder, according to the kernel.
  bool is_watched(const std::string& folder) const {
    struct stat status {};
    if (stat((top_ / folder).c_str(), &status) != 0) return false;
    std::ostringstream wanted;
    wanted << " ino:" << std::hex << status.st_ino << ' ';
    for (const auto& entry : fs::directory_iterator("/proc/self/fdinfo")) {
      std::ifstream info(entry.path());
      std::string line;
      while (std::getline(info, line)) {
        if (line.starts_with("inotify ") && line.find(wanted.str()) != line.npos) return true;
      }
    }
    return false;
  }

  /// Checks that a folder is no longer watched once nothing runs aside for it.
  void is_let_go(const std::string& folder) {
    io_.restart();
    while (is_watched(folder)) {
      if (io_.run_one() > 0) continue;
      std::this_thread::yield();  // a thread that has answered still holds it for a moment
      io_.restart();
    }
  }

  boost::asio::io_context io_{1};
  test::TempFolder temporary_;
  const fs::path top_ = temporary_.path();
  fs::path place_;  // of the copy
  test::VirtualClock clock_;
  DaemonSource source_{io_.get_executor(), clock_, Log(), true};
  int pokes_ = 0;
};

TEST_F(DaemonSourceTest, IsKeptByAReloadThatSaysTheSame) {
  const auto first = follow(git("main"));

  EXPECT_EQ(follow(git("main")), first);
  EXPECT_EQ(follow(git("main")), first);
}

TEST_F(DaemonSourceTest, IsReplacedByAReloadThatSaysOtherwise) {
  const auto first = follow(git("main"));

  const auto other = follow(git("release"));

  EXPECT_NE(other, first);
  EXPECT_EQ(follow(git("release")), other);
}

TEST_F(DaemonSourceTest, OutlivesAReloadThatFails) {
  const auto first = follow(git("main"));

  EXPECT_NE(open(git("release")), first);  // a later step fails, so it is not used
  EXPECT_EQ(open(git("re lease")), nullptr);

  EXPECT_EQ(follow(git("main")), first);
}

TEST_F(DaemonSourceTest, HasItsCopyBesideTheStateOnlyWhereItIsToStay) {
  follow(git("main"));
  EXPECT_EQ(place_, top_ / "state");

  authzd::Setup setup;  // Test has a member of that name
  setup.source = git("main");
  setup.state_path = (top_ / "state" / "state.db").string();
  DaemonSource dry(io_.get_executor(), clock_, Log(), false);
  ASSERT_TRUE(dry.open(setup));
  EXPECT_EQ(setup.source_place.state_directory, "");
}

TEST_F(DaemonSourceTest, PokesWhenItsDirectoryChanges) {
  follow(directory("one"));

  pokes_in_time_after_writing("one");
  EXPECT_TRUE(is_watched("one"));
}

TEST_F(DaemonSourceTest, WatchesTheDirectoryOfTheReloadThatSucceeded) {
  follow(directory("one"));
  open(directory("two"));
  pokes_in_time_after_writing("one");
  EXPECT_FALSE(is_watched("two"));

  follow(directory("two"));
  pokes_in_time_after_writing("two");
  is_let_go("one");

  follow(git("main"));
  is_let_go("two");
}

}  // namespace
}  // namespace authzd
