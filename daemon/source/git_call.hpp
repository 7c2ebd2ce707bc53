// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One call of the git executable: on our own bare repository, with a minimal environment, so that
// neither the host's nor the remote's configuration has an effect; with the credentials for the
// remote, if it is a call over the network.
#pragma once

#include "daemon/config/config.hpp"
#include "daemon/config/git_url.hpp"
#include "daemon/net/async.hpp"
#include "daemon/source/process.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

struct GitLimits {
  std::chrono::milliseconds remote = std::chrono::minutes(2);  // for one call over the network
  std::chrono::milliseconds local = std::chrono::seconds(30);  // for one local call
  std::uint64_t most_pack_bytes = 512U << 20U;                 // received by one fetch
  std::size_t most_text_bytes = LoadLimits{}.max_total_bytes;  // all manifests together
};

/// The parameters of a Git source beyond the configuration: where to store its repository, its
/// limits, and its proxy.
struct GitOptions {
  GitSourceConfig config;
  GitUrl url;
  std::filesystem::path directory;  // private; created if missing
  GitLimits limits = {};
  bool is_still = false;  // what was found first stays the newest, also for those who ask later
  std::string ref_setting = "source.git.ref";  // the key that names the ref; empty: a person did
  Secret proxy = {};  // URL of the proxy for the repository's host; empty: none
};

using GitSetting = std::pair<std::string, Secret>;  // a key of git's configuration, and its value

/// The credentials of git for the remote: the token or the key, as environment variables of one
/// call. They are never on a command line or in a file that git writes.
struct GitAccess {
  std::vector<Secret> variables;     // "NAME=value"
  std::vector<GitSetting> settings;  // passed in the environment, too
  std::vector<std::string> files;    // that git or ssh reads itself
  std::vector<Secret> secrets;       // must not be shown, should the remote send it back
};

/// Reads the files again. Errors: invalid_config, with the file name.
Result<GitAccess> read_git_access(const GitOptions& options);

/// `text` without the secrets.
std::string without_secrets(std::string text, const GitAccess& access);

/// The files of a Git source, below its directory: git may write only to the folder that contains
/// both.
struct GitPlace {
  std::filesystem::path repository;  // bare
  std::filesystem::path home;        // without any configuration; contains only short-lived files
};

struct GitCall {
  std::vector<std::string> arguments;
  GitAccess access = {};  // for calls over the network
  std::vector<Secret> variables = {};
  std::vector<GitSetting> settings = {};
  std::string input = {};
  std::size_t most_output = 1U << 20U;
  std::uint64_t most_file_bytes = 0;
  std::chrono::milliseconds limit = std::chrono::seconds(30);
  std::string doing = {};  // "fetching main of ssh://…": the prefix of every error
};

/// Runs it. Errors: those of run_process. A failure of git is not an error here.
Async<ProcessOutcome> call_git(GitPlace place, GitCall call);

/// Converts git's message to an error with a remedy. The text is safe to show.
Error git_error(const ProcessOutcome& outcome, const GitCall& call);

}  // namespace authzd
