// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/converge_driver.hpp"

#include "daemon/net/deadline.hpp"
#include "tests/support/fake_gateway.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace authzd {
namespace {

using test::FakeGateway;
using testing::ElementsAre;
using testing::StartsWith;

const AccountId kAccount{"0123456789abcdef0123456789abcdef"};
const IamId kUs{"iam-ServiceId-us"};

PolicyContent content_for(const std::string& target, const std::string& role) {
  PolicyContent content;
  content.subject = {{"serviceName", "stringEquals", "server-protect"}};
  content.resource = {{"serviceName", "stringEquals", target}};
  content.roles = {role};
  content.description = "text (authzd: us/disks#0123456789ab)";
  return content;
}

class Recorder : public ConvergeObserver {
 public:
  Result<void> before_write(std::size_t action, const Command& command) override {
    events.push_back("before " + std::to_string(action));
    if (on_write) return on_write(command);
    return {};
  }
  void after(const Outcome& outcome) override {
    events.push_back(std::string(to_string(outcome.kind)) + " " + std::to_string(outcome.action));
    if (on_outcome) on_outcome();
  }

  std::vector<std::string> events;
  std::function<Result<void>(const Command&)> on_write;
  std::function<void()> on_outcome;
};

/// Its DELETE is sent at once, and then a stop does not end it.
class Gateway : public FakeGateway {
 public:
  using FakeGateway::FakeGateway;
  bool has_no_turn = false;  // a restore waits for ever

  Async<Written> restore(PolicyId id, Etag etag) override {
    auto done = FakeGateway::restore(std::move(id), std::move(etag));
    if (has_no_turn) {
      before_call("turn");
      boost::asio::steady_timer turn(co_await boost::asio::this_coro::executor);
      turn.expires_at(boost::asio::steady_timer::time_point::max());
      co_await turn.async_wait(boost::asio::use_awaitable);
    }
    co_return co_await std::move(done);
  }

  Async<std::string> remove(PolicyId id) override {
    return shielded(FakeGateway::remove(std::move(id)));
  }
};

class ConvergeDriver : public testing::Test {
 protected:
  void want_create(const std::string& target) {
    Action action;
    action.verb = Verb::create;
    action.after = content_for(target, "Reader");
    action.key = key_of(kAccount, *action.after);
    plan.actions.push_back(action);
  }

  void want_update(const std::string& target) {
    Action action = existing(Verb::update, target);
    action.after = content_for(target, "Writer");
    plan.actions.push_back(action);
  }

  /// A create that restores a deleted policy with its id.
  void want_restore(const std::string& target) {
    Action action = existing(Verb::create, target);
    (void)gateway.iam.remove(action.id, kUs);
    action.after = std::exchange(action.before, std::nullopt);
    plan.actions.push_back(action);
  }

  void want_remove(const std::string& target) {
    plan.actions.push_back(existing(Verb::remove, target));
  }

  Result<std::vector<Outcome>> converge_all(std::size_t concurrency = 4) {
    const ConvergeTools tools{
        gateway, gateway, clock, recorder, stop, Timestamp::max(), kSettleGrace, {kUs}};
    return test::run(io, converge(plan, tools, concurrency, {}));
  }

  boost::asio::io_context io;
  Gateway gateway{kAccount, kUs};
  test::VirtualClock clock;
  Recorder recorder;
  StopToken stop;
  Plan plan = [] {
    Plan empty;
    empty.account = kAccount;
    return empty;
  }();

 private:
  Action existing(Verb verb, const std::string& target) {
    const Versioned stored = gateway.iam.seed(content_for(target, "Reader"), kUs);
    Action action;
    action.verb = verb;
    action.id = stored.policy.id;
    action.before = stored.policy.content;
    action.last_modified_at = stored.policy.last_modified_at;
    action.key = key_of(kAccount, stored.policy.content);
    return action;
  }
};

TEST_F(ConvergeDriver, MakesIamEqualToThePlan) {
  want_create("kms");
  want_update("hs-crypto");
  want_remove("logs");

  const auto outcomes = converge_all().value();

  ASSERT_EQ(outcomes.size(), 3U);
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.kind, OutcomeKind::done);
  const auto policies = gateway.iam.list();
  ASSERT_EQ(policies.size(), 2U);
  EXPECT_EQ(policies[0].content, content_for("hs-crypto", "Writer"));
  EXPECT_EQ(policies[1].content, content_for("kms", "Reader"));
  EXPECT_EQ(outcomes[0].stored->policy.id, policies[1].id);
  EXPECT_FALSE(outcomes[2].transaction_id.empty());
}

