// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The address of a Git repository, limited to what authzd allows: https and ssh, and the two
// unencrypted ones on loopback only. It never has a secret.
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

/// Parses "https://host/path", "ssh://[user@]host[:port]/path" and "[user@]host:path" (also ssh).
/// http:// and git:// are for loopback. A password, and a user in https, are refused: they belong
/// in files, and the text of a URL is shown.
/// Errors: invalid_config, with what to write instead; never with the URL, which may have a secret.
Result<GitUrl> parse_git_url(std::string_view text);

/// Whether `ref` can name a branch, a tag or a commit: by git's rules, and safe on a command line.
bool is_git_ref(std::string_view ref);

}  // namespace authzd
