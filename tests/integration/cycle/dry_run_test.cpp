// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A dry run sends only reads and token requests, whatever happens; and no fault puts a secret into
// a log line, an error or a report.

#include "reconciler/report/plan_json.hpp"
#include "reconciler/report/plan_text.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

class DryRun : public CycleTest, public ::testing::WithParamInterface<NamedFault> {
 protected:
  /// Something to create, to update and to delete.
  void prepare() {
    spec.rails.limits.max_delete_percent = 100;
    write_file("a.yaml", manifest_of("changes", "server-protect", {"kms"}));
    write_file("b.yaml", manifest_of("goes", "is", {"kms"}));
    good_cycle();
    write_file("a.yaml",
               manifest_of("changes", "server-protect", {"kms"}, "Authorization Delegator"));
    write_file("b.yaml", manifest_of("comes", "server-protect", {"hs-crypto"}));
    restart(false);
  }
};

TEST_P(DryRun, SendsNoWriteWhateverHappens) {
  must_be_quiet = false;  // what it shows is still to be done
  prepare();
  const std::size_t before = unsafe();

  for (int times : {1, 2, 0}) {
    service.clear_faults();
    sandbox::Fault fault = GetParam().fault;
    fault.times = times;
    inject(fault);
    cycle();
  }

  EXPECT_EQ(unsafe(), before);
}

INSTANTIATE_TEST_SUITE_P(Under,
                         DryRun,
                         ::testing::ValuesIn(faults_of("", "")),
                         [](const auto& test) { return test.param.name; });

class Secrets : public CycleTest, public ::testing::WithParamInterface<NamedFault> {};

/// IAM, or a proxy on the way, returns all that it received.
std::string echo(const HttpRequest& request) {
  std::string text = "you said: " + request.body;
  for (const HttpHeader& header : request.headers) text += " " + header.name + ": " + header.value;
  return text;
}

TEST_P(Secrets, AreNotInWhatAnEchoLeavesBehind) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}));
  restart();
  int countdown = 0;
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    if (countdown-- > 0 || request.target == "/identity/token") return std::nullopt;
    HttpResponse response{GetParam().fault.status.value_or(200), {}, echo(request)};
    for (const HttpHeader& header : request.headers) response.headers.push_back(header);
    return response;
  };

  std::string shown;
  for (const int after : {0, 1, 2, 3}) {
    countdown = after;
    const CycleEnd end = cycle();
    if (end.error) shown += to_string(*end.error);
    if (!end.performed) continue;
    shown += plan_text(end.performed->planned.plan, {});
    for (const Outcome& outcome : end.performed->outcomes) {
      if (outcome.error) shown += to_string(*outcome.error);
    }
  }
  http->intercept = nullptr;

  EXPECT_EQ(shown.find(kDemoKey), std::string::npos);
  for (const std::string& token : http->tokens()) {
    EXPECT_EQ(shown.find(token), std::string::npos);
  }
}

TEST_P(Secrets, AreNotInWhatAnEchoOfTheTokenEndpointLeavesBehind) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}));
  restart();
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    if (request.target != "/identity/token") return std::nullopt;
    return HttpResponse{GetParam().fault.status.value_or(200), {}, echo(request)};
  };

  const CycleEnd end = cycle();

  http->intercept = nullptr;
  ASSERT_TRUE(end.error);
  EXPECT_EQ(to_string(*end.error).find(kDemoKey), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Under,
                         Secrets,
                         ::testing::ValuesIn(faults_of("", "")),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace authzd::test