TEST_F(ConvergeDriver, SpendsTwoRequestsOnAnUpdateAndThreeOnADelete) {
  want_update("hs-crypto");
  want_remove("logs");

  (void)converge_all().value();

  EXPECT_THAT(gateway.calls,
              ElementsAre(StartsWith("GET"),
                          StartsWith("PUT"),
                          StartsWith("GET"),
                          StartsWith("DELETE"),
                          StartsWith("GET")));
}

TEST_F(ConvergeDriver, RecordsAWriteBeforeIamSeesIt) {
  want_create("kms");
  std::size_t sent_before = 99;
  recorder.on_write = [&](const Command&) {
    sent_before = gateway.write_count();
    return Result<void>{};
  };

  (void)converge_all().value();

  EXPECT_EQ(sent_before, 0U);
  EXPECT_THAT(recorder.events, ElementsAre("before 0", "Done 0"));
}

TEST_F(ConvergeDriver, DoesNotWriteWhatCannotBeRecorded) {
  want_create("kms");
  want_update("hs-crypto");
  recorder.on_write = [](const Command&) -> Result<void> {
    return Error{ErrorCode::unavailable, "the disk is full"};
  };

  const auto outcomes = converge_all().value();

  EXPECT_EQ(gateway.write_count(), 0U);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].kind, OutcomeKind::failed);
  EXPECT_EQ(outcomes[0].error->message, "the disk is full");
  EXPECT_FALSE(outcomes[1].wrote);
}

TEST_F(ConvergeDriver, KeepsToItsConcurrency) {
  for (int i = 0; i < 12; ++i) want_create("target-" + std::to_string(i));

  (void)converge_all(3).value();

  EXPECT_EQ(gateway.most_at_once(), 3U);
  EXPECT_EQ(gateway.iam.list().size(), 12U);
}

TEST_F(ConvergeDriver, FindsOutByTheListWhatALostReplyLeftOpen) {
  want_create("kms");
  gateway.faults["POST"] = {test::lost_after()};

  const auto outcomes = converge_all().value();

  EXPECT_THAT(gateway.calls, ElementsAre("POST", "LIST"));
  EXPECT_EQ(outcomes.at(0).kind, OutcomeKind::done);
  EXPECT_TRUE(outcomes[0].wrote);
}

TEST_F(ConvergeDriver, WaitsByItsClockForAReplicaThatLags) {
  want_remove("logs");
  gateway.faults["GET"] = {test::Fault{}, test::lagging(), test::lagging()};

  const auto outcomes = converge_all().value();

  EXPECT_EQ(outcomes.at(0).kind, OutcomeKind::done);
  EXPECT_EQ(clock.sleeps().size(), 2U);
}

TEST_F(ConvergeDriver, BringsBackWhatSomeoneChangedBeforeTheDelete) {
  want_remove("logs");
  const PolicyId id = plan.actions[0].id;
  gateway.before_call = [&](const std::string& call) {
    if (!call.starts_with("DELETE")) return;
    const Versioned now = gateway.iam.get(id).value();
    (void)gateway.iam.replace(id, content_for("logs", "Manager"), now.etag, IamId{"IBMid-them"});
  };

  const auto outcomes = converge_all().value();

  EXPECT_EQ(outcomes.at(0).kind, OutcomeKind::restored);
  ASSERT_EQ(gateway.iam.list().size(), 1U);
  EXPECT_EQ(gateway.iam.list()[0].content, content_for("logs", "Manager"));
}

TEST_F(ConvergeDriver, StopsBetweenTwoWrites) {
  for (int i = 0; i < 6; ++i) want_create("target-" + std::to_string(i));
  recorder.on_outcome = [&] { stop.request(); };

  const auto outcomes = converge_all(2).value();

  EXPECT_LE(gateway.iam.list().size(), 3U);
  EXPECT_EQ(gateway.write_count(), gateway.iam.list().size());
  ASSERT_EQ(outcomes.size(), 6U);
  EXPECT_EQ(outcomes[5].kind, OutcomeKind::skipped);
}

TEST_F(ConvergeDriver, SendsNothingWhereItIsStoppedFromTheStart) {
  want_create("kms");
  want_remove("logs");
  stop.request();

  const auto outcomes = converge_all().value();

  EXPECT_TRUE(gateway.calls.empty());
  EXPECT_THAT(recorder.events, ElementsAre("Skipped 0", "Skipped 1"));
  EXPECT_EQ(outcomes.size(), 2U);
}

