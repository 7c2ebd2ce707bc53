// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The process is killed before and after each of its writes to the database, by a real SIGKILL. The
// next process finds the result of some whole step, and continues from there to the same end.
#include "tests/unit/state/state_fixture.hpp"

#include <csignal>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const PolicyId kId{"p1"};

/// The whole content of the state, as text.
std::string dump(Database& database) {
  std::string text;
  const auto tables = must(
      database.all<std::string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
                                {},
                                [](const SqlRow& row) { return row.text(0); }));
  for (const std::string& table : tables) {
    const std::size_t columns = *must(database.first<std::size_t>(
        "SELECT count(*) FROM pragma_table_info(?)", {table}, [](const SqlRow& row) {
          return row.count(0);
        }));
    must(database.each(("SELECT * FROM " + table).c_str(), {}, [&](const SqlRow& row) {
      text += table;
      for (std::size_t i = 0; i < columns; ++i) text += " | " + row.text(static_cast<int>(i));
      text += '\n';
    }));
  }
  return text;
}

using Step = std::function<void(AccountState&)>;

/// The life of an account: each step is one write to the database.
std::vector<Step> life() {
  const Timestamp now{1h};
  const Action made = create_of();
  const Action removed = remove_of(kId);
  return {
      [=](AccountState& s) {
        must(s.revisions.keep_good({"r1", {{"a.yaml", "text"}}, now}));
      },
      [=](AccountState& s) {
        must(s.runs.begin({"one", RunKind::cycle, "", "r1", now, ""}));
      },
      [=](AccountState& s) { (void)must(s.runs.add_actions("one", std::vector{made})); },
      [=](AccountState& s) {
        must(s.runs.will_write({"one", 0}, sending(Command::Kind::create), now));
      },
      [=](AccountState& s) {
        must(s.runs.record({"one", 0}, made, done_with(kId, content_with("Reader")), now));
      },
      [=](AccountState& s) {
        must(s.runs.end("one", {now, "hash", "", {}}));
      },
      [=](AccountState& s) { must(s.revisions.keep_applied("r1", {made.key}, now)); },
      [=](AccountState& s) {
        must(s.runs.begin({"two", RunKind::apply, "ana", "r2", now, ""}));
      },
      [=](AccountState& s) { (void)must(s.runs.add_actions("two", std::vector{removed})); },
      [=](AccountState& s) {
        must(s.runs.will_write({"two", 0}, sending(Command::Kind::remove), now));
      },
      [=](AccountState& s) {
        must(s.runs.record({"two", 0}, removed, gone(), now));
      },
      [=](AccountState& s) {
        must(s.pins.add({{made.key, "digest", "two", now}}));
      },
      [=](AccountState& s) {
        must(s.approvals.approve_hold("hold", "maxDelete", {"a", "b"}, {"ana", now, {}}));
      },
  };
}

class CrashTest : public StateTest {
 protected:
  CrashTest() {
    close();
    wipe();
  }

  /// The content after each step; the first one is after the file was created.
  std::vector<std::string> run_whole() {
    std::vector<std::string> after;
    open();
    after.push_back(dump(*database));
    for (const Step& step : life()) {
      step(*state);
      after.push_back(dump(*database));
    }
    close();
    wipe();
    return after;
  }

  void wipe() const {
    for (const char* suffix : {"", "-wal", "-shm", ".lock", ".serial"}) {
      std::filesystem::remove(path() + suffix);
    }
  }

  /// Runs in another process, which is killed at its write number `n`.
  void die_at(int n, bool before) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) live_until(n, before);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it was to die at write " << n;
    ASSERT_EQ(WTERMSIG(status), SIGKILL);
  }

 private:
  [[noreturn]] void live_until(int n, bool before) {
    int writes = 0;
    DatabaseOptions options;
    options.before_commit = [&, n, before] {
      if (++writes == n && before) kill(getpid(), SIGKILL);
    };
    options.after_commit = [&, n, before] {
      if (writes == n && !before) kill(getpid(), SIGKILL);
    };
    open(options);
    for (const Step& step : life()) step(*state);
    _exit(1);
  }
};

TEST_F(CrashTest, LeavesAWholeStepBehindAndGoesOnFromThere) {
  const std::vector<std::string> expected = run_whole();
  const auto steps = life();
  const int writes = static_cast<int>(expected.size());

  for (int n = 1; n <= writes; ++n) {
    for (const bool before : {true, false}) {
      SCOPED_TRACE("write " + std::to_string(n) + (before ? ", before it" : ", after it"));
      die_at(n, before);

      open();

      // Creating the file is the first write; if that was lost, opening it created it again.
      const std::size_t done = static_cast<std::size_t>(n == 1 ? 0 : before ? n - 2 : n - 1);
      ASSERT_EQ(dump(*database), expected.at(done));
      for (std::size_t i = done; i < steps.size(); ++i) steps[i](*state);
      ASSERT_EQ(dump(*database), expected.back());
      close();
      wipe();
    }
  }
}

TEST_F(CrashTest, ForgetsNoDeleteThatMayHaveBeenSent) {
  die_at(11, false);  // right after the DELETE was recorded

  open();

  EXPECT_EQ(must(state->policies.pending_deletes()).size(), 1U);
  EXPECT_EQ(must(state->runs.unknown_outcomes()).size(), 1U);
  EXPECT_EQ(must(state->runs.end_interrupted(now)), std::vector<std::string>{"two"});
}

}  // namespace
}  // namespace authzd::test
