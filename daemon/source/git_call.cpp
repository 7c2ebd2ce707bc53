// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_call.hpp"

#include "daemon/net/small_file.hpp"
#include "daemon/source/git_output.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd {
namespace {

Secret variable(std::string_view name, std::string_view value) {
  return Secret(std::string(name) + "=" + std::string(value));
}

Result<void> add_token(const GitSourceConfig& config, GitAccess& access) {
  auto token = read_token_file(config.token_file, "the token of the Git source");
  if (!token) return std::move(token).error();
  // Every well-known host accepts any user name with a token.
  const std::string user = config.username.empty() ? "authzd" : config.username;
  const Secret pair(user + ":" + std::string(token->reveal()));
  Secret encoded(base64(pair.reveal()));
  access.settings.emplace_back("http." + config.url + ".extraHeader",
                               Secret("Authorization: Basic " + std::string(encoded.reveal())));
  access.secrets.push_back(std::move(*token));
  access.secrets.push_back(std::move(encoded));
  return {};
}

void add_https(const GitOptions& options, GitAccess& access) {
  access.settings.emplace_back("http.sslVerify", Secret("true"));
  access.settings.emplace_back("http.sslVersion", Secret("tlsv1.2"));  // or later
  // A redirect would forward the token, or fetch from an unintended place.
  access.settings.emplace_back("http.followRedirects", Secret("false"));
  if (!options.config.ca_file.empty()) {
    access.settings.emplace_back("http.sslCAInfo", Secret(options.config.ca_file));
    access.files.push_back(options.config.ca_file);
  }
  if (!options.proxy.empty()) {
    access.secrets.push_back(options.proxy);
    access.variables.push_back(variable("https_proxy", options.proxy.reveal()));
  }
}

/// Quotes a path for a value of ssh's configuration, within a shell word of the command that git
/// runs.
Result<std::string> ssh_path(const std::string& path) {
  if (path.find_first_of("'\"\\$\n") != std::string::npos) {
    return Error{ErrorCode::invalid_config,
                 printable(path) + " has a character that ssh cannot be given; rename the file"};
  }
  std::string value = "\"";
  for (const char c : path) value += c == '%' ? std::string("%%") : std::string(1, c);
  return value + "\"";
}

Result<void> add_ssh(const GitSourceConfig& config, GitAccess& access) {
  std::string command =
      "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o UpdateHostKeys=no"
      " -o IdentitiesOnly=yes -o IdentityAgent=none -o ControlMaster=no -o ControlPath=none"
      " -o ForwardAgent=no -o ClearAllForwardings=yes -o PermitLocalCommand=no -o ProxyCommand=none"
      " -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=3";
  const auto add_file = [&command, &access](std::string_view option,
                                            const std::string& path) -> Result<void> {
    if (path.empty()) return {};
    const auto value = ssh_path(path);
    if (!value) return value.error();
    command += " -o '" + std::string(option) + "=" + *value + "'";
    access.files.push_back(path);
    return {};
  };
  if (auto added = add_file("IdentityFile", config.ssh_key_file); !added) return added;
  if (auto added = add_file("UserKnownHostsFile", config.known_hosts_file); !added) return added;
  if (!config.known_hosts_file.empty()) command += " -o GlobalKnownHostsFile=/dev/null";
  access.variables.push_back(variable("GIT_SSH_COMMAND", command));
  access.variables.push_back(variable("GIT_SSH_VARIANT", "ssh"));
  return {};
}

}  // namespace

Result<GitAccess> read_git_access(const GitOptions& options) {
  GitAccess access;
  const std::string& protocol = options.url.protocol;
  access.variables.push_back(variable("GIT_ALLOW_PROTOCOL", protocol));
  if (protocol == "ssh") {
    if (auto added = add_ssh(options.config, access); !added) return std::move(added).error();
    return access;
  }
  if (protocol != "git") add_https(options, access);
  if (!options.config.token_file.empty()) {
    if (auto added = add_token(options.config, access); !added) return std::move(added).error();
  }
  return access;
}

