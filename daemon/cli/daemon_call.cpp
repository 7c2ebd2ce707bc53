// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/daemon_call.hpp"

#include "daemon/admin/admin_client.hpp"
#include "daemon/cli/command_row.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/files.hpp"
#include "daemon/config/config.hpp"

#include <filesystem>
#include <utility>

namespace authzd {
namespace {

NamedFiles files_of(const AnyCommand& command) {
  NamedFiles named;
  if (const auto* plan = std::get_if<PlanCommand>(&command)) {
    for (const OutputFile& file : plan->files) named.files.insert(file.path);
  }
  if (const auto* exported = std::get_if<ExportCommand>(&command)) named.folder = exported->to;
  return named;
}

}  // namespace

std::string canonical_path(const std::string& path) {
  std::error_code ec;
  const auto absolute = std::filesystem::absolute(path, ec);
  const auto canonical = std::filesystem::weakly_canonical(absolute, ec);
  return ec ? absolute.string() : canonical.string();
}

std::optional<DaemonAddress> daemon_of(const CommonOptions& options) {
  if (options.local || options.manifests || options.state) return std::nullopt;
  if (options.owner && !options.config) return std::nullopt;  // without a configuration
  const std::string file = options.config.value_or(std::string(kDefaultConfig));
  auto text = read_configuration(file);
  if (!text) return std::nullopt;
  const ConfigOutcome loaded = load_config({file, std::move(*text)}, {});
  std::string socket = loaded.config.admin.socket;
  const bool is_certain = !socket.empty() || !has_errors(loaded.diagnostics);
  if (socket.empty()) socket = kDefaultSocket;
  return DaemonAddress{
      canonical_path(file), std::move(socket), loaded.config.state_path, is_certain};
}

boost::asio::awaitable<std::optional<ExitCode>> ask_daemon(CommandContext context,
                                                           DaemonAddress address,
                                                           Invocation invocation) {
  CommandCall call{.command = std::string(invocation.row->name)};
  call.options = std::move(invocation.given);
  call.config = std::move(address.config);
  call.config_option = invocation.common.config.value_or("");
  call.can_ask = context.console.can_ask;
  call.style = context.console.style;
  call.wants_progress = context.console.shows_progress;
  const auto sudo_uid = context.environment.find(kSudoUid);
  if (sudo_uid != context.environment.end()) call.sudo_uid = sudo_uid->second;
  auto files = files_of(invocation.command);
  const auto code =
      co_await call_daemon(address.socket, std::move(call), context.console, std::move(files));
  if (code) co_return static_cast<ExitCode>(*code);
  if (code.error().code == ErrorCode::not_found) co_return std::nullopt;
  const bool suspends = std::holds_alternative<SuspendCommand>(invocation.command);
  if (code.error().code == ErrorCode::timeout && suspends) {
    context.console.err << "authzd: " << code.error().message << '\n';
    co_return std::nullopt;  // it must not wait: the daemon heeds what the state says
  }
  if (code.error().code == ErrorCode::rejected) {
    co_return fail_usage(context, code.error().message);
  }
  co_return fail(context, code.error());
}

}  // namespace authzd
