// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The daemon's loops on a virtual clock: accounts that do not wait for each other, pokes, reloads,
// turns.

#include "tests/integration/cycle/service_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(ServiceTest, LetsNoAccountWaitForAnotherThatIamSlowsDown) {
  inject({.path = kDemoAccount, .times = 0, .status = 429, .headers = {{"Retry-After", "20"}}});
  make({open("first"), open("second")});

  run_until([this] { return cycles_of("second").size() >= 4; });

  const auto times = cycles_of("second");
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_LE(times[i] - times[i - 1], 6min);
  EXPECT_EQ(daemon->find("second")->status().ready.reason, "InSync");
  EXPECT_EQ(daemon->find("first")->status().ready.reason, "RateLimited");
  EXPECT_FALSE(daemon->find("first")->status().stalled.is_true);
}

TEST_F(ServiceTest, MakesACycleEveryInterval) {
  make({open("first")});

  run_until([this] { return seen.size() >= 5; });

  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_GE(seen[i].at - seen[i - 1].at, 4min + 30s);
    EXPECT_LE(seen[i].at - seen[i - 1].at, 5min + 31s);
  }
}

TEST_F(ServiceTest, StartsAPokedCycleNoSoonerThanFiveSecondsAfterTheLast) {
  make({open("first"), open("second")});
  after_cycle = [this](const std::string& name) {
    if (name == "first" && cycles_of("first").size() == 1) {
      for (int i = 0; i < 3; ++i) EXPECT_TRUE(daemon->poke("first"));
    }
  };

  run_until([this] { return cycles_of("first").size() >= 3; });

  const auto times = cycles_of("first");
  EXPECT_GE(times[1] - times[0], 4s);
  EXPECT_LE(times[1] - times[0], 6s);
  EXPECT_GE(times[2] - times[1], 4min) << "three pokes made more than one cycle";
  EXPECT_LT(cycles_of("second").size(), times.size()) << "poked by another's name";
  EXPECT_FALSE(daemon->poke("third"));
}

TEST_F(ServiceTest, MakesOneMoreCycleForAPokeDuringOne) {
  make({open("first")});
  bool poked = false;
  service.on_request([&](const sandbox::LoggedRequest&) {
    if (!std::exchange(poked, true)) daemon->poke("first");
  });

  run_until([this] { return seen.size() >= 2; });

  EXPECT_LE(seen[1].at - seen[0].at, 6s);
}

TEST_F(ServiceTest, IsReadyWhenEveryFirstCycleHasEndedWellOrNot) {
  inject({.path = kDemoAccount, .times = 0, .status = 403});
  make({open("first"), open("second")});
  std::map<std::size_t, bool> ready;
  after_cycle = [&](const std::string&) {
    ready[cycles_of("first").size() * cycles_of("second").size()] = daemon->is_ready();
  };

  run_until([this] { return cycles_of("first").size() * cycles_of("second").size() > 0; });

  EXPECT_FALSE(ready[0]);
  EXPECT_TRUE(ready[1]);
}

TEST_F(ServiceTest, TakesOverAccountsThatAReloadAddsAndLetsGoOfThoseItRemoves) {
  make({open("first")}, [this]() -> Result<Accounts> { return Accounts{open("second")}; });
  after_cycle = [this](const std::string& name) {
    if (name == "first" && cycles_of("first").size() == 2) {
      EXPECT_TRUE(daemon->reload());
    }
  };

  run_until([this] { return cycles_of("second").size() >= 3; });

  EXPECT_EQ(cycles_of("first").size(), 2U);
  EXPECT_EQ(daemon->find("first"), nullptr);
  EXPECT_EQ(daemon->accounts().size(), 1U);
}

TEST_F(ServiceTest, ChangesAnAccountBetweenTwoCyclesAndKeepsWhatIsKnownOfIt) {
  make({open("first", "old")},
       [this]() -> Result<Accounts> { return Accounts{open("first", "new")}; });
  const auto old = daemon->find("first");
  after_cycle = [this](const std::string&) {
    if (seen.size() == 1) {
      EXPECT_TRUE(daemon->reload());
    }
  };

  run_until([this] { return seen.size() >= 2; });

  EXPECT_NE(daemon->find("first"), old);
  EXPECT_EQ(daemon->find("first")->fingerprint(), "new");
  EXPECT_EQ(daemon->find("first")->status().ready.since, old->status().ready.since);
}

TEST_F(ServiceTest, KeepsTheOldConfigurationWhereTheNewOneIsBad) {
  make({open("first")}, []() -> Result<Accounts> {
    return Error{ErrorCode::invalid_config, "authzd.yaml:1:1: error: nonsense"};
  });
  const auto old = daemon->find("first");
  Result<void> reloaded;
  after_cycle = [&](const std::string&) {
    if (seen.size() == 1) reloaded = daemon->reload();
  };

  run_until([this] { return seen.size() >= 3; });

  ASSERT_FALSE(reloaded);
  EXPECT_NE(reloaded.error().message.find("nonsense"), std::string::npos);
  EXPECT_EQ(daemon->find("first"), old);
  ASSERT_TRUE(daemon->refused_reload());
  EXPECT_EQ(daemon->refused_reload()->why, "authzd.yaml:1:1: error: nonsense");
}

