// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// authzd, with its event loop watched: what its commands are is the program's own doing.
//   bench_turns COMMAND…   as authzd COMMAND…; when it ends, one line of JSON on standard output:
//                          the turns of the loop, and the CPU time of the longest of them
// CPU time and not the clock's, so that other processes do not count.

#include "daemon/admin/requester.hpp"
#include "daemon/app/command_table.hpp"
#include "daemon/app/dispatch.hpp"
#include "daemon/net/process_limits.hpp"
#include "daemon/net/system_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>

namespace authzd::bench {
namespace {

std::chrono::nanoseconds thread_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// The longest turns since the last look at them, and how many there were.
class Turns {
 public:
  void add(std::chrono::nanoseconds took) {
    ++count_;
    const auto least = std::ranges::min_element(longest_);
    *least = std::max(*least, took);
  }

  [[nodiscard]] std::string json() const {
    auto sorted = longest_;
    std::ranges::sort(sorted, std::greater<>());
    std::string text = "{\"turns\": " + std::to_string(count_) + ", \"longest_us\": [";
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      text += (i > 0 ? ", " : "") + std::to_string(sorted[i].count() / 1000);
    }
    return text + "]}";
  }

 private:
  std::array<std::chrono::nanoseconds, 8> longest_{};
  std::size_t count_ = 0;
};

/// SIGUSR1 begins a new measurement, so that a start does not count with what follows it.
volatile std::sig_atomic_t is_asked = 0;

int run(int argc, const char* const* argv) {
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGUSR1, [](int) { is_asked = 1; });
  const auto parsed = parse_command_line({argv + std::min(argc, 1), argv + argc}, command_table());
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
    std::cerr << early->text;
    return static_cast<int>(early->code);
  }
  const auto& invocation = std::get<Invocation>(parsed);
  const std::unique_ptr<Console> console = process_console();
  const Environment environment = take_environment();
  boost::asio::io_context io(1);
  SystemClock clock;
  SystemRandomness randomness;
  const Requester requester = requester_of(this_process(), {});
  const CommandContext context{*console,
                               invocation.common,
                               environment,
                               io.get_executor(),
                               clock,
                               randomness,
                               Log::to_stderr(false, LogLevel::error),
                               to_string(requester),
                               requester.peer.login_uid};
  ExitCode code = ExitCode::error;
  boost::asio::co_spawn(io,
                        dispatch(context, invocation),
                        [&code](const std::exception_ptr& thrown, ExitCode ending) {
                          if (thrown) std::rethrow_exception(thrown);
                          code = ending;
                        });
  Turns turns;
  while (true) {
    const auto begun = thread_time();
    if (io.run_one() == 0) break;
    turns.add(thread_time() - begun);
    if (is_asked != 0) {
      std::cout << turns.json() << std::endl;
      turns = {};
      is_asked = 0;
    }
  }
  std::cout << turns.json() << std::endl;
  return static_cast<int>(code);
}

}  // namespace
}  // namespace authzd::bench

int main(int argc, char** argv) {
  try {
    return authzd::bench::run(argc, argv);
  } catch (const std::exception& exception) {
    std::cerr << "bench_turns: " << exception.what() << '\n';
    return 1;
  }
}
