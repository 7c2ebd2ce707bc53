// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whatever happens in between, and whenever: the last configuration is enforced, and nothing is
// written under an earlier one.

#include "tests/integration/cycle/service_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <cstddef>
#include <exception>
#include <random>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

bool is_write(const HttpRequest& request) {
  return request.method != "GET" && request.target.find("/policies") != std::string::npos;
}

class Reload : public ServiceTest {
 protected:
  /// The file that a reload reads: one account with that mode, and a fingerprint of it.
  Accounts configured(Mode mode) {
    spec.mode = mode;
    return {open("first", mode == Mode::observe ? "observe" : "sync")};
  }

  void make_in(Mode mode) {
    file = mode;
    make(configured(mode), [this]() -> Result<Accounts> { return configured(file); });
  }

  void reload_to(Mode mode) {
    file = mode;
    EXPECT_TRUE(daemon->reload());
  }

  Mode file = Mode::observe;
};

TEST_F(Reload, ThereAndBackWithinACycleEnforcesWhatTheFileSaysAtTheEnd) {
  bool has_reloaded = false;
  on_request = [&](const HttpRequest&) {
    if (std::exchange(has_reloaded, true)) return;
    reload_to(Mode::sync);
    reload_to(Mode::observe);
  };
  make_in(Mode::observe);

  run_until([this] { return seen.size() >= 3; });

  EXPECT_TRUE(has_reloaded);
  EXPECT_EQ(sent("POST"), 0U) << "the file says observe";
  EXPECT_EQ(daemon->find("first")->spec().mode, Mode::observe);
  EXPECT_EQ(daemon->find("first")->status().mode, Mode::observe);
}

TEST_F(Reload, ToObserveInTheMiddleOfACycleBeginsNoWriteAnyMore) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  write_file("b.yaml", manifest_of("volumes", "is", {"kms", "hs-crypto"}));
  spec.concurrency = 1;
  std::size_t writes = 0;
  on_request = [&](const HttpRequest& request) {
    if (is_write(request) && ++writes == 1) reload_to(Mode::observe);
  };
  make_in(Mode::sync);

  run_until([this] { return seen.size() >= 3; });

  EXPECT_EQ(writes, 1U) << "the one that was under way";
  EXPECT_LE(seen[1].at - seen[0].at, 6s) << "the next cycle follows at once";
  EXPECT_TRUE(daemon->find("first")->status().stalled.reason != "ObjectsStalled");
}

TEST_F(Reload, LeavesACommandThatHasBegunNoWriteToMake) {
  on_request = [](const HttpRequest&) {};
  make_in(Mode::sync);
  const auto taken = daemon->find("first");

  reload_to(Mode::observe);

  EXPECT_TRUE(taken->retirement().is_requested());
  EXPECT_NE(daemon->find("first"), taken) << "a command that comes now finds the new one";
  EXPECT_FALSE(daemon->find("first")->retirement().is_requested());
}

TEST_F(Reload, LetsThoseWhoWaitForACycleThatItCutShortWaitForTheNext) {
  std::shared_ptr<CycleWait> wait;
  std::optional<Result<std::shared_ptr<const CycleEnd>>> told;
  const auto keep = [&](std::exception_ptr, Result<std::shared_ptr<const CycleEnd>> end) {
    told = std::move(end);
  };
  bool has_reloaded = false;
  on_request = [&](const HttpRequest&) {
    if (!std::exchange(has_reloaded, true)) reload_to(Mode::sync);
  };
  make_in(Mode::observe);
  wait = daemon->ask_for_cycle("first");
  boost::asio::co_spawn(io, wait->end(), keep);

  run_until([this] { return !seen.empty(); });

  ASSERT_TRUE(told && *told);
  EXPECT_EQ((**told)->performed->outcomes.size(), 1U) << "of the cycle in mode sync";
}

TEST_F(Reload, WhileTheDaemonStopsStartsNothing) {
  bool has_stopped = false;
  Result<void> reloaded;
  on_request = [&](const HttpRequest&) {
    if (std::exchange(has_stopped, true)) return;
    daemon->stop();
    reloaded = daemon->reload();
  };
  make({open("first")}, [this]() -> Result<Accounts> { return Accounts{open("second")}; });

  run_until([] { return false; });

  EXPECT_TRUE(has_stopped);
  EXPECT_FALSE(reloaded);
  EXPECT_TRUE(cycles_of("second").empty());
}