TEST_F(ServiceTest, ForgetsARefusedReloadOnceOneIsTaken) {
  int reloads = 0;
  make({open("first")}, [&]() -> Result<Accounts> {
    if (++reloads == 1) return Error{ErrorCode::invalid_config, "nonsense"};
    return Accounts{open("first")};
  });
  bool was_refused = false;
  after_cycle = [&](const std::string&) {
    if (seen.size() == 1) static_cast<void>(daemon->reload());
    if (seen.size() == 2) {
      was_refused = daemon->refused_reload().has_value();
      EXPECT_TRUE(daemon->reload());
    }
  };

  run_until([this] { return seen.size() >= 3; });

  EXPECT_TRUE(was_refused);
  EXPECT_FALSE(daemon->refused_reload());
}

/// Its remote accepts the connection and sends nothing.
class SilentSource final : public Source {
 public:
  explicit SilentSource(std::function<void()> when_asked) : when_asked_(std::move(when_asked)) {}

  Async<Fetched> fetch(std::vector<std::string> /*paths*/, std::string /*known*/) override {
    boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                    boost::asio::steady_timer::time_point::max());
    when_asked_();
    co_await never.async_wait(kTuple);
    co_return Error{ErrorCode::timeout, "no answer"};
  }

 private:
  std::function<void()> when_asked_;
};

TEST_F(ServiceTest, EndsAtOnceWhereNothingIsBeingWritten) {
  const auto on_asked = [this] { boost::asio::post(io, [this] { daemon->stop(); }); };
  source = std::make_shared<SilentSource>(on_asked);
  make({open("first")});

  const auto running = [this]() -> boost::asio::awaitable<bool> {
    co_await daemon->run();
    co_return true;
  };

  EXPECT_TRUE(run(io, running()));
  EXPECT_TRUE(seen.empty()) << "there is nothing to tell of such a cycle";
  EXPECT_THAT(logged(), HasSubstr("the cycle was stopped before it wrote anything"));
}

TEST_F(ServiceTest, WaitsForACommandThatHasTheAccountsTurn) {
  make({open("first")});
  const auto first = daemon->find("first");
  Timestamp let_go{};
  const auto hold = [&]() -> boost::asio::awaitable<void> {
    const auto turn = co_await first->turn();
    co_await clock.sleep(1h);
    let_go = clock.now();
  };
  const auto on_end = [](std::exception_ptr) {};
  boost::asio::co_spawn(io, hold(), on_end);

  after_cycle = [this](const std::string&) {
    if (seen.size() == 1) daemon->poke();
  };
  run_until([this] { return seen.size() >= 2; });

  EXPECT_GE(seen[0].at, let_go);
  EXPECT_GE(seen[1].at, seen[0].at + 5s) << "the gap counts from the cycle, not from the wait";
}

using End = std::shared_ptr<const CycleEnd>;

TEST_F(ServiceTest, TellsHowTheCycleEndedThatBeganAfterTheQuestion) {
  make({open("first")});
  std::shared_ptr<CycleWait> wait;
  std::optional<Result<End>> told;
  const auto keep = [&](std::exception_ptr, Result<End> end) { told = std::move(end); };
  service.on_request([&](const sandbox::LoggedRequest&) {
    if (wait != nullptr) return;
    write_file("b.yaml", manifest_of("backup", "server-protect", {"hs-crypto"}));
    wait = daemon->ask_for_cycle("first");
    boost::asio::co_spawn(io, wait->end(), keep);
  });

  run_until([this] { return seen.size() >= 3; });

  ASSERT_TRUE(told && *told);
  const Performed& performed = (**told)->performed.value();
  ASSERT_EQ(performed.planned.plan.actions.size(), 1U) << "not that of the cycle under way";
  EXPECT_EQ(performed.planned.plan.actions.front().name, "backup");
  EXPECT_LE(seen[1].at - seen[0].at, 6s);
  EXPECT_EQ(daemon->ask_for_cycle("third"), nullptr);
}

TEST_F(ServiceTest, TellsThoseWhoWaitThatTheirAccountWasRemoved) {
  make({open("first")}, [this]() -> Result<Accounts> { return Accounts{open("second")}; });
  std::shared_ptr<CycleWait> wait;
  std::optional<Result<End>> told;
  const auto keep = [&](std::exception_ptr, Result<End> end) { told = std::move(end); };
  after_cycle = [&](const std::string&) {
    if (wait != nullptr) return;
    wait = daemon->ask_for_cycle("first");
    boost::asio::co_spawn(io, wait->end(), keep);
    EXPECT_TRUE(daemon->reload());
  };

  run_until([this] { return !cycles_of("second").empty(); });

  ASSERT_TRUE(told && !*told);
  EXPECT_NE(told->error().message.find("the account was removed"), std::string::npos);
}

TEST_F(ServiceTest, StartsOneAccountAtOnceAndTheOthersAfterIt) {
  const Timestamp begun = clock.now();
  std::vector<Timestamp> asked;
  on_request = [&](const HttpRequest& request) {
    if (request.target == "/identity/token") asked.push_back(clock.now());
  };
  make({open("first"), open("second")});

  run_until([this] { return !cycles_of("second").empty(); });

  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0], begun);
  EXPECT_GT(asked[1], begun);
  EXPECT_LE(asked[1], begun + 1s);
}

TEST_F(ServiceTest, StartsAnAccountThatIsAskedForBeforeItsTurn) {
  make({open("first"), open("second")});
  daemon->poke();

  run_until([this] { return !cycles_of("second").empty(); });

  const auto is_wait_for_its_turn = [](auto duration) { return duration > 0ms && duration < 50ms; };
  EXPECT_TRUE(std::ranges::none_of(clock.sleeps(), is_wait_for_its_turn));
}

}  // namespace
}  // namespace authzd::test
