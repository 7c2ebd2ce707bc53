// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The credentials of git for the remote: the token or the key, as environment variables of one
// call. They are never on a command line or in a file that git writes.
#pragma once

#include "daemon/source/git_options.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

using GitSetting = std::pair<std::string, Secret>;  // a key of git's configuration, and its value

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

}  // namespace authzd
