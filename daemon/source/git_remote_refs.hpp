// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From what a remote side lists to the one ref that was meant. Pure.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct RemoteRef {
  std::string name;    // "refs/tags/v1"
  std::string object;  // of an annotated tag: the tag's own

  bool operator==(const RemoteRef&) const = default;
};

/// Whether `text` is the whole name of a commit: 40 or 64 lower-case hex digits.
bool is_commit_id(std::string_view text);

/// What to ask for: the branch and the tag of that name, or the ref that is written out.
std::vector<std::string> ref_patterns(const std::string& ref);

/// Picks from `git ls-remote`'s lines. Errors: not_found, with a hint; invalid_config (a branch
/// and a tag have that name); bad_response.
Result<RemoteRef> pick_ref(std::string_view listed, const std::string& ref);

}  // namespace authzd
