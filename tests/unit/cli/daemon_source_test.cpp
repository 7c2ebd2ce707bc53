// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which source a daemon works with over its reloads, and what pokes it. Nothing is fetched; the
// directories, and inotify, are real.
#include "daemon/cli/daemon_source.hpp"

#include "tests/support/temp_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

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

  /// What a start or a reload with that source gives its accounts; null: it is refused.
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

  /// Whether a cycle is started by a manifest that is written now.
  bool pokes_after_writing(const std::string& name) {
    std::ofstream(top_ / name) << "x";
    io_.restart();
    io_.poll();
    return std::exchange(pokes_, 0) > 0;
  }

  boost::asio::io_context io_{1};
  test::TempFolder temporary_;
  const fs::path top_ = temporary_.path();
  fs::path place_;  // of the copy
  DaemonSource source_{io_.get_executor(), Log(), true};
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

  EXPECT_NE(open(git("release")), first);  // what comes after it fails, so it is not followed
  EXPECT_EQ(open(git("re lease")), nullptr);

  EXPECT_EQ(follow(git("main")), first);
}

TEST_F(DaemonSourceTest, HasItsCopyBesideTheStateOnlyWhereItIsToStay) {
  follow(git("main"));
  EXPECT_EQ(place_, top_ / "state");

  authzd::Setup setup;  // Test has a member of that name
  setup.source = git("main");
  setup.state_path = (top_ / "state" / "state.db").string();
  DaemonSource dry(io_.get_executor(), Log(), false);
  ASSERT_TRUE(dry.open(setup));
  EXPECT_EQ(setup.source_place.state_directory, "");
}

TEST_F(DaemonSourceTest, PokesWhenItsDirectoryChanges) {
  follow(directory("one"));

  EXPECT_TRUE(pokes_after_writing("one/a.yaml"));
  EXPECT_FALSE(pokes_after_writing("b.yaml"));
}

TEST_F(DaemonSourceTest, WatchesTheDirectoryOfTheReloadThatSucceeded) {
  follow(directory("one"));
  open(directory("two"));
  EXPECT_TRUE(pokes_after_writing("one/a.yaml"));
  EXPECT_FALSE(pokes_after_writing("two/a.yaml"));

  follow(directory("two"));
  EXPECT_FALSE(pokes_after_writing("one/b.yaml"));
  EXPECT_TRUE(pokes_after_writing("two/b.yaml"));

  follow(git("main"));
  EXPECT_FALSE(pokes_after_writing("two/c.yaml"));
}

}  // namespace
}  // namespace authzd
