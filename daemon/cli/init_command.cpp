// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/command_line.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/config/config.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/diagnostic.hpp"
#include "reconciler/model/attribute.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

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
  const bool is_plain = !folder.starts_with('/') && !folder.starts_with("../") && folder != "..";
  return (is_plain ? "./" : "") + folder + (folder.ends_with('/') ? "" : "/");
}

std::string source_of(const InitCommand& command) {
  if (command.git.value_or("").empty()) {
    return "{directory: {path: " + in_quotes(base_of(command) + "manifests") + "}}";
  }
  return "{git: {url: " + in_quotes(*command.git) + ", ref: main, path: manifests}}";
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

/// What a key looks like: letters, digits, "-" and "_", and many of them.
bool looks_like_key(std::string_view text) {
  constexpr std::size_t kShortestKey = 40;
  return text.size() >= kShortestKey && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

void fill_in(std::string& value, std::string_view sample) {
  if (value.empty()) value = sample;
}

/// Why no configuration can have what is known by now; empty: it can. It never quotes what may be
/// a key.
std::string what_is_wrong(InitCommand command) {
  if (!command.account.empty() && !is_account_id(command.account)) {
    return "the id of an account has 32 hex digits";
  }
  if (looks_like_key(command.key_file)) {
    return "this looks like an API key, not like the path of a file: put the key into a file that "
           "only you can read, and give its path";
  }
  fill_in(command.account, kAnyAccount.value);
  fill_in(command.name, "production");
  fill_in(command.owner, "platform");
  fill_in(command.key_file, "./api-key");
  const ConfigOutcome checked = load_config({kConfiguration, configuration_of(command)}, {});
  const auto error = std::ranges::find(checked.diagnostics, Severity::error, &Diagnostic::severity);
  if (error == checked.diagnostics.end()) return {};
  return error->message + (error->hint.empty() ? "" : " (" + error->hint + ")");
}

struct Missing {
  std::string value;  // of the option
  const char* option;
  const char* question;
  std::string otherwise;
  std::function<void(InitCommand&, std::string)> put;
};

std::vector<Missing> questions(const InitCommand& command) {
  return {
      {command.account,
       "--account",
       "Id of the account, 32 hex digits",
       "",
       [](InitCommand& to, std::string text) { to.account = std::move(text); }},
      {command.name,
       "--name",
       "A name for it",
       "production",
       [](InitCommand& to, std::string text) { to.name = std::move(text); }},
      {command.owner,
       "--owner",
       "A name for this installation, which marks its policies",
       "platform",
       [](InitCommand& to, std::string text) { to.owner = std::move(text); }},
      {command.key_file,
       "--key-file",
       "File that holds the API key",
       base_of(command) + "api-key",
       [](InitCommand& to, std::string text) { to.key_file = std::move(text); }},
      {command.git.value_or(""),
       "--git",
       "URL of the Git repository of the manifests; empty: ./manifests",
       "",
       [](InitCommand& to, std::string text) { to.git = std::move(text); }},
  };
}

/// The options first, each by itself, so that its error names it.
Result<void> check_options(const InitCommand& command) {
  InitCommand known;
  for (const Missing& each : questions(command)) {
    if (each.value.empty()) continue;
    each.put(known, each.value);
    if (const std::string wrong = what_is_wrong(known); !wrong.empty()) {
      return Error{ErrorCode::rejected, std::string(each.option) + ": " + wrong};
    }
  }
  return {};
}

/// Asks until the answer can be used: one that cannot loses none of the others.
Async<InitCommand> answered(Console& console,  // coroutine-ref: the awaiter's
                            InitCommand command,
                            Missing missing) {
  while (true) {
    auto answer = co_await console.ask_text(missing.question, missing.otherwise);
    if (!answer) co_return std::move(answer).error();
    InitCommand with = command;
    missing.put(with, *std::move(answer));
    const bool is_needed = with.account.empty();
    const std::string wrong =
        is_needed ? "the id of an account has 32 hex digits" : what_is_wrong(with);
    if (wrong.empty()) co_return with;
    console.err << "authzd: " << wrong << '\n' << std::flush;
  }
}

/// Errors: rejected, naming the option that is wrong, or missing where nobody can be asked.
Async<InitCommand> ask_for_all(Console& console,  // coroutine-ref: the awaiter's
                               InitCommand command) {
  if (const auto checked = check_options(command); !checked) co_return checked.error();
  const bool is_asked = console.can_ask;
  const bool has_git = command.git.has_value();
  for (Missing& each : questions(command)) {
    const bool is_git = std::string_view(each.option) == "--git";
    if (!each.value.empty() || (is_git && has_git)) continue;
    if (is_asked) {
      auto next = co_await answered(console, std::move(command), std::move(each));
      if (!next) co_return std::move(next).error();
      command = *std::move(next);
    } else if (is_git || !each.otherwise.empty()) {
      each.put(command, each.otherwise);
    } else {
      co_return Error{ErrorCode::rejected, std::string(each.option) + " is needed"};
    }
  }
  co_return command;
}

std::string next_steps(const InitCommand& command, const std::string& file) {
  return "Written: " + printable(file) + " and " + printable(command.to) + "/" + kManifest +
         ".\nNext, in this directory, as its paths are relative to it:\n"
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

Ending run_command(CommandContext context, InitCommand given) {
  const auto asked = co_await ask_for_all(context.console, std::move(given));
  if (!asked) {
    co_return fail_usage(context, asked.error().message);
  }
  const InitCommand& command = *asked;
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
