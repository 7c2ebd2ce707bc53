// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// authzd's actions are recorded before they are done; what cannot be recorded is not done.

#include "daemon/cycle/recorder.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace authzd::test {
namespace {

const std::string kRecordedFile = manifest_of("storage", "server-protect", {"kms", "hs-crypto"});

/// Notes what it sees, and how many writes IAM had received by then.
class Witness final : public WriteObserver {
 public:
  explicit Witness(const sandbox::SandboxService& service) : service_(service) {}

  Result<void> before_write(const WriteEvent& event, const Command& command) override {
    if (fails) return Error{ErrorCode::unavailable, "the audit file's disk is full"};
    before.push_back(event.action.name + " " + command.id.value);
    runs.insert(event.context.run_id);
    writes_by_then.push_back(service_.counters().writes);
    return {};
  }
  Result<void> after(const WriteEvent& event, const Outcome& outcome) override {
    outcomes.push_back(event.action.name + " " + std::string(to_string(outcome.kind)));
    return {};
  }

  bool fails = false;
  std::vector<std::string> before;
  std::vector<std::size_t> writes_by_then;
  std::vector<std::string> outcomes;
  std::set<std::string> runs;

 private:
  const sandbox::SandboxService& service_;
};

class Record : public CycleTest {
 protected:
  void SetUp() override {
    witness = std::make_shared<Witness>(service);
    observers.push_back(witness);
    spec.concurrency = 1;
    write_file("storage.yaml", kRecordedFile);
  }

  std::shared_ptr<Witness> witness;
};

/// It is a thousand rows of the state; probes and other accounts wait meanwhile.
TEST_F(Record, OfALongPlanLetsOthersOnTheLoopBetweenItsSlices) {
  Planned planned;
  planned.plan.actions.resize(1'000);
  restart();
  account->begin_run("long");
  std::size_t turns = 0;
  const auto others = [&]() -> boost::asio::awaitable<void> {
    for (int i = 0; i < 100; ++i) {
      ++turns;
      co_await boost::asio::post(boost::asio::use_awaitable);
    }
  };
  std::size_t turns_by_then = 0;
  const auto writing = [&]() -> Async<std::size_t> {
    auto first = co_await Recorder::write_down(*account, planned);
    turns_by_then = turns;
    co_return first;
  };
  const auto on_end = [](const std::exception_ptr&) {};
  boost::asio::co_spawn(io, others(), on_end);

  const auto first = run(io, writing());

  ASSERT_TRUE(first);
  EXPECT_EQ(*first, 0U);
  EXPECT_GE(turns_by_then, 4U);
  EXPECT_LT(turns_by_then, 100U);
  EXPECT_EQ(state().runs.find("long")->actions.size(), 1'000U);
  good_cycle();
}

TEST_F(Record, IsSeenByEveryObserverBeforeIamSeesTheWrite) {
  good_cycle();

  EXPECT_EQ(witness->before.size(), 2U);
  EXPECT_EQ(witness->writes_by_then, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(witness->outcomes, (std::vector<std::string>{"storage Done", "storage Done"}));
  EXPECT_EQ(witness->runs.size(), 1U);
}

TEST_F(Record, ThatAnObserverCannotMakeKeepsTheWriteFromBeingSent) {
  witness->fails = true;

  const CycleEnd end = cycle();

  EXPECT_EQ(unsafe(), 0U);
  EXPECT_EQ(count(*end.performed).failed, 2U);
  EXPECT_EQ(status().ready.reason, "WritesFailed");
  EXPECT_NE(logged().find("disk is full"), std::string::npos);
  witness->fails = false;
  good_cycle();
  EXPECT_EQ(ours().size(), 2U);
}

TEST_F(Record, ThatTheStateCannotTakeKeepsTheWriteFromBeingSent) {
  good_cycle();
  write_file("more.yaml", manifest_of("files", "is", {"kms"}));
  const std::size_t before = unsafe();
  ASSERT_TRUE(database->run("PRAGMA query_only = 1"));

  const CycleEnd end = cycle();

  EXPECT_EQ(unsafe(), before);
  EXPECT_TRUE(end.error || count(*end.performed).failed > 0);
  ASSERT_TRUE(database->run("PRAGMA query_only = 0"));
  good_cycle();
  EXPECT_EQ(ours().size(), 3U);
}

/// A delete makes IAM forget the use, and a window begins with the first cycle that wants it.
TEST_F(Record, OfWhatTheRailsMustKnowThatTheStateCannotTakeKeepsEachWriteFromBeingSent) {
  spec.rails.limits.max_delete_percent = 100;
  restart();
  good_cycle();
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  const std::size_t before = unsafe();
  ASSERT_TRUE(
      database->run("CREATE TRIGGER full BEFORE INSERT ON wanted_removals"
                    " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"));

  const CycleEnd end = cycle();

  EXPECT_EQ(unsafe(), before) << "a delete went out that no later plan would count";
  ASSERT_TRUE(end.performed);
  EXPECT_EQ(count(*end.performed).failed, 1U);
  EXPECT_EQ(status().ready.reason, "WritesFailed");
  EXPECT_NE(logged().find("the disk is full"), std::string::npos);
  ASSERT_TRUE(database->run("DROP TRIGGER full"));
  good_cycle();
  EXPECT_EQ(ours().size(), 1U);
}

TEST_F(Record, HasEachRunThatWroteWithItsActionsAndNoQuietOne) {
  good_cycle();
  good_cycle();
  good_cycle();

  const auto runs = state().runs.last(10);
  ASSERT_EQ(runs->size(), 1U);
  ASSERT_TRUE(runs->front().end);
  EXPECT_EQ(runs->front().end->counts.created, 2U);
  const auto detail = state().runs.find(runs->front().start.id);
  ASSERT_EQ(detail->actions.size(), 2U);
  for (const RecordedAction& action : detail->actions) {
    EXPECT_EQ(action.outcome->kind, OutcomeKind::done);
    EXPECT_FALSE(action.outcome->transaction_id.empty());
    EXPECT_EQ(action.writes.size(), 1U);
  }
}

TEST_F(Record, SaysInTheLogWhatIsNewsAndNotEveryCycle) {
  seed_demo();
  write_file("storage.yaml",
             manifest_of("crypto", "server-protect", {"hs-crypto"}, "Authorization Delegator"));
  for (int i = 0; i < 3; ++i) good_cycle();

  const auto is_it = [](const std::string& line) {
    return line.find("\"conflict\"") != std::string::npos;
  };
  EXPECT_EQ(std::ranges::count_if(lines, is_it), 1);
}

TEST_F(Record, OfAGrantThatIamRefusesIsSaidOncePerChange) {
  inject({.method = "POST", .path = "/v2/policies", .times = 0, .status = 403});
  for (int i = 0; i < 3; ++i) cycle();

  const auto is_it = [](const std::string& line) {
    return line.find("create not done") != std::string::npos &&
           line.find("\"warning\"") != std::string::npos;
  };
  EXPECT_EQ(std::ranges::count_if(lines, is_it), 2) << logged();
}

}  // namespace
}  // namespace authzd::test
