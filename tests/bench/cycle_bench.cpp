// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Cycles of one account against a sandbox, in this process, so that they can be measured.
//   bench_cycle quiet N       one cycle, then N with nothing to do: CPU of each
//   bench_cycle converge C R  plans, then times the writes alone; C at a time, R a second (0: any)
//   bench_cycle load          the loader: a first look at the manifests, and one at an unchanged
//                             revision, whose text is spoilt so that loading it would be refused
// IBMCLOUD_IAM_API_ENDPOINT, IBMCLOUD_API_KEY, BENCH_ACCOUNT and BENCH_MANIFESTS say with what.

#include "daemon/iam/iam.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/net/system_clock.hpp"
#include "daemon/service/daemon.hpp"
#include "daemon/source/directory_source.hpp"
#include "tests/bench/cpu_time.hpp"
#include "tests/support/run_async.hpp"

#include <cstdlib>
#include <iostream>
#include <limits>
#include <span>
#include <string>

namespace authzd::bench {
namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set");
  return value;
}

template <class T>
T require(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// A plan that is not what the report means to measure says why.
void require_free_of_conflicts(const Plan& plan) {
  for (const Note& note : plan.notes) {
    if (note.kind == NoteKind::conflict) throw std::runtime_error(note.message);
  }
}

/// Gives what the directory holds at first, and then the same revision with text that is no YAML.
class SpoilingSource final : public Source {
 public:
  explicit SpoilingSource(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  Async<Fetched> fetch(std::vector<std::string> paths, std::string known) override {
    auto fetched = co_await source_->fetch(std::move(paths), std::move(known));
    if (fetched && was_fetched_ && !std::get<Snapshot>(*fetched).files.empty()) {
      std::get<Snapshot>(*fetched).files.front().text = "no: [manifest";
    }
    was_fetched_ = true;
    co_return fetched;
  }

 private:
  std::unique_ptr<Source> source_;
  bool was_fetched_ = false;
};

struct Speed {
  std::size_t concurrency = kDefaultConcurrency;
  double requests_per_second = 0;
};

AccountParts make_parts(boost::asio::any_io_executor executor,
                        Clock& clock,
                        Randomness& randomness,
                        Speed speed) {
  AccountParts parts;
  parts.spec.name = "bench";
  parts.spec.id = AccountId{setting("BENCH_ACCOUNT")};
  parts.spec.owner = "bench";
  parts.spec.mode = Mode::sync;
  parts.spec.allow_empty_account = true;
  parts.spec.concurrency = speed.concurrency;
  constexpr auto kAny = std::numeric_limits<std::size_t>::max();
  parts.spec.rails.limits.max_delete = kAny;
  parts.spec.rails.limits.max_delete_percent = 100;
  parts.spec.rails.limits.max_update = kAny;
  parts.spec.rails.limits.max_create = kAny;
  parts.run = std::make_shared<std::string>();
  parts.source = std::make_shared<DirectorySource>(
      setting("BENCH_MANIFESTS"), clock, DirectoryOptions{.quiet = {}});
  parts.state = require(state_in_memory(parts.spec.id));
  if (!parts.state->approvals.approve_first_deletes({"bench", clock.now()})) std::abort();

  const BaseUrl url = require(parse_base_url(setting("IBMCLOUD_IAM_API_ENDPOINT")));
  parts.http = require(make_http_client(
      executor, HttpClientOptions{.origin = url.origin, .concurrency = speed.concurrency}));
  const IamOptions options{.account = parts.spec.id,
                           .base_path = url.path,
                           .requests_per_second = speed.requests_per_second};
  const IamSeams seams{.http = *parts.http, .clock = clock, .randomness = randomness};
  auto session = make_session(options, seams, ApiKey{.value = Secret(setting("IBMCLOUD_API_KEY"))});
  parts.reader = make_policy_reader(session, options);
  parts.writer = make_policy_writer(std::move(session));
  return parts;
}

class Bench {
 public:
  explicit Bench(Speed speed)
      : account_(make_parts(io_.get_executor(), clock_, randomness_, speed), clock_) {}

  void quiet(int cycles) {
    cycle();
    const auto begun = cpu_time();
    for (int i = 0; i < cycles; ++i) cycle();
    std::cout << "{\"cpu_us\": " << (cpu_time() - begun).count() / cycles << "}\n";
  }

  void converge() {
    Intent intent = require(test::run(io_, account_.loader().next(clock_.now())));
    Planned planned = require(test::run(io_, plan_account(account_.reading(), intent.good, {})));
    require_free_of_conflicts(planned.plan);
    const auto begun = clock_.ticks();
    const Performed performed =
        test::run(io_, perform(account_, std::move(planned), std::move(intent.good), {}, stop_));
    const std::chrono::duration<double> took = clock_.ticks() - begun;
    const PerformedCounts counts = count(performed);
    std::cout << "{\"seconds\": " << took.count() << ", \"created\": " << counts.created
              << ", \"updated\": " << counts.updated << ", \"deleted\": " << counts.deleted
              << ", \"failed\": " << counts.failed << "}\n";
  }

 private:
  void cycle() {
    const CycleEnd end = test::run(io_, run_cycle(account_, std::to_string(++runs_), stop_));
    if (end.error) throw std::runtime_error(to_string(*end.error));
    if (end.refusal) throw std::runtime_error(to_string(end.refusal->error));
    const bool quiet = end.performed && end.performed->planned.plan.actions.empty();
    if (!quiet) throw std::runtime_error("the cycle was not quiet");
  }

  boost::asio::io_context io_{1};
  SystemClock clock_;
  SystemRandomness randomness_;
  StopToken stop_;
  std::size_t runs_ = 0;
  AccountRuntime account_;
};

void load() {
  boost::asio::io_context io(1);
  AccountSpec spec;
  spec.id = AccountId{setting("BENCH_ACCOUNT")};
  const auto state = require(state_in_memory(spec.id));
  SystemClock clock;
  SpoilingSource source(std::make_unique<DirectorySource>(
      setting("BENCH_MANIFESTS"), clock, DirectoryOptions{.quiet = {}}));
  DesiredLoader loader(spec, &source, *state);
  const auto begun = cpu_time();
  require(test::run(io, loader.next({})));
  const auto first = cpu_time();
  const Intent again = require(test::run(io, loader.next({})));
  const auto second = cpu_time();
  std::cout << "{\"first_us\": " << (first - begun).count()
            << ", \"again_us\": " << (second - first).count()
            << ", \"loaded_again\": " << (again.refusal ? "true" : "false") << "}\n";
}

int run(std::span<char*> args) {
  const std::string what = args.size() > 1 ? args[1] : "";
  if (what == "quiet" && args.size() == 3) {
    Bench({}).quiet(std::stoi(args[2]));
  } else if (what == "converge" && args.size() == 4) {
    Bench({.concurrency = std::stoul(args[2]), .requests_per_second = std::stod(args[3])})
        .converge();
  } else if (what == "load") {
    load();
  } else {
    std::cerr << "usage: bench_cycle quiet N | converge CONCURRENCY RATE | load\n";
    return 64;
  }
  return 0;
}

}  // namespace
}  // namespace authzd::bench

int main(int argc, char** argv) {
  try {
    return authzd::bench::run({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& exception) {
    std::cerr << "bench_cycle: " << exception.what() << '\n';
    return 1;
  }
}
