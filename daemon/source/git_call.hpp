// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One call of the git executable: on our own bare repository, with a minimal environment, so that
// neither the host's nor the remote's configuration has an effect.
#pragma once

#include "daemon/net/async.hpp"
#include "daemon/source/git_access.hpp"
#include "daemon/source/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace authzd {

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
