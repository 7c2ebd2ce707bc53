// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A write that IAM did and of which nobody told authzd: its process is killed, or neither the reply
// nor a read after it arrives. Before the next look somebody changes the policy, so that no read
// can tell any more. It counts as done for whatever guards access (design §6).

#include "daemon/cycle/bookkeeping.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <algorithm>
#include <functional>

namespace authzd::test {
namespace {

using namespace std::chrono_literals;

const std::string kWriterRole = "crn:v1:bluemix:public:iam::::serviceRole:Writer";

class HiddenWrite : public CycleTest {
 protected:
  void SetUp() override {
    spec.allow_empty = true;
    spec.rails.limits.max_delete_percent = 100;
    must_be_quiet = false;  // what counts as done may be held afterwards
  }

  void grant(const std::string& name, const std::string& source, const std::string& roles) const {
    write_file(name + ".yaml", manifest_of(name, source, {"cloud-object-storage"}, roles));
  }

  /// IAM does the next write with that method, and the process dies before it can record that.
  void cycle_and_die(const std::string& method) {
    http->after_done = [this, method](const HttpRequest& request) {
      const bool is_it =
          request.method == method && request.target.find("/v2/policies") != std::string::npos;
      if (!is_it) return;
      static_cast<void>(database->run("PRAGMA query_only = 1"));
      throw Killed();
    };
    EXPECT_THROW(cycle(), Killed);
    ASSERT_TRUE(database->run("PRAGMA query_only = 0"));
    restart();
  }

  /// IAM does the next write with that method; its reply and the reads by id after it are lost.
  void cycle_unheard(const std::string& method) {
    inject({.method = method, .path = "/v2/policies", .times = 0, .perform = true, .status = 503});
    inject({.method = "GET", .path = "/v2/policies/", .skip = 1, .times = 0, .status = 403});
    cycle();
    service.clear_faults();
  }

  /// IAM does each write with that method, and answers as to one that it has not done.
  void cycle_denied(const std::string& method, int status) {
    inject(
        {.method = method, .path = "/v2/policies", .times = 0, .perform = true, .status = status});
    cycle();
    service.clear_faults();
  }

  void note_on(const std::string& id) {
    for (const Json& policy : policies()) {
      if (policy.at("id") == id) edit(id, {{"description", "Seen. " + description_of(policy)}});
    }
  }

  [[nodiscard]] std::string id_of(const std::string& name) {
    for (const Json& policy : policies()) {
      const std::string text = description_of(policy);
      if (text.find("(authzd: prod/" + name + "#") != std::string::npos) return policy.at("id");
    }
    throw std::logic_error("no policy of " + name);
  }

  [[nodiscard]] bool has_writer(const std::string& name) {
    const std::string id = id_of(name);
    return std::ranges::any_of(policies(), [&](const Json& policy) {
      return policy.at("id") == id && policy.dump().find(kWriterRole) != std::string::npos;
    });
  }

  [[nodiscard]] RecordedAction first_action_of_last(std::size_t back = 0) const {
    const auto runs = state().runs.last(back + 1);
    return state().runs.find(runs->at(back).start.id)->actions.at(0);
  }

  /// After an approved narrowing that nobody saw, somebody puts the policy back as it was.
  void expect_no_second_narrowing(const std::function<void()>& narrow_unseen) {
    spec.rails.limits.max_delete = 0;
    restart();
    grant("one", "server-protect", "Reader, Writer");
    cycle();
    const std::string id = id_of("one");
    Json before;
    for (const Json& policy : policies()) {
      if (policy.at("id") == id) before = policy;
    }
    grant("one", "server-protect", "Reader");
    approve_what_is_held(cycle());
    narrow_unseen();
    ASSERT_FALSE(has_writer("one"));

    note_on(id);
    clock.advance(spec.settle);
    cycle();
    edit(id, {{"description", before.at("description")}, {"control", before.at("control")}});
    cycle();
    cycle();

    EXPECT_TRUE(has_writer("one")) << "nobody approved that twice\n" << logged();
  }

