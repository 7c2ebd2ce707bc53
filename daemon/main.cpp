// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Composition root: builds what outlives every command, runs the one that was asked for, and turns
// its end into an exit code.

#include "daemon/admin/peer.hpp"
#include "daemon/cli/dispatch.hpp"
#include "daemon/net/system_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace authzd {
namespace {

/// Keys and tokens live in this process: no core file, and no debugger of the same user.
void keep_memory_private() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Log make_log(const Invocation& invocation, const Console& console) {
  const CommonOptions& options = invocation.common;
  const bool json = options.log_json || !console.is_log_for_people;
  LogLevel level = options.log_level.value_or(LogLevel::warning);
  if (std::holds_alternative<RunCommand>(invocation.command)) {
    level = options.log_level.value_or(LogLevel::info);
  }
  return Log::to_stderr(json, level);
}

ExitCode perform(const Invocation& invocation) {
  const std::unique_ptr<Console> console = process_console();
  const Environment environment = take_environment();
  boost::asio::io_context io(1);
  SystemClock clock;
  SystemRandomness randomness;
  const CommandContext context{*console,
                               invocation.common,
                               environment,
                               io.get_executor(),
                               clock,
                               randomness,
                               make_log(invocation, *console),
                               to_string(this_process())};
  std::optional<ExitCode> code;
  std::exception_ptr thrown;
  const auto ended = [&code, &thrown](const std::exception_ptr& exception, ExitCode ending) {
    thrown = exception;
    code = ending;
  };
  boost::asio::co_spawn(io, dispatch(context, invocation), ended);
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  std::cout.flush();
  return code.value_or(ExitCode::error);
}

ExitCode run(int argc, const char* const* argv) {
  keep_memory_private();
  std::signal(SIGPIPE, SIG_IGN);
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* early = std::get_if<EarlyExit>(&parsed)) {
    (early->code == ExitCode::done ? std::cout : std::cerr) << early->text;
    return early->code;
  }
  return perform(std::get<Invocation>(parsed));
}

}  // namespace
}  // namespace authzd

int main(int argc, char** argv) {
  try {
    return static_cast<int>(authzd::run(argc, argv));
  } catch (const std::exception& exception) {  // a bug: everything expected is a value
    std::cerr << "authzd: internal error: " << exception.what() << '\n';
    return static_cast<int>(authzd::ExitCode::error);
  }
}
