// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reads and questions neither wait for others nor make others wait: only a write takes an account's
// turn, and plans again once it has it.

#include "daemon/admin/unix_socket.hpp"
#include "daemon/net/deadline.hpp"
#include "daemon/net/http_codec.hpp"
#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>

#include <array>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using testing::HasSubstr;

class Turns : public DeskTest {
 protected:
  void SetUp() override {
    reload = [this]() -> Result<Accounts> { return configured; };
    write_manifest("storage", {"kms"});
    spec.rails.limits.max_delete_percent = 100;
    start();
  }

  /// As call(), while a cycle of the account has its turn, and does not give it back.
  int call_while_busy(const std::vector<std::string>& words, TestConsole& console) {
    const auto asking = [&]() -> awaitable<int> {
      const auto turn = co_await account->turn();
      CommandCall asked = call_of(words).value();
      asked.can_ask = console.can_ask;
      auto calling = call_daemon(socket(), std::move(asked), console, {});
      const auto code = co_await with_deadline(std::move(calling), kPatience, "the command");
      co_return code ? *code : -1;
    };
    return during(asking());
  }

  /// Whether the turn is free.
  awaitable<bool> is_free() {
    const auto own = account;
    const auto taking = [own]() -> Async<void> {
      const auto turn = co_await own->turn();
      co_return Result<void>{};
    };
    auto taken = taking();
    const auto done = co_await with_deadline(std::move(taken), kPatience, "the turn");
    co_return done.has_value();
  }

  static constexpr std::chrono::seconds kPatience{20};  // before a wait without end is a failure

  Accounts configured;  // result of a reload
};

TEST_F(Turns, AreNotAwaitedByCommandsThatReadOrAsk) {
  ASSERT_EQ(call({"apply", "--yes"}, *std::make_unique<TestConsole>()), 0);
  write_manifest("backup", {"hs-crypto"});
  const std::string run = state().runs.last(1)->front().start.id;
  TestConsole console;
  console.can_ask = false;

  EXPECT_EQ(call_while_busy({"plan"}, console), 0);
  EXPECT_EQ(call_while_busy({"list"}, console), 0);
  EXPECT_EQ(call_while_busy({"export"}, console), 0);
  EXPECT_EQ(call_while_busy({"status"}, console), 0);
  EXPECT_EQ(call_while_busy({"runs"}, console), 0);
  EXPECT_EQ(call_while_busy({"show", run}, console), 0);
  EXPECT_EQ(call_while_busy({"approve", std::string(64, '0')}, console), 1);
  EXPECT_EQ(call_while_busy({"apply"}, console), 64) << "there is no terminal to ask on";
  EXPECT_EQ(call_while_busy({"undo", run}, console), 64);
  EXPECT_EQ(call_while_busy({"release", "storage"}, console), 64);
}

TEST_F(Turns, AreNotAwaitedByASuspensionWhichSaysWhatIsUnderWay) {
  TestConsole console;

  EXPECT_EQ(call_while_busy({"suspend", "demo"}, console), 0) << "a read that hangs held it up";

  EXPECT_TRUE(state().suspensions.of(spec.id)->has_value());
  EXPECT_THAT(console.shown(), HasSubstr("is under way, and starts no more writes"));
  TestConsole again;
  EXPECT_EQ(call({"suspend", "demo"}, again), 0);
  EXPECT_THAT(again.shown(), HasSubstr("Account demo: nothing is under way."));
}

TEST_F(Turns, AreFreeWhileAPersonThinks) {
  TestConsole console;
  bool was_free = false;
  console.answers = {"yes"};
  console.meanwhile = [&]() -> awaitable<void> { was_free = co_await is_free(); };

  EXPECT_EQ(call({"apply"}, console), 0);

  EXPECT_TRUE(was_free);
  EXPECT_EQ(ours(), 1U);
}

awaitable<void> take_turn(std::shared_ptr<AccountRuntime> account, bool& has_it) {  // outlives this
  const auto turn = co_await account->turn();
  has_it = true;
}

TEST_F(Turns, OfAnAccountThatIsSlowToPlanKeepNoOther) {
  bool was_free = false;
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    const bool lists = request.method == "GET" && request.target.starts_with("/v2/policies?");
    if (!lists) return std::nullopt;
    const auto on_end = [](const std::exception_ptr&) {};
    boost::asio::co_spawn(io, take_turn(account, was_free), on_end);
    return std::nullopt;
  };
  TestConsole console;
  bool was_free_when_shown = false;
  console.answers = {"no"};
  console.meanwhile = [&]() -> awaitable<void> {
    was_free_when_shown = was_free;
    co_return;
  };

  EXPECT_EQ(call({"apply"}, console), 1);

  EXPECT_TRUE(was_free_when_shown);
}

TEST_F(Turns, AreNotTakenToShowAndNothingIsKeptOfIt) {
  TestConsole console;

  EXPECT_EQ(call({"plan"}, console), 0);

  EXPECT_FALSE(state().revisions.good()->has_value());
  EXPECT_FALSE(state().revisions.attempted()->has_value());
  EXPECT_TRUE(state().runs.last(10)->empty());
  EXPECT_TRUE(account->run().id.empty()) << "a cycle under way keeps its own run";
}

