// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A bug throws at each port of one account's cycle: that account is Stalled(Internal) and backs
// off, the other is not affected, and the process does not exit as successful.

#include "daemon/source/directory_source.hpp"
#include "tests/integration/cycle/service_fixture.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Throws at one port while it is broken.
struct Breakage {
  std::string port;
  bool is_broken = true;
  std::size_t thrown = 0;

  void pass(std::string_view at) {
    if (!is_broken || at != port) return;
    ++thrown;
    throw std::runtime_error("a bug at " + port);
  }
};

class BreakingSource final : public Source {
 public:
  BreakingSource(std::filesystem::path root, Clock& clock, Breakage& breakage)
      : inner_(std::move(root), clock, DirectoryOptions{.quiet = {}}), breakage_(breakage) {}

  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override {
    breakage_.pass("source");
    co_return co_await inner_.fetch(std::move(paths), std::move(known));
  }

 private:
  DirectorySource inner_;
  Breakage& breakage_;
};

class BreakingObserver final : public WriteObserver {
 public:
  explicit BreakingObserver(Breakage& breakage) : breakage_(breakage) {}

  Result<void> before_write(const WriteEvent&, const Command&) override {
    breakage_.pass("observer before a write");
    return {};
  }
  Result<void> after(const WriteEvent&, const Outcome&) override {
    breakage_.pass("observer after a write");
    return {};
  }

 private:
  Breakage& breakage_;
};

class InternalFault : public ServiceTest {
 protected:
  /// The first account breaks at `port`, the second works.
  void make_broken(const std::string& port) {
    breakage.port = port;
    auto sound = open("second");
    source = std::make_shared<BreakingSource>(directory, clock, breakage);
    observers = {std::make_shared<BreakingObserver>(breakage)};
    on_request = [this](const HttpRequest& request) { breakage.pass(request.method); };
    make({open("first"), std::move(sound)});
    daemon->on_cycle([this](const AccountRuntime& which, const CycleEnd&) {
      if (which.spec().name == "first") breakage.pass("watcher");
    });
  }

  Breakage breakage;
};

class InternalFaultAt : public InternalFault, public testing::WithParamInterface<const char*> {};

TEST_P(InternalFaultAt, APortStopsNoOtherAccountAndIsGotOver) {
  make_broken(GetParam());
  after_cycle = [this](const std::string&) {
    if (cycles_of("first").empty() || !breakage.is_broken) return;
    EXPECT_GE(breakage.thrown, 1U) << "the bug was not where it was meant to be";
    EXPECT_EQ(daemon->find("first")->status().stalled.reason, "Internal");
    EXPECT_THAT(daemon->find("first")->status().stalled.message, HasSubstr("a bug at"));
    breakage.is_broken = false;
  };

  run_until([this] { return cycles_of("first").size() >= 4 && cycles_of("second").size() >= 4; });

  EXPECT_EQ(daemon->find("second")->status().ready.reason, "InSync");
  EXPECT_EQ(daemon->find("first")->status().ready.reason, "InSync") << logged();
  EXPECT_FALSE(daemon->find("first")->status().stalled.is_true);
  EXPECT_EQ(ours().size(), 2U) << "one in each account";
  EXPECT_TRUE(daemon->has_failed());
}

INSTANTIATE_TEST_SUITE_P(
    Ports,
    InternalFaultAt,
    testing::Values("source", "GET", "POST", "observer before a write", "observer after a write"));

TEST_F(InternalFault, InAWatcherKeepsNobodyFromHearingOfTheCycle) {
  make_broken("watcher");
  std::size_t heard = 0;
  daemon->on_cycle([&](const AccountRuntime&, const CycleEnd&) { ++heard; });

  run_until([this] { return seen.size() >= 6; });

  EXPECT_GE(heard, 6U);
  EXPECT_GE(breakage.thrown, 2U);
  EXPECT_TRUE(daemon->has_failed());
  EXPECT_EQ(daemon->find("first")->status().ready.reason, "InSync");
}

TEST_F(InternalFault, ThatStaysIsTriedEverMoreRarely) {
  make_broken("source");

  run_until([this] { return cycles_of("first").size() >= 7; });

  const auto times = cycles_of("first");
  for (std::size_t i = 2; i < 5; ++i) {
    EXPECT_GT(times[i] - times[i - 1], times[i - 1] - times[i - 2]);
  }
  EXPECT_LE(times[6] - times[5], 67min) << "but at least once an hour, and some jitter";
  EXPECT_GE(cycles_of("second").size(), 20U);
}

TEST_F(InternalFault, IsNotSeenWhereThereWasNone) {
  make({open("first"), open("second")});

  run_until([this] { return seen.size() >= 4; });

  EXPECT_FALSE(daemon->has_failed());
}

TEST_F(InternalFault, OfATaskBesideTheAccountsStopsTheDaemonAsFailed) {
  make({open("first")});
  after_cycle = [this](const std::string&) { daemon->fail(); };

  run_until([] { return false; });

  EXPECT_TRUE(daemon->has_failed());
  EXPECT_EQ(seen.size(), 1U);
}

}  // namespace
}  // namespace authzd::test
