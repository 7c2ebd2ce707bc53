// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A process is killed during a write whose outcome is not clear from the policy's existence: an
// undo's restore, and a delete that discarded someone's change.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <stdexcept>

namespace authzd::test {
namespace {

class KilledWrite : public CycleTest {
 protected:
  void SetUp() override {
    spec.allow_empty = true;
    spec.rails.limits.max_delete_percent = 100;
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
    good_cycle();
    id = PolicyId{only_id()};
  }

  /// The process gets as far as `method`, which IAM receives or not. After that, nothing from it
  /// reaches IAM or the state.
  void kill_at(const std::string& method, bool is_done) {
    const auto kill = [this](const HttpRequest&) -> std::optional<HttpResponse> {
      static_cast<void>(database->run("PRAGMA query_only = 1"));
      throw Killed();
    };
    if (is_done) {
      http->after_done = [this, method, kill](const HttpRequest& request) {
        if (request.method != method) return;
        http->intercept = kill;
        kill(request);
      };
      return;
    }
    http->intercept = [method, kill, is_dead = false](
                          const HttpRequest& request) mutable -> std::optional<HttpResponse> {
      is_dead |= request.method == method;
      return is_dead ? kill(request) : std::nullopt;
    };
  }

  /// A new process, once no replica lags any more.
  void recover() {
    ASSERT_TRUE(database->run("PRAGMA query_only = 0"));
    restart();
    clock.advance(spec.settle);
    cycle();
  }

  [[nodiscard]] RecordedAction last_action() const {
    const auto runs = state().runs.last(1);
    return state().runs.find(runs->front().start.id)->actions.at(0);
  }

  [[nodiscard]] bool is_known() const { return state().policies.known().value()->contains(id); }

  PolicyId id;
};

/// The policy was deleted, and a person restores it.
class KilledUndo : public KilledWrite {
 protected:
  void undo_and_die(bool is_done) {
    remove_file("storage.yaml");
    good_cycle();
    ASSERT_TRUE(ours().empty());

    const Action removed = last_action().action;
    Action back;
    back.verb = Verb::create;
    back.id = id;
    back.key = removed.key;
    back.name = removed.name;
    back.after = removed.before;
    back.reason = Reason::undone;
    Planned planned;
    planned.plan.account = spec.id;
    planned.plan.actions = {back};
    account->begin_run("the undo", RunKind::undo, "ada");
    kill_at("PATCH", is_done);
    EXPECT_THROW(run(io, perform_plan(*account, planned, stop)), Killed);
    must_be_quiet = false;  // no pin: the next cycle would delete again what was restored
  }
};

TEST_F(KilledUndo, ThatBroughtNothingBackHasFailed) {
  undo_and_die(false);
  recover();

  const RecordedAction action = last_action();
  ASSERT_TRUE(action.outcome);
  EXPECT_EQ(action.outcome->kind, OutcomeKind::failed);
  EXPECT_FALSE(action.outcome->wrote);
  EXPECT_TRUE(ours().empty());
}

TEST_F(KilledUndo, ThatBroughtItBackIsDoneAndTheStateKnowsIt) {
  undo_and_die(true);
  spec.mode = Mode::observe;
  recover();

  const RecordedAction action = last_action();
  ASSERT_TRUE(action.outcome);
  EXPECT_EQ(action.outcome->kind, OutcomeKind::done);
  EXPECT_TRUE(action.outcome->wrote);
  EXPECT_TRUE(is_known());
}

/// Someone changes the policy between our read and our delete.
class KilledDelete : public KilledWrite {
 protected:
  void change_in_the_gap() {
    remove_file("storage.yaml");
    http->intercept = [this](const HttpRequest& request) -> std::optional<HttpResponse> {
      if (request.method == "DELETE") edit(id.value, {{"description", "Mine from now on."}});
      return std::nullopt;
    };
  }

  void expect_report() {
    const RecordedAction action = last_action();
    ASSERT_TRUE(action.outcome);
    EXPECT_EQ(action.outcome->kind, OutcomeKind::failed);
    ASSERT_TRUE(action.outcome->error);
    EXPECT_NE(action.outcome->error->message.find("changed between our read and our delete"),
              std::string::npos);
    EXPECT_NE(logged().find("a delete took a change with it"), std::string::npos);
    EXPECT_TRUE(state().policies.pending_deletes()->empty());
    EXPECT_FALSE(is_known());
  }
};

TEST_F(KilledDelete, ReportsTheChangeThatWentWithIt) {
  change_in_the_gap();
  kill_at("DELETE", true);
  EXPECT_THROW(cycle(), Killed);

  recover();

  expect_report();
}

TEST_F(KilledDelete, IsReportedEvenWhereNoReadShowedItAtFirst) {
  change_in_the_gap();
  http->after_done = [this](const HttpRequest& request) {
    if (request.method != "DELETE") return;
    inject({.method = "GET", .path = "/v2/policies/", .times = 0, .status = 403});
  };
  cycle();
  ASSERT_FALSE(state().policies.pending_deletes()->empty());
  service.clear_faults();

  recover();

  expect_report();
}

}  // namespace
}  // namespace authzd::test