  void approve_what_is_held(const CycleEnd& end) {
    auto kept = state();
    ASSERT_FALSE(status().holds.empty());
    const Grantor ada{"ada", clock.now(), clock.now() + 24h};
    ASSERT_TRUE(approve(kept, end.performed->planned.plan, status().holds.front().hash, ada));
  }
};

TEST_F(HiddenWrite, OfAProcessThatWasKilledCountsInTheWindow) {
  spec.rails.limits.max_delete = 1;
  restart();
  grant("one", "server-protect", "Reader, Writer");
  grant("two", "is", "Reader, Writer");
  cycle();
  grant("one", "server-protect", "Reader");
  cycle_and_die("PUT");
  note_on(id_of("one"));
  clock.advance(spec.settle);

  grant("two", "is", "Reader");
  cycle();
  cycle();

  EXPECT_FALSE(has_writer("one"));
  EXPECT_TRUE(has_writer("two")) << "a second policy lost access within the window\n" << logged();
  EXPECT_NE(logged().find("counts as done"), std::string::npos) << logged();
}

TEST_F(HiddenWrite, UsesUpItsApproval) {
  expect_no_second_narrowing([this] { cycle_and_die("PUT"); });
}

TEST_F(HiddenWrite, UsesUpItsApprovalThoughNobodyHeardOfIt) {
  expect_no_second_narrowing([this] { cycle_unheard("PUT"); });
}

TEST_F(HiddenWrite, ThatWidenedIsNoAdditionOfOthers) {
  spec.rails.removal_grace.targets = {"cloud-object-storage"};
  spec.rails.removal_grace.wait = 1h;
  for (const bool dies : {true, false}) {
    const std::string name = dies ? "killed" : "unheard";
    restart();
    grant(name, dies ? "server-protect" : "is", "Reader");
    cycle();
    grant(name, dies ? "server-protect" : "is", "Reader, Writer");
    dies ? cycle_and_die("PUT") : cycle_unheard("PUT");
    ASSERT_TRUE(has_writer(name)) << name;
    if (dies) note_on(id_of(name));
    clock.advance(spec.settle);
    if (!dies) cycle();

    grant(name, dies ? "server-protect" : "is", "Reader");
    cycle();
    EXPECT_TRUE(has_writer(name)) << name << ": it is first shown as ending\n" << logged();
  }
}

TEST_F(HiddenWrite, ThatNarrowedIsKnownOnceAReadShowsItSoThatAdditionsAreRemovedAtOnce) {
  restart();
  grant("one", "server-protect", "Reader, Writer");
  grant("two", "is", "Reader");  // so that a second narrowing is not all that there is
  cycle();
  Json before;
  for (const Json& policy : policies()) {
    if (policy.at("id") == id_of("one")) before = policy;
  }
  grant("one", "server-protect", "Reader");
  cycle_unheard("PUT");
  cycle();
  spec.rails.hold_unknown = true;
  restart();

  edit(before.at("id"), {{"control", before.at("control")}});
  cycle();

  EXPECT_FALSE(has_writer("one")) << logged();
}

TEST_F(HiddenWrite, IsShownAsUnknownAndThenAsWhatItWas) {
  restart();
  grant("one", "server-protect", "Reader");
  cycle();
  grant("one", "server-protect", "Reader, Writer");

  cycle_unheard("PUT");
  EXPECT_EQ(status().ready.reason, "OutcomeUnknown");
  EXPECT_EQ(state().runs.unknown_outcomes()->size(), 1U);
  EXPECT_EQ(first_action_of_last().outcome->kind, OutcomeKind::unknown);

  cycle();
  EXPECT_TRUE(status().ready.is_true) << status().ready.message;
  EXPECT_EQ(first_action_of_last().outcome->kind, OutcomeKind::done);
  EXPECT_EQ(state().runs.last(1)->front().end->counts, (RunCounts{.updated = 1}));
}

TEST_F(HiddenWrite, IsResolvedByTheListIfItsPolicyCannotBeReadById) {
  restart();
  grant("one", "server-protect", "Reader");
  cycle();
  grant("one", "server-protect", "Reader, Writer");
  cycle_unheard("PUT");
  inject({.method = "GET", .path = "/v2/policies/", .times = 0, .status = 403});

  cycle();

  EXPECT_TRUE(state().runs.unknown_outcomes()->empty());
  service.clear_faults();
}

TEST_F(HiddenWrite, ThatCreatedCountsThoughItsPolicyWasChangedOrDeleted) {
  spec.rails.limits.max_create = 1;
  for (const bool deletes : {false, true}) {
    lose_state();
    restart();
    const std::string name = deletes ? "deleted" : "changed";
    grant(name, deletes ? "is" : "server-protect", "Reader");
    cycle_and_die("POST");
    if (deletes) {
      edit(id_of(name), {{"state", "deleted"}});
    } else {
      note_on(id_of(name));
    }
    clock.advance(spec.settle);
    cycle();

    EXPECT_EQ(state().runs.window(clock.now() - 24h)->creates, 1U) << name << "\n" << logged();
  }
}

TEST_F(HiddenWrite, ThatCreatedLeavesTheStateAsOldAsItIs) {
  restart();
  grant("one", "server-protect", "Reader");
  cycle();
  clock.advance(spec.settle);
  ASSERT_TRUE(state().pins.add({{Key::from_text("key"), "digest", "undo", clock.now()}}));
  grant("two", "is", "Reader");
  cycle_and_die("POST");
  note_on(id_of("two"));

  cycle();
  cycle();

  EXPECT_EQ(logged().find("this state does not know of it"), std::string::npos) << logged();
  EXPECT_EQ(state().changes.distrusted()->has_value(), false);
}

/// A proxy sends a request twice, and the answer to the second time says that it was not done.
TEST_F(HiddenWrite, OfWhichIamSaysThatItWasNotDoneCountsAsMade) {
  for (const int code : {400, 403, 404, 409, 412, 422, 501}) {
    restart();
    grant("made-" + std::to_string(code), "server-protect", "Reader");
    cycle_denied("POST", code);
    cycle();

    EXPECT_EQ(state().runs.window(clock.now() - 1h)->creates, 1U) << code << '\n' << logged();
    EXPECT_EQ(first_action_of_last().outcome->kind, OutcomeKind::done) << code;
    const bool is_ambiguous = code == 409 || code == 412;  // another call may have made it
    EXPECT_EQ(state().runs.last(1)->front().end->counts.created, is_ambiguous ? 0U : 1U) << code;
    remove_file("made-" + std::to_string(code) + ".yaml");
    clock.advance(25h);
    cycle();
  }
}

TEST_F(HiddenWrite, OfWhichIamSaysThatItWasNotDoneCountsAsDeletedOrNarrowed) {
  spec.rails.limits.max_delete = 1;
  for (const std::string method : {"DELETE", "PUT"}) {
    for (const int code : {400, 403, 404, 409, 412, 501}) {
      clock.advance(25h);
      restart();
      grant("one", "server-protect", "Reader, Writer");
      grant("two", "is", "Reader, Writer");
      cycle();
      const auto take = [&](const std::string& name, const std::string& source) {
        method == "PUT" ? grant(name, source, "Reader") : remove_file(name + ".yaml");
      };
      take("one", "server-protect");
      cycle_denied(method, code);
      take("two", "is");
      cycle();

      EXPECT_EQ(state().runs.window(clock.now() - 1h)->deletes, 1U) << method << ' ' << code;
      EXPECT_FALSE(status().holds.empty()) << method << ' ' << code << '\n' << logged();
      EXPECT_TRUE(has_writer("two")) << method << ' ' << code << '\n' << logged();
    }
  }
}

}  // namespace
}  // namespace authzd::test
