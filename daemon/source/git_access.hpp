// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What lets git into the remote side: the token or the key, as variables of the environment that
// end with the call. Nothing of it stands on a command line or in a file that git writes.
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
  std::vector<GitSetting> settings;  // go into the environment, too
  std::vector<std::string> files;    // that git or ssh reads by itself
  std::vector<Secret> secrets;       // what must not be shown, should the remote side send it back
};

/// Reads the files again. Errors: invalid_config, naming the file.
Result<GitAccess> read_git_access(const GitOptions& options);

/// `text` without the secrets.
std::string without_secrets(std::string text, const GitAccess& access);

}  // namespace authzd
