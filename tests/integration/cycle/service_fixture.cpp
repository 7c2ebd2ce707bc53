// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/cycle/service_fixture.hpp"

#include "daemon/source/directory_source.hpp"
#include "tests/support/reloads.hpp"

#include <utility>

namespace authzd::test {
namespace {

const std::string kSecondAccount = "b7654321b7654321b7654321b7654321";

}  // namespace

void ServiceTest::SetUp() {
  must_be_quiet = false;  // the test has its own loops
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}));
}

std::shared_ptr<AccountRuntime> ServiceTest::open(const std::string& name,
                                                  const std::string& fingerprint) {
  const bool is_first = name == "first";
  AccountParts parts;
  parts.spec = spec;
  parts.spec.name = name;
  parts.spec.id = AccountId{is_first ? kDemoAccount : kSecondAccount};
  parts.schedule.interval = std::chrono::minutes(5);
  parts.fingerprint = fingerprint;
  parts.run = std::make_shared<std::string>();
  parts.log = log();
  parts.state = std::make_unique<AccountState>(database, parts.spec.id);
  parts.source = source;
  if (source == nullptr) {
    parts.source =
        std::make_shared<DirectorySource>(directory, clock, DirectoryOptions{.quiet = {}});
  }
  parts.rollout = rollout;
  parts.observers = observers;
  auto direct = std::make_unique<DirectHttp>(service, clock);
  if (on_request) {
    direct->intercept =
        [tell = on_request](const HttpRequest& request) -> std::optional<HttpResponse> {
      tell(request);
      return std::nullopt;
    };
  }
  parts.http = std::move(direct);
  IamOptions options = iam;
  options.account = parts.spec.id;
  const IamSeams seams{.http = *parts.http, .clock = clock, .randomness = randomness};
  auto session =
      make_session(options, seams, ApiKey{.value = Secret(is_first ? kDemoKey : "second-api-key")});
  parts.reader = make_policy_reader(session, options);
  if (spec.mode != Mode::observe) parts.writer = make_policy_writer(session);
  return std::make_shared<AccountRuntime>(std::move(parts), clock);
}

Log ServiceTest::log() {
  const auto keep = [this](std::string_view line) { lines.emplace_back(line); };
  return Log::to_sink(
      keep, [this] { return clock.now(); }, true, LogLevel::debug);
}

void ServiceTest::make(Accounts accounts, std::function<Result<Accounts>()> reload) {
  daemon = std::make_unique<Daemon>(
      DaemonParts{
          io.get_executor(), clock, randomness, log(), reload_of(std::move(reload)), rollout},
      std::move(accounts));
  daemon->on_cycle([this](const AccountRuntime& which, const CycleEnd& end) {
    seen.push_back({clock.now(), which.spec().name, end.error.has_value()});
    if (after_cycle) after_cycle(which.spec().name);
  });
}

void ServiceTest::run_until(const std::function<bool()>& is_enough) {
  const auto act = after_cycle;
  after_cycle = [this, act, is_enough](const std::string& name) {
    if (act) act(name);
    if (is_enough()) daemon->stop();
  };
  const auto running = [this]() -> boost::asio::awaitable<bool> {
    co_await daemon->run();
    co_return true;
  };
  EXPECT_TRUE(run(io, running()));
}

std::vector<Timestamp> ServiceTest::cycles_of(const std::string& name) const {
  std::vector<Timestamp> times;
  for (const Seen& each : seen) {
    if (each.account == name) times.push_back(each.at);
  }
  return times;
}

}  // namespace authzd::test