TEST_F(ConvergeDriver, DoesNotBringBackWhatAnUndoWantsOnceItIsStopped) {
  want_restore("logs");
  gateway.has_no_turn = true;
  gateway.before_call = [&](const std::string& call) {
    if (call == "turn") stop.request();
  };

  const auto outcomes = converge_all().value();

  EXPECT_EQ(outcomes.at(0).kind, OutcomeKind::skipped);
  EXPECT_EQ(gateway.call_count("PATCH"), 0U);
}

TEST_F(ConvergeDriver, BringsBackWhatItsOwnDeleteTookInSpiteOfAStop) {
  want_remove("logs");
  const PolicyId id = plan.actions[0].id;
  gateway.before_call = [&](const std::string& call) {
    if (call.starts_with("PATCH")) stop.request();
    if (!call.starts_with("DELETE")) return;
    const Versioned now = gateway.iam.get(id).value();
    (void)gateway.iam.replace(id, content_for("logs", "Manager"), now.etag, IamId{"IBMid-them"});
  };

  const auto outcomes = converge_all().value();

  EXPECT_EQ(outcomes.at(0).kind, OutcomeKind::restored);
  EXPECT_EQ(gateway.iam.list().size(), 1U);
}

TEST_F(ConvergeDriver, GivesAllLooksForADeleteOneGraceAfterAStop) {
  want_remove("logs");
  gateway.faults["GET"] = {test::Fault{}, test::lagging(), test::lagging(), test::lagging()};
  gateway.before_call = [&](const std::string& call) {
    if (!call.starts_with("GET") || gateway.call_count("DELETE") == 0) return;
    stop.request();
    clock.advance(kSettleGrace / 2);
  };

  const auto outcomes = converge_all().value();

  EXPECT_EQ(gateway.call_count("GET"), 3U) << "the third look for it came too late";
  EXPECT_EQ(outcomes.at(0).kind, OutcomeKind::unconfirmed);
}

TEST_F(ConvergeDriver, LooksForWhatALongWriteThatAStopFoundUnderWayHasDone) {
  want_remove("logs");
  gateway.before_call = [&](const std::string& call) {
    if (!call.starts_with("DELETE")) return;
    stop.request();
    clock.advance(2 * kSettleGrace);
  };

  const auto outcomes = converge_all().value();

  EXPECT_EQ(outcomes.at(0).kind, OutcomeKind::done);
}

TEST_F(ConvergeDriver, JoinsItsRequestsWhereItIsCancelled) {
  for (int i = 0; i < 4; ++i) want_create("target-" + std::to_string(i));
  const ConvergeTools tools{gateway, gateway, clock, recorder, stop};
  boost::asio::cancellation_signal signal;
  bool has_ended = false;
  std::vector<Outcome> outcomes;
  const auto on_end = [&](const std::exception_ptr& thrown, Result<std::vector<Outcome>> result) {
    has_ended = true;
    if (!thrown && result) outcomes = std::move(*result);
  };
  gateway.before_call = [&](const std::string&) {
    signal.emit(boost::asio::cancellation_type::terminal);
  };

  boost::asio::co_spawn(
      io, converge(plan, tools, 2, {}), boost::asio::bind_cancellation_slot(signal.slot(), on_end));
  io.run();

  EXPECT_TRUE(has_ended);
  EXPECT_EQ(gateway.iam.list().size(), 1U);  // the one that was sent; the other was not
  ASSERT_EQ(outcomes.size(), 4U);
  EXPECT_EQ(outcomes[0].kind, OutcomeKind::done);
  EXPECT_EQ(outcomes[3].kind, OutcomeKind::skipped);
}

TEST_F(ConvergeDriver, PassesABugOnOnceItsRequestsHaveEnded) {
  for (int i = 0; i < 4; ++i) want_create("target-" + std::to_string(i));
  recorder.on_outcome = [] { throw std::logic_error("a bug"); };

  EXPECT_THROW((void)converge_all(2), std::logic_error);

  EXPECT_LE(gateway.write_count(), 3U);
}

TEST_F(ConvergeDriver, SurvivesARequestThatThrows) {
  want_create("kms");
  gateway.before_call = [](const std::string& call) {
    if (call == "POST") throw std::runtime_error("a bug");
  };

  EXPECT_THROW((void)converge_all(), std::runtime_error);
}

}  // namespace
}  // namespace authzd
