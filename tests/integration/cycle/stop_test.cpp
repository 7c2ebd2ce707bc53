// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A stop at every request of a cycle, after which reads get no answer: the cycle ends nevertheless,
// begins no more writes, knows the outcome of the current one, and the next process reaches the
// same end.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <set>

namespace authzd::test {
namespace {

bool writes_policy(const HttpRequest& request) {
  return request.method != "GET" && request.target.find("/policies") != std::string::npos;
}

/// One life of an account: creates, an update and a delete are due at the stop.
class Stopped : public CycleTest {
 public:
  explicit Stopped(std::size_t moment) : moment_(moment) {
    spec.rails.limits.max_delete_percent = 100;
    write_file("a.yaml", manifest_of("changes", "server-protect", {"kms"}));
    write_file("b.yaml", manifest_of("goes", "is", {"kms"}));
    good_cycle();
    write_file("a.yaml",
               manifest_of("changes", "server-protect", {"kms"}, "Authorization Delegator"));
    write_file("b.yaml", manifest_of("comes", "server-protect", {"hs-crypto"}));
    write_file("c.yaml", manifest_of("comes-too", "is", {"hs-crypto"}));
  }

  /// False: the cycle had ended before that moment.
  bool stops_in_a_cycle() {
    spec.concurrency = 1;
    restart();
    http->hangs = [this](const HttpRequest& request) { return pass(request); };
    cycle();
    return stop.is_requested();
  }

  void expect_nothing_open() {
    EXPECT_EQ(writes_after_, 0U) << "a write was begun after the stop";
    EXPECT_TRUE(state().runs.unknown_outcomes()->empty());
  }

  void expect_same_end() {
    stop = StopToken();
    restart();
    cycle();
    cycle();
    EXPECT_EQ(ours().size(), 3U);
    EXPECT_TRUE(state().policies.pending_deletes()->empty());
    const std::size_t before = unsafe();
    cycle();
    EXPECT_EQ(unsafe(), before) << "it is not at rest";
    EXPECT_EQ(unsafe(), 6U) << "no write was made twice";
  }

  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  void TestBody() override {}

  /// Whether the request hangs. The read that confirms a delete is answered: it has a grace period.
  bool pass(const HttpRequest& request) {
    const bool writes = writes_policy(request);
    if (stop.is_requested()) {
      writes_after_ += writes ? 1 : 0;
      return false;
    }
    const bool confirms = std::exchange(was_delete_, request.method == "DELETE");
    if (passed_++ < moment_) return false;
    where_ = request.method + " " + request.target.substr(0, request.target.find('?'));
    stop.request();
    return !writes && !confirms;
  }

  std::size_t moment_;
  std::size_t passed_ = 0;
  std::size_t writes_after_ = 0;
  bool was_delete_ = false;
  std::string where_;
};

TEST(Stop, AtAnyRequestEndsTheCycleBetweenTwoWrites) {
  std::set<std::string> verbs;
  std::size_t moment = 0;
  for (bool was_stopped = true; was_stopped; ++moment) {
    Stopped life(moment);
    was_stopped = life.stops_in_a_cycle();
    SCOPED_TRACE("stopped at request " + std::to_string(moment) + ", " + life.where());
    life.expect_nothing_open();
    life.expect_same_end();
    verbs.insert(life.where().substr(0, life.where().find(' ')));
    ASSERT_LT(moment, 100U) << "it never ends";
  }

  for (const char* each : {"GET", "POST", "PUT", "DELETE"}) EXPECT_TRUE(verbs.contains(each));
}

}  // namespace
}  // namespace authzd::test
