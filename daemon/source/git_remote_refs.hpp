// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Selects the configured ref from a remote's list. Pure.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

struct RemoteRef {
  std::string name;    // "refs/tags/v1"
  std::string object;  // for an annotated tag: the tag's own

  bool operator==(const RemoteRef&) const = default;
};

/// Whether `text` is a full commit name: 40 or 64 lower-case hex digits.
bool is_commit_id(std::string_view text);

/// What to request: the branch and the tag of that name, or the full ref.
std::vector<std::string> ref_patterns(const std::string& ref);

/// Selects from the lines of `git ls-remote`. Errors: not_found, with a hint; invalid_config (both
/// a branch and a tag have that name); bad_response.
Result<RemoteRef> pick_ref(std::string_view listed, const std::string& ref);

}  // namespace authzd