std::string without_secrets(std::string text, const GitAccess& access) {
  for (const Secret& secret : access.secrets) {
    for (std::size_t at = text.find(secret.reveal()); at != std::string::npos;
         at = text.find(secret.reveal(), at)) {
      text.replace(at, secret.reveal().size(), "…");
    }
  }
  return text;
}

namespace {

std::vector<GitSetting> fixed_settings() {
  std::vector<GitSetting> settings;
  const auto set = [&settings](std::string key, std::string value) {
    settings.emplace_back(std::move(key), Secret(std::move(value)));
  };
  set("core.hooksPath", "/dev/null");
  set("core.fsmonitor", "false");
  set("core.bigFileThreshold", "1m");  // larger ones are streamed, and never completely in memory
  set("credential.helper", "");
  set("gc.auto", "0");
  set("maintenance.auto", "false");
  set("submodule.recurse", "false");
  set("fetch.recurseSubmodules", "false");
  set("fetch.unpackLimit", "1");  // one file per fetch, so that its size can be limited
  set("fetch.writeCommitGraph", "false");
  set("transfer.fsckObjects", "true");
  set("protocol.version", "2");
  set("advice.fetchShowForcedUpdates", "false");
  return settings;
}

std::vector<Secret> environment_of(const GitPlace& place, const GitCall& call) {
  std::vector<Secret> variables;
  const auto set = [&variables](const std::string& name, const std::string& value) {
    variables.emplace_back(name + "=" + value);
  };
  set("PATH", "/usr/local/bin:/usr/bin:/bin");
  set("LC_ALL", "C");
  set("HOME", place.home.string());
  set("TMPDIR", place.home.string());
  set("GIT_DIR", place.repository.string());
  set("GIT_CONFIG_NOSYSTEM", "1");
  set("GIT_CONFIG_GLOBAL", "/dev/null");
  set("GIT_ATTR_NOSYSTEM", "1");
  set("GIT_TERMINAL_PROMPT", "0");
  set("GIT_NO_REPLACE_OBJECTS", "1");
  set("GIT_OPTIONAL_LOCKS", "0");
  set("GIT_LITERAL_PATHSPECS", "1");

  std::vector<GitSetting> settings = fixed_settings();
  for (const auto* more : {&call.access.settings, &call.settings}) {
    settings.insert(settings.end(), more->begin(), more->end());
  }
  set("GIT_CONFIG_COUNT", std::to_string(settings.size()));
  for (std::size_t i = 0; i < settings.size(); ++i) {
    set("GIT_CONFIG_KEY_" + std::to_string(i), settings[i].first);
    variables.emplace_back("GIT_CONFIG_VALUE_" + std::to_string(i) + "=" +
                           std::string(settings[i].second.reveal()));
  }
  for (const auto* more : {&call.access.variables, &call.variables}) {
    variables.insert(variables.end(), more->begin(), more->end());
  }
  return variables;
}

}  // namespace

Async<ProcessOutcome> call_git(GitPlace place, GitCall call) {
  ProcessSpec spec;
  spec.program = "git";
  spec.environment = environment_of(place, call);
  spec.confinement = Confinement{.readable = std::move(call.access.files),
                                 .writable = {place.home.parent_path().string()}};
  spec.arguments = std::move(call.arguments);
  spec.directory = place.home.string();
  spec.input = std::move(call.input);
  spec.most_output = call.most_output;
  spec.most_file_bytes = call.most_file_bytes;
  co_return co_await run_process(std::move(spec), call.limit, call.doing);
}

Error git_error(const ProcessOutcome& outcome, const GitCall& call) {
  const std::string said = without_secrets(outcome.errors, call.access);
  return git_fault(said, outcome.exit_code).context(call.doing);
}

}  // namespace authzd
