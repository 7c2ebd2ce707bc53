// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/git_call.hpp"

#include "daemon/source/git_fault.hpp"

#include <utility>

namespace authzd {
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
