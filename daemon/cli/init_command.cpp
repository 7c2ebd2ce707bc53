// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/config/config.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/model/attribute.hpp"

#include <filesystem>
#include <ostream>

namespace authzd {
namespace {

constexpr const char* kConfiguration = "authzd.yaml";
constexpr const char* kManifest = "manifests/block-storage-encryption.yaml";

constexpr std::string_view kFirstManifest =
    R"(# A first authorization: block storage may use the keys of every Key Protect instance.
# More, ready to be copied, are in /usr/share/doc/authzd/examples; what the account has already is
# written by: authzd export
apiVersion: authzd/v1
kind: Authorization
metadata:
  name: block-storage-encryption
spec:
  source:
    service: server-protect
  targets:
    - service: kms                # one instance only: instance: GUID
  roles: [Reader]
)";

/// As a value of the configuration, whatever it contains.
std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

/// What a path of the configuration begins with: it is relative to the working directory.
std::string base_of(const InitCommand& command) {
  const std::string folder = std::filesystem::path(command.to).lexically_normal().string();
  if (folder == "." || folder == "./") return "./";
  return (folder.starts_with('/') ? "" : "./") + folder + (folder.ends_with('/') ? "" : "/");
}

std::string source_of(const InitCommand& command) {
  if (command.git.empty()) {
    return "{directory: {path: " + in_quotes(base_of(command) + "manifests") + "}}";
  }
  return "{git: {url: " + in_quotes(command.git) + ", ref: main, path: manifests}}";
}

std::string configuration_of(const InitCommand& command) {
  std::string text =
      "# Written by authzd init. Every key: man authzd.yaml\n"
      "apiVersion: authzd/v1\n"
      "kind: Configuration\n";
  text += "owner: " + in_quotes(command.owner) + "  # marks the policies of this installation\n";
  text += "mode: observe  # writes nothing; then create-only, upsert-only or sync\n";
  text += "source: " + source_of(command) + "\n";
  text += "state: " + in_quotes(base_of(command) + "state.db") + "\n";
  text += "admin: {socket: " + in_quotes(base_of(command) + "admin.sock") + "}\n";
  text += "accounts:\n";
  text += "  - name: " + in_quotes(command.name) + "\n";
  text += "    id: " + in_quotes(command.account) + "\n";
  text += "    auth: {apiKeyFile: " + in_quotes(command.key_file) + "}\n";
  return text;
}

struct Missing {
  std::string& value;
  const char* option;
  const char* question;
  const char* otherwise;
};

/// Errors: rejected, naming the options that are missing where nobody can be asked.
Async<void> ask_for_all(Console& console,        // coroutine-ref: the awaiter's
                        InitCommand& command) {  // coroutine-ref: the awaiter's
  const bool is_asked = console.can_ask;
  Missing all[] = {
      {command.account, "--account", "Id of the account, 32 hex digits", ""},
      {command.name, "--name", "A name for it", "production"},
      {command.owner,
       "--owner",
       "A name for this installation, which marks its policies",
       "platform"},
      {command.key_file, "--key-file", "File that holds the API key", "./api-key"},
      {command.git, "--git", "URL of the Git repository of the manifests; empty: ./manifests", ""}};
  for (Missing& each : all) {
    const bool is_optional = &each.value == &command.git || *each.otherwise != '\0';
    if (!each.value.empty()) continue;
    if (!is_asked) {
      if (!is_optional) {
        co_return Error{ErrorCode::rejected, std::string(each.option) + " is needed"};
      }
      each.value = each.otherwise;
      continue;
    }
    auto answer = co_await console.ask_text(each.question, each.otherwise);
    if (!answer) co_return std::move(answer).error();
    each.value = *std::move(answer);
  }
  co_return Result<void>();
}

std::string next_steps(const InitCommand& command, const std::string& file) {
  return "Written: " + printable(file) + " and " + printable(command.to) + "/" + kManifest +
         ".\nNext:\n"
         "  put the API key into " +
         printable(command.key_file) +
         ", with mode 0600\n"
         "  authzd validate --online --config " +
         shell_word(file) +
         "\n"
         "  authzd plan --config " +
         shell_word(file) + "\n";
}

}  // namespace

Ending run_command(CommandContext context, InitCommand command) {
  const auto asked = co_await ask_for_all(context.console, command);
  if (!asked) {
    co_return fail_usage(context, asked.error().message);
  }
  if (!is_account_id(command.account)) {
    co_return fail_usage(context, "the id of an account has 32 hex digits: --account");
  }
  const std::string file = command.to + "/" + kConfiguration;
  const std::string text = configuration_of(command);
  const ConfigOutcome checked = load_config({file, text}, {});
  if (has_errors(checked.diagnostics)) {
    context.console.err << render(checked.diagnostics);
    co_return ExitCode::invalid;
  }
  const auto configured = co_await context.console.write_new_file(file, text);
  if (!configured) {
    co_return fail(context, configured.error());
  }
  const std::string manifest = command.to + "/" + kManifest;
  const auto written =
      co_await context.console.write_new_file(manifest, std::string(kFirstManifest));
  if (!written) {
    co_return fail(context, written.error());
  }
  context.console.out << next_steps(command, file);
  co_return ExitCode::done;
}

}  // namespace authzd
