// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Composition root: builds what outlives every command, runs the one that was asked for, and turns
// its end into an exit code.

#include "daemon/admin/requester.hpp"
#include "daemon/app/command_table.hpp"
#include "daemon/app/dispatch.hpp"
#include "daemon/net/process_limits.hpp"
#include "daemon/net/system_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace authzd {
namespace {

/// Keys and tokens live in this process: no core file, and no debugger of the same user.
void keep_memory_private() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Log make_log(const Invocation& invocation, const Console& console, const Environment& environment) {
  const CommonOptions& options = invocation.common;
  const bool json = options.log_json || !console.is_log_for_people;
  LogLevel level = options.log_level.value_or(LogLevel::warning);
  if (std::holds_alternative<RunCommand>(invocation.command)) {
    level = options.log_level.value_or(LogLevel::info);
  }
  const auto stream = environment.find("JOURNAL_STREAM");
  const bool is_journal = stream != environment.end() && has_journal() &&
                          is_connected_to_journal(STDERR_FILENO, stream->second);
  if (is_journal && !options.log_json) return Log::to_journal(send_to_journal(), level);
  return Log::to_stderr(json, level);
}

/// A daemon that gets SIGHUP before it can reload, or when it ends, must not die of it. Waiting
/// for the signal is not enough: Asio restores its default effect, which ends the process,
/// with the last wait.
std::unique_ptr<boost::asio::signal_set> hear_hangups(boost::asio::io_context& io,
                                                      const Invocation& invocation) {
  const auto* run = std::get_if<RunCommand>(&invocation.command);
  if (run == nullptr || run->once) return nullptr;
  return std::make_unique<boost::asio::signal_set>(io, SIGHUP);
}

/// Who reads a pipe may have enough before its end.
bool is_pipe(int descriptor) {
  struct stat status {};
  return fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

ExitCode perform(const Invocation& invocation) {
  const std::unique_ptr<Console> console = process_console();
  if (invocation.common.is_quiet) console->shows_progress = false;
  const Environment environment = take_environment();
  boost::asio::io_context io(1);
  SystemClock clock;
  SystemRandomness randomness;
  const auto sudo_uid = environment.find(kSudoUid);
  const Requester requester = requester_of(
      this_process(), sudo_uid == environment.end() ? std::string_view() : sudo_uid->second);
  const CommandContext context{*console,
                               invocation.common,
                               environment,
                               io.get_executor(),
                               clock,
                               randomness,
                               make_log(invocation, *console, environment),
                               to_string(requester),
                               requester.peer.login_uid};
  const auto hangups = hear_hangups(io, invocation);
  std::optional<ExitCode> code;
  std::exception_ptr thrown;
  const auto ended = [&code, &thrown](const std::exception_ptr& exception, ExitCode ending) {
    thrown = exception;
    code = ending;
  };
  boost::asio::co_spawn(io, dispatch(context, invocation), ended);
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  const ExitCode ended_with = code.value_or(ExitCode::error);
  console->out.flush();
  if (console->out || is_pipe(STDOUT_FILENO)) return ended_with;
  console->err
      << "authzd: standard output could not be written, and is incomplete; what the command "
         "did in IAM is done\n";
  return ended_with == ExitCode::done ? ExitCode::error : ended_with;
}

ExitCode run(int argc, const char* const* argv) {
  keep_memory_private();
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  const auto parsed = parse_command_line({argv + std::min(argc, 1), argv + argc}, command_table());
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
  } catch (...) {
    std::cerr << "authzd: internal error: an unknown exception\n";
  }
  return static_cast<int>(authzd::ExitCode::error);
}
