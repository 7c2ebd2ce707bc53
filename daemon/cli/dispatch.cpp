// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/dispatch.hpp"

#include "daemon/cli/daemon_call.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "daemon/cli/recording.hpp"
#include "daemon/cli/standing_alone.hpp"
#include "reconciler/base/shell_word.hpp"
#include "reconciler/base/text.hpp"

#include <filesystem>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

template <class Command>
concept WorksOnAccounts = requires(CommandContext context, Workplace place, Command command) {
  run_command(context, place, command);
};

/// Who can perform a command.
enum class Reach {
  here,      // this process, always
  anywhere,  // a daemon, or this process with a state in memory
  state,     // a daemon, or this process with the file of a state
  daemon,    // a daemon alone
};

Reach reach_of(const AnyCommand& command) {
  if (!works_on_accounts(command)) return Reach::here;
  if (const auto* plan = std::get_if<PlanCommand>(&command)) {
    return plan->against ? Reach::here : Reach::anywhere;
  }
  if (can_stand_alone(command)) return Reach::anywhere;
  const bool is_live = std::holds_alternative<StatusCommand>(command) ||
                       std::holds_alternative<SyncCommand>(command);
  return is_live ? Reach::daemon : Reach::state;
}

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
    text += "none listens on " + printable(daemon->socket) + ": start it (systemctl start authzd)";
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

/// A daemon that does not run has left its state: suspensions, pins, approvals and the window of
/// the rails hold for the call that does its work meanwhile. What writes never does without: a
/// state that is not there is made, or the call fails. What only reads makes none, and where a
/// person may not read the state, does without.
bool takes_state(const CommandContext& context,
                 const AnyCommand& command,
                 const std::string& file) {
  const bool keeps = std::holds_alternative<ApproveCommand>(command) ||
                     std::holds_alternative<SuspendCommand>(command);
  if (keeps || needs_of(command).access == AccountAccess::write) return true;
  std::error_code ec;
  const auto found = std::filesystem::status(file, ec);
  if (found.type() == std::filesystem::file_type::not_found) return false;
  if (reach_of(command) == Reach::state) return true;
  DatabaseOptions options;
  options.path = file;
  const auto opened = Database::open(std::move(options));
  if (opened) return true;
  context.console.err << "authzd: without what the state knows, such as approvals and pins: "
                      << opened.error().message << '\n';
  return false;
}

/// A state that is named, and read alone, is not made: its name is more likely misspelt.
std::string why_no_state(const CommonOptions& options, const AnyCommand& command) {
  const bool is_named = options.state && !options.implies_state;
  const bool makes_one = std::holds_alternative<ApproveCommand>(command) ||
                         std::holds_alternative<SuspendCommand>(command);
  if (!is_named || makes_one || reach_of(command) != Reach::state) return {};
  std::error_code ec;
  const auto found = std::filesystem::status(*options.state, ec);
  if (found.type() != std::filesystem::file_type::not_found) return {};
  return "there is no state at " + printable(*options.state) + " (--state)";
}

/// With --local a write goes past all that a daemon keeps; whoever does that is told.
void warn_of_local_write(const CommandContext& context, const AnyCommand& command) {
  if (!context.options.local || context.options.state) return;
  if (needs_of(command).access != AccountAccess::write) return;
  context.console.err << "authzd: --local: pins, approvals and the rails' window are in a daemon's "
                         "state, and do not count for this call; deletes need --plan-hash\n";
}

template <WorksOnAccounts Command>
Ending start_here(CommandContext context, Command command) {
  return run_alone(context, command);
}

template <class Command>
Ending start_here(CommandContext context, Command command) {
  return run_command(context, command);
}

Ending start_on(CommandContext context, Workplace place, AnyCommand command) {
  return std::visit(
      [&](const auto& one) -> Ending {
        if constexpr (WorksOnAccounts<std::decay_t<decltype(one)>>) {
          return run_command(context, place, one);
        } else {
          return run_command(context, one);
        }
      },
      command);
}

}  // namespace

bool can_stand_alone(const AnyCommand& command) {
  return std::holds_alternative<PlanCommand>(command) ||
         std::holds_alternative<ApplyCommand>(command) ||
         std::holds_alternative<ListCommand>(command) ||
         std::holds_alternative<WaitCommand>(command) ||
         std::holds_alternative<ExportCommand>(command) ||
         std::holds_alternative<ReleaseCommand>(command);
}

bool works_on_accounts(const AnyCommand& command) {
  return std::visit([](const auto& one) { return WorksOnAccounts<std::decay_t<decltype(one)>>; },
                    command);
}

Ending dispatch(CommandContext context, Invocation invocation) {
  const AnyCommand command = invocation.command;
  const Reach reach = reach_of(command);
  const bool is_recorded = context.recorder != nullptr;
  if (context.options.trace && !is_recorded) {
    co_return co_await record(context, std::move(invocation));
  }
  const auto daemon = daemon_of(invocation.common);
  if (daemon && reach != Reach::here && !is_recorded) {
    const auto code = co_await ask_daemon(context, *daemon, std::move(invocation));
    if (code) co_return *code;
  }
  CommonOptions options = context.options;
  const bool is_alone = reach == Reach::anywhere || reach == Reach::state;
  if (daemon && is_alone && takes_state(context, command, daemon->state)) {
    options.state = daemon->state;
    options.implies_state = true;
  }
  if (const std::string why = why_not_alone(options, reach, daemon); !why.empty()) {
    co_return fail(context, Error{ErrorCode::unavailable, why});
  }
  if (const std::string why = why_no_state(options, command); !why.empty()) {
    co_return fail(context, Error{ErrorCode::not_found, why});
  }
  warn_of_local_write(context, command);
  if (daemon && is_alone) {
    context.console.err << (is_recorded
                                ? "authzd: a call that is recorded is not the daemon's"
                                : "authzd: no daemon listens on " + printable(daemon->socket))
                        << "; this call "
                        << (options.state ? "works on its state, " + printable(*options.state)
                                          : "stands alone, as with --local")
                        << '\n';
  }
  const CommandContext here{context.console,
                            options,
                            context.environment,
                            context.executor,
                            context.clock,
                            context.randomness,
                            context.log,
                            context.who,
                            context.login_uid,
                            context.recorder};
  auto ending =
      std::visit([&](const auto& one) -> Ending { return start_here(here, one); }, command);
  co_return co_await std::move(ending);
}

Ending run_on(CommandContext context, Workplace place, AnyCommand command) {
  auto ending = start_on(context, place, command);
  co_return co_await std::move(ending);
}

}  // namespace authzd
