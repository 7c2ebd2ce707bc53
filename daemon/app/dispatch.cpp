// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/dispatch.hpp"

#include "daemon/app/recording.hpp"
#include "daemon/app/standing_alone.hpp"
#include "daemon/cli/command_row.hpp"
#include "daemon/cli/daemon_call.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "reconciler/base/text.hpp"

#include <chrono>
#include <filesystem>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

/// No daemon took it. Why this process cannot do it by itself; empty where it can.
std::string why_not_alone(const CommonOptions& options,
                          Reach reach,
                          const std::optional<DaemonAddress>& daemon) {
  if (reach == Reach::here || reach == Reach::anywhere) return {};
  if (reach == Reach::state && options.state) return {};
  std::string text = "this needs a running daemon, and ";
  if (daemon && !daemon->is_certain) {
    text += "the configuration " + printable(daemon->config) +
            " has errors, so that it is not known where one listens. They are shown by: authzd "
            "validate " +
            shell_word(daemon->config);
    return text;
  }
  if (daemon) {
    std::error_code ec;
    const std::string socket = std::filesystem::absolute(daemon->socket, ec).lexically_normal();
    text += "none listens on " + printable(socket) + ": start it (systemctl start authzd)";
    if (daemon->socket.starts_with('.')) {
      text +=
          ", or call this from the directory where it was started, as the configuration has "
          "the relative path " +
          printable(daemon->socket);
    }
    if (reach == Reach::state) {
      return text + ". Without one it works on the state, and there is none at " +
             printable(daemon->state) + " yet";
    }
  } else if (options.state || options.local) {
    text += "--state and --local ask none";
  } else {
    const std::string file = options.config.value_or(std::string(kDefaultConfig));
    text += is_forbidden_file(file)
                ? "this user may not read " + printable(file) +
                      ", which says where it listens: use sudo, or have its mode changed"
                : "there is no configuration at " + printable(file) +
                      " that says where it listens: name it with --config FILE";
  }
  if (reach == Reach::state) text += ". Without one, name its state with --state FILE";
  return text;
}

/// Whether this call works on the state of a daemon that does not run, so that its suspensions,
/// pins, approvals and rail windows count. A command that writes always does: a state that does not
/// exist is created, or the call fails. A command that only reads creates none, and continues
/// without one that this user may not read.
bool takes_state(const CommandContext& context,
                 const Invocation& invocation,
                 const std::string& file) {
  const CommandNeeds needs = needs_of(invocation);
  if (needs.makes_state || needs.access == AccountAccess::write) return true;
  std::error_code ec;
  const auto found = std::filesystem::status(file, ec);
  if (found.type() == std::filesystem::file_type::not_found) return false;
  if (reach_of(invocation) == Reach::state) return true;
  DatabaseOptions options;
  options.path = file;
  const auto opened = Database::open(std::move(options));
  if (opened) return true;
  context.console.err << "authzd: without what the state knows, such as approvals and pins: "
                      << opened.error().message << '\n';
  return false;
}

/// A state that is named, and only read, is not created: its name is more likely misspelt.
std::string why_no_state(const CommonOptions& options, const Invocation& invocation) {
  const bool is_named = options.state && !options.implies_state;
  if (!is_named || needs_of(invocation).makes_state || reach_of(invocation) != Reach::state) {
    return {};
  }
  std::error_code ec;
  const auto found = std::filesystem::status(*options.state, ec);
  if (found.type() != std::filesystem::file_type::not_found) return {};
  return "there is no state at " + printable(*options.state) + " (--state)";
}

/// With --local a write ignores all that a daemon remembers, which must be reported.
void warn_of_local_write(const CommandContext& context, const Invocation& invocation) {
  if (!context.options.local || context.options.state) return;
  if (needs_of(invocation).access != AccountAccess::write) return;
  context.console.err << "authzd: --local: pins, approvals and the rails' window are in a daemon's "
                         "state, and do not count for this call; deletes need --plan-hash\n";
}

/// What a call says that a daemon could have taken, and none listens.
void tell_of_no_daemon(const CommandContext& context,
                       const DaemonAddress& daemon,
                       const CommonOptions& options) {
  context.console.err << (context.recorder != nullptr
                              ? "authzd: a call that is recorded is not the daemon's"
                              : "authzd: no daemon answers at " + printable(daemon.socket))
                      << "; this call "
                      << (options.state ? "works on its state, " + printable(*options.state)
                                        : "stands alone, as with --local")
                      << '\n';
}

bool watches(const Invocation& invocation) {
  const auto* status = std::get_if<StatusCommand>(&invocation.command);
  return status != nullptr && status->watches;
}

/// Asks again until there is no daemon, or the person ends it.
Ending watch(CommandContext context, DaemonAddress daemon, Invocation invocation) {
  constexpr std::chrono::seconds kGap{2};
  constexpr std::string_view kFromTheTop = "\x1b[H\x1b[2J";
  if (context.console.style.width == 0) {
    co_return fail_usage(context, "--watch needs a terminal: leave it out");
  }
  while (true) {
    context.console.out << kFromTheTop;
    const auto code = co_await ask_daemon(context, daemon, invocation);
    if (!code) {
      co_return fail(context,
                     Error{ErrorCode::unavailable,
                           "no daemon listens on " + printable(daemon.socket) + " any more"});
    }
    co_await context.clock.sleep(kGap);
  }
}

}  // namespace

Ending dispatch(CommandContext context, Invocation invocation) {
  const Reach reach = reach_of(invocation);
  const bool is_recorded = context.recorder != nullptr;
  if (context.options.trace && !is_recorded) {
    co_return co_await record(context, std::move(invocation));
  }
  const auto daemon = daemon_of(invocation.common);
  if (daemon && watches(invocation)) {
    co_return co_await watch(context, *daemon, std::move(invocation));
  }
  if (daemon && reach != Reach::here && !is_recorded) {
    const auto code = co_await ask_daemon(context, *daemon, invocation);
    if (code) co_return *code;
  }
  CommonOptions options = context.options;
  const bool is_alone = reach == Reach::anywhere || reach == Reach::state;
  if (daemon && is_alone && takes_state(context, invocation, daemon->state)) {
    options.state = daemon->state;
    options.implies_state = true;
  }
  if (const std::string why = why_not_alone(options, reach, daemon); !why.empty()) {
    co_return fail(context, Error{ErrorCode::unavailable, why});
  }
  if (const std::string why = why_no_state(options, invocation); !why.empty()) {
    co_return fail(context, Error{ErrorCode::not_found, why});
  }
  warn_of_local_write(context, invocation);
  if (daemon && is_alone) tell_of_no_daemon(context, *daemon, options);
  const CommandContext here = with_options(context, options);
  if (invocation.row->perform != nullptr) {
    co_return co_await invocation.row->perform(here, invocation.command);
  }
  co_return co_await run_alone(here, std::move(invocation));
}

}  // namespace authzd
