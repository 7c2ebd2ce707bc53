// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The address of a Git repository, as far as authzd lets one be: https and ssh, and the two without
// encryption on loopback only. It never holds a secret.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>

namespace authzd {

struct GitUrl {
  std::string text;      // as it was written
  std::string protocol;  // "https", "ssh", "http" or "git"
  std::string host;      // without brackets
};

/// Reads "https://host/path", "ssh://[user@]host[:port]/path" and "[user@]host:path" (ssh, too).
/// http:// and git:// are for loopback. A password, and a user in https, are refused: they belong
/// in files, and the text of a URL is shown.
/// Errors: invalid_config, with what to write instead; never with the URL, which may hold a secret.
Result<GitUrl> parse_git_url(std::string_view text);

/// Whether `ref` can name a branch, a tag or a commit: git's rules, and nothing that a command line
/// could take for something else.
bool is_git_ref(std::string_view ref);

}  // namespace authzd
