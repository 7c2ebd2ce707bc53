// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The process is killed at every moment that matters: before and after each write to IAM, before
// and after each write to the state. The next process, on the same state, reaches the same end.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <map>
#include <set>
#include <stdexcept>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

/// Counts the moments of a process, and kills it at one of them: after that, nothing from it
/// reaches IAM or the disk.
class Killer {
 public:
  explicit Killer(std::size_t moment) : moment_(moment) {}

  void pass(const std::string& what) {
    if (!is_armed_) return;
    if (is_dead_) throw Killed();
    if (passed_++ < moment_) return;
    is_dead_ = true;
    where_ = what;
    throw Killed();
  }

  void arm(bool armed) { is_armed_ = armed; }
  [[nodiscard]] bool has_killed() const { return is_dead_; }
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  std::size_t moment_;
  std::size_t passed_ = 0;
  bool is_armed_ = false;
  bool is_dead_ = false;
  std::string where_;
};

bool is_policy_write(const HttpRequest& request) {
  return request.method != "GET" && request.target.find("/policies") != std::string::npos;
}

/// One life of an account: creates, an update and a delete are due at the kill.
class Life : public CycleTest {
 public:
  explicit Life(std::size_t moment) : killer_(moment) {
    state_file_ = directory.string() + ".db";
    open_state();
    approve_first_deletes();
    spec.rails.limits.max_delete_percent = 100;
    write_file("a.yaml", manifest_of("changes", "server-protect", {"kms"}));
    write_file("b.yaml", manifest_of("goes", "is", {"kms"}));
    good_cycle();
    write_file("a.yaml",
               manifest_of("changes", "server-protect", {"kms"}, "Authorization Delegator"));
    write_file("b.yaml", manifest_of("comes", "server-protect", {"hs-crypto"}));
    write_file("c.yaml", manifest_of("comes-too", "is", {"hs-crypto"}));
    start();
  }
  ~Life() override {
    end_process();
    database.reset();
    std::filesystem::remove(state_file_);
  }

  /// The cycle with the kill. False: it ended before that.
  bool is_killed_in_a_cycle() {
    killer_.arm(true);
    try {
      cycle();
    } catch (const Killed&) {
    }
    killer_.arm(false);
    return killer_.has_killed();
  }

  /// A new process, and then some time.
  void recover() {
    end_process();
    open_state();
    start();
    cycle();
    clock.advance(spec.settle);
    for (int i = 0; i < 3; ++i) cycle();
  }

  void expect_same_end() {
    std::map<std::string, std::string> roles;
    for (const Json& policy : policies()) {
      roles[description_of(policy).substr(0, description_of(policy).find('#'))] = role_of(policy);
    }
    const std::map<std::string, std::string> wanted{
        {"For a test. (authzd: prod/changes", kDelegatorRole},
        {"For a test. (authzd: prod/comes", kReaderRole},
        {"For a test. (authzd: prod/comes-too", kReaderRole}};
    EXPECT_EQ(roles, wanted);
    EXPECT_EQ(policies().size(), 3U) << "a policy that nobody answers for";
    const std::size_t before = unsafe();
    cycle();
    EXPECT_EQ(unsafe(), before) << "it is not at rest";
  }

  /// A completed delete or create is not sent again.
  void expect_no_repetition() {
    std::map<std::string, int> done;
    for (const sandbox::LoggedRequest& request : service.log()) {
      if (!request.wrote || request.target.find("/policies") == std::string::npos) continue;
      ++done[request.method + " " + request.target];
    }
    std::map<std::string, int> sent;
    for (const sandbox::LoggedRequest& request : service.log()) {
      if (request.method != "DELETE") continue;
      EXPECT_EQ(++sent[request.target], 1) << request.target << " was deleted twice";
    }
    EXPECT_EQ(done["POST /v2/policies"], 4);  // two of them before the kill's cycle
    EXPECT_EQ(sent.size(), 1U) << "the delete was forgotten";
  }

  /// Every write that IAM did is in the state, with its outcome.
  void expect_complete_record() {
    const AccountState kept = state();
    EXPECT_TRUE(kept.runs.unknown_outcomes()->empty());
    EXPECT_TRUE(kept.policies.pending_deletes()->empty());
    std::size_t recorded = 0;
    std::size_t doubtful = 0;  // creates that never arrived, as far as anyone can tell
    RunCounts sum;
    const auto runs = kept.runs.last(100);
    for (const RunSummary& run : *runs) {
      ASSERT_TRUE(run.end) << run.start.id << " never ended";
      sum.created += run.end->counts.created;
      sum.updated += run.end->counts.updated;
      sum.deleted += run.end->counts.deleted;
      sum.unknown += run.end->counts.unknown;
      const auto detail = kept.runs.find(run.start.id);
      for (const RecordedAction& action : detail->actions) {
        EXPECT_TRUE(action.writes.empty() || action.outcome) << "an outcome is missing";
        if (!action.outcome || !action.outcome->wrote) continue;
        ++(action.outcome->kind == OutcomeKind::done ? recorded : doubtful);
        EXPECT_TRUE(action.outcome->kind == OutcomeKind::done || action.action.verb == Verb::create)
            << "a read shows whether it was done";
      }
    }
    EXPECT_EQ(recorded, service.counters().writes);
    EXPECT_LE(doubtful, spec.concurrency) << "as many as can be under way";
    EXPECT_EQ(sum, (RunCounts{.created = 4, .updated = 1, .deleted = 1})) << "what `runs` shows";
  }

  [[nodiscard]] const std::string& where() const { return killer_.where(); }

 private:
  void TestBody() override {}

  void open_state() {
    database.reset();
    auto opened = Database::open({.path = state_file_,
                                  .before_commit = [this] { killer_.pass("before a commit"); },
                                  .after_commit = [this] { killer_.pass("after a commit"); }});
    if (!opened) throw std::logic_error(opened.error().message);
    database = std::move(*opened);
  }

  void start() {
    restart();
    http->intercept = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
      if (killer_.has_killed() || is_policy_write(request))
        killer_.pass("before " + request.method);
      return std::nullopt;
    };
    http->after_done = [this](const HttpRequest& request) {
      if (is_policy_write(request)) killer_.pass("after " + request.method);
    };
  }

  Killer killer_;
  std::string state_file_;
};

TEST(Crash, AtAnyMomentIsGotOver) {
  std::set<std::string> moments;
  std::size_t moment = 0;
  for (bool was_killed = true; was_killed; ++moment) {
    Life life(moment);
    was_killed = life.is_killed_in_a_cycle();
    SCOPED_TRACE("killed at moment " + std::to_string(moment) + ", " + life.where());
    life.recover();
    life.expect_same_end();
    life.expect_no_repetition();
    life.expect_complete_record();
    moments.insert(life.where());
    ASSERT_LT(moment, 500U) << "it never ends";
  }

  // The kills were at the intended moments.
  for (const char* each : {"before POST",
                           "after POST",
                           "before PUT",
                           "after PUT",
                           "before DELETE",
                           "after DELETE",
                           "before a commit",
                           "after a commit"}) {
    EXPECT_TRUE(moments.contains(each)) << each;
  }
}

}  // namespace
}  // namespace authzd::test