TEST_F(Reload, InAStormIsMadeOnceASecondAndOnceMoreAtTheEnd) {
  int reloads = 0;
  make({open("first")}, [&]() -> Result<Accounts> {
    ++reloads;
    return Accounts{open("first", std::to_string(reloads))};
  });
  after_cycle = [&](const std::string&) {
    if (seen.size() != 1) return;
    for (int i = 0; i < 1'000; ++i) daemon->ask_for_reload();
    reloads = 0;
  };

  run_until([this] { return seen.size() >= 3; });

  EXPECT_GE(reloads, 1);
  EXPECT_LE(reloads, 2);
}

TEST_F(Reload, ThatRemovesAnAccountAndBringsItBackNeverHasTwoCyclesOfItAtOnce) {
  bool is_there = true;
  bool has_reloaded = false;
  on_request = [&](const HttpRequest& request) {
    if (!is_write(request) || std::exchange(has_reloaded, true)) return;
    for (const bool there : {false, true}) {
      is_there = there;
      EXPECT_TRUE(daemon->reload());
    }
  };
  make({open("first")}, [&]() -> Result<Accounts> {
    return is_there ? Accounts{open("first")} : Accounts{open("second")};
  });

  run_until([this] { return cycles_of("first").size() >= 3; });

  EXPECT_TRUE(has_reloaded);
  EXPECT_EQ(sent("POST"), 1U) << "the second worker has waited for the write of the first";
  EXPECT_EQ(ours().size(), 1U);
}

/// Runs whenever it is let, and counts how often.
class Neighbour {
 public:
  boost::asio::awaitable<void> run() {
    while (!is_over) {
      ++turns;
      co_await boost::asio::post(boost::asio::use_awaitable);
    }
  }

  std::size_t turns = 0;
  bool is_over = false;
};

TEST_F(Reload, OfManyAccountsLetsOthersRunInBetween) {
  Neighbour neighbour;
  std::vector<std::size_t> turns_at;  // when each account was opened
  const auto open_slowly = [&](std::size_t number) -> Result<std::shared_ptr<AccountRuntime>> {
    turns_at.push_back(neighbour.turns);
    clock.advance(20ms);  // as if it took that long
    return open(number == 0 ? "first" : "second");
  };
  daemon = std::make_unique<Daemon>(DaemonParts{io.get_executor(),
                                                clock,
                                                randomness,
                                                log(),
                                                [&]() -> Result<AccountsToOpen> {
                                                  return AccountsToOpen{2, open_slowly};
                                                }},
                                    Accounts{open("first")});
  daemon->on_cycle([&](const AccountRuntime&, const CycleEnd&) {
    if (turns_at.empty()) return daemon->ask_for_reload();
    neighbour.is_over = true;
    daemon->stop();
  });
  boost::asio::co_spawn(io, neighbour.run(), [](const std::exception_ptr&) {});

  run_until([] { return false; });

  ASSERT_EQ(turns_at.size(), 2U);
  EXPECT_LT(turns_at[0], turns_at[1]) << "the neighbour had a turn in between";
}

TEST_F(Reload, ThatThrowsIsRefusedAndTheDaemonGoesOn) {
  make({open("first")}, []() -> Result<Accounts> { throw std::runtime_error("a bug"); });
  Result<void> reloaded;
  after_cycle = [&](const std::string&) {
    if (seen.size() == 1) reloaded = daemon->reload();
  };

  run_until([this] { return seen.size() >= 3; });

  ASSERT_FALSE(reloaded);
  EXPECT_THAT(reloaded.error().message, HasSubstr("a bug"));
  EXPECT_TRUE(daemon->refused_reload());
  EXPECT_TRUE(daemon->has_failed());
}

/// Reloads at arbitrary requests of arbitrary cycles.
class ReloadLaw : public Reload, public testing::WithParamInterface<unsigned> {
 protected:
  Mode draw() { return random() % 2 == 0 ? Mode::observe : Mode::sync; }

  std::mt19937 random{GetParam()};
};

TEST_P(ReloadLaw, AnySequenceEndsInWhatTheLastFileSays) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  spec.concurrency = 1;
  int left = 12;
  on_request = [&](const HttpRequest& request) {
    EXPECT_TRUE(!is_write(request) || file == Mode::sync) << "a write that the file forbids";
    for (; left > 0 && random() % 3 != 0; --left) reload_to(draw());
  };
  make_in(draw());
  after_cycle = [&](const std::string&) {
    if (left > 0) daemon->poke();
  };
  std::size_t quiet = 0;  // cycles since the last reload

  run_until([&] { return left == 0 && ++quiet >= 3; });

  EXPECT_EQ(daemon->find("first")->spec().mode, file);
  EXPECT_EQ(daemon->find("first")->status().mode, file);
  EXPECT_TRUE(file == Mode::observe || ours().size() == 2U) << logged();
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReloadLaw, testing::Range(1U, 41U));

}  // namespace
}  // namespace authzd::test
