// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One call of the git executable: on our own bare repository, with an environment built from
// nothing, so that neither the host's nor the remote side's configuration can change what it does.
#pragma once

#include "daemon/net/async.hpp"
#include "daemon/source/git_access.hpp"
#include "daemon/source/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace authzd {

/// Where a Git source keeps what is its own, below its directory: the folder that holds both is all
/// that git may write to.
struct GitPlace {
  std::filesystem::path repository;  // bare
  std::filesystem::path home;        // no one's configuration; empty but for files of a moment
};

struct GitCall {
  std::vector<std::string> arguments;
  GitAccess access = {};  // of a call that uses the network
  std::vector<Secret> variables = {};
  std::vector<GitSetting> settings = {};
  std::string input = {};
  std::size_t most_output = 1U << 20U;
  std::uint64_t most_file_bytes = 0;
  std::chrono::milliseconds limit = std::chrono::seconds(30);
  std::string doing = {};  // "fetching main of ssh://…": begins every error
};

/// Runs it. Errors: those of run_process. That git failed is no error here.
Async<ProcessOutcome> call_git(GitPlace place, GitCall call);

/// What git said, as an error with what to do about it. The text is made safe to show.
Error git_error(const ProcessOutcome& outcome, const GitCall& call);

}  // namespace authzd