TEST_F(Turns, AreThoseOfTheAccountAsItIsConfiguredByThen) {
  TestConsole console;
  console.answers = {"yes"};
  console.meanwhile = [&]() -> awaitable<void> {
    spec.mode = Mode::observe;
    configured = {open("observes")};
    EXPECT_TRUE(daemon->reload());
    co_return;
  };

  EXPECT_EQ(call({"apply"}, console), 0);

  EXPECT_THAT(console.complained(), HasSubstr("this time there was nothing to confirm"));
  EXPECT_THAT(console.complained(), HasSubstr("mode observe writes nothing"));
  EXPECT_EQ(ours(), 0U) << "the configuration says observe since before the yes";
}

TEST_F(Turns, SayThatTheModeKeepsBackByNowWhatWasShown) {
  write_manifest("backup", {"hs-crypto"});
  ASSERT_EQ(call({"apply", "--yes"}, *std::make_unique<TestConsole>()), 0);
  ASSERT_TRUE(state().approvals.approve_first_deletes({"ada", clock.now()}));
  std::filesystem::remove(directory / "manifests" / "backup.yaml");
  for (const Mode mode : {Mode::upsert_only, Mode::create_only}) {
    TestConsole console;
    console.answers = {"yes"};
    console.meanwhile = [&]() -> awaitable<void> {
      spec.mode = mode;
      configured = {open(std::string(to_string(mode)))};
      EXPECT_TRUE(daemon->reload());
      co_return;
    };

    EXPECT_EQ(call({"apply"}, console), 0);

    EXPECT_THAT(console.complained(), HasSubstr("this time there was nothing to confirm"));
    EXPECT_THAT(console.shown(), HasSubstr("mode " + std::string(to_string(mode))));
    EXPECT_EQ(ours(), 2U);
    spec.mode = Mode::sync;
    configured = {account};
    ASSERT_TRUE(daemon->reload());
  }
}

TEST_F(Turns, AreOverWhereTheAccountWasRemovedMeanwhile) {
  TestConsole console;
  console.answers = {"yes"};
  console.meanwhile = [&]() -> awaitable<void> {
    EXPECT_TRUE(daemon->reload());
    co_return;
  };

  EXPECT_EQ(call({"apply"}, console), 0);

  EXPECT_EQ(ours(), 0U);
  EXPECT_THAT(console.complained(), HasSubstr("this time there was nothing to confirm"));
}

TEST_F(Turns, ThatFindTheWorkDoneSaySoAndAreContent) {
  TestConsole console;
  console.answers = {"yes"};
  console.meanwhile = [&]() -> awaitable<void> {
    const auto turn = co_await account->turn();
    const StopToken nobody_stops;
    const auto end = co_await run_cycle(*account, "a-cycle", nobody_stops);
    EXPECT_TRUE(end.performed);
  };

  EXPECT_EQ(call({"apply"}, console), 0);

  EXPECT_EQ(ours(), 1U);
  EXPECT_THAT(console.complained(), HasSubstr("this time there was nothing to confirm"));
  EXPECT_THAT(console.shown(), HasSubstr("Nothing to do"));
}

TEST_F(Turns, AreLeftBetweenTwoWritesWhereSomeoneSuspends) {
  write_manifest("backup", {"hs-crypto", "kms"}, "messagehub");
  std::size_t posts = 0;
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    const bool is_create = request.method == "POST" && request.target == "/v2/policies";
    if (is_create && ++posts == 1) {
      EXPECT_TRUE(state().suspensions.suspend({spec.id, "ada", clock.now()}));
    }
    return std::nullopt;
  };
  TestConsole console;

  EXPECT_EQ(call({"apply", "--yes"}, console), 5);

  EXPECT_EQ(posts, 1U);
  EXPECT_EQ(ours(), 1U);
  EXPECT_THAT(console.shown(), HasSubstr("is suspended since"));
}

/// A client that asks, and leaves when `leave` says so.
class Leaver {
 public:
  explicit Leaver(std::string socket) : socket_(std::move(socket)) {}

  void leave() { stream_->reset(); }

  awaitable<bool> ask(CommandCall asked) {
    stream_ = std::move(*co_await connect_unix(socket_));
    const auto request = encode_request({.method = "POST",
                                         .target = "/api/v1/" + asked.command,
                                         .headers = {{"Host", "authzd"}},
                                         .body = encode_body(asked)});
    auto going = co_await stream_->write(*request);
    std::array<char, 4096> part;
    while (going && *going > 0) going = co_await stream_->read_some(part);
    co_return true;
  }

 private:
  std::string socket_;
  std::unique_ptr<ByteStream> stream_;
};

TEST_F(Turns, AreGivenBackWhereTheClientLeavesInAReadThatNeverEnds) {
  TestConsole console;
  ASSERT_EQ(call({"apply", "--yes"}, console), 0);
  ASSERT_TRUE(state().approvals.approve_first_deletes({"ada", clock.now()}));
  std::filesystem::remove(directory / "manifests" / "storage.yaml");
  write_manifest("backup", {"hs-crypto"});
  Leaver client(socket());
  bool has_left = false;
  http->hangs = [&](const HttpRequest& request) {
    if (!request.target.starts_with("/v2/policies/")) return false;
    if (!std::exchange(has_left, true)) client.leave();
    return true;
  };

  EXPECT_TRUE(during(client.ask(call_of({"apply", "--yes"}).value())));

  EXPECT_TRUE(has_left);
  EXPECT_TRUE(during(is_free()));
}

}  // namespace
}  // namespace authzd::test
