// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who wrote commits, as `git log` tells it. It is what the commits say of themselves: only a
// signature makes it more than that.
#pragma once

#include "daemon/config/approvers.hpp"

#include <string_view>

namespace authzd {

/// The option of `git log` whose output parse_git_authors() reads. A mailmap in the repository is
/// not asked: its authors would say who they are.
inline constexpr std::string_view kAuthorFormat =
    "--format=author %ae%ncommitter %ce%n%(trailers:key=Co-authored-by,unfold)";

/// Total: a line that is none of the format is left out, and what is left says that not all is
/// known.
Authors parse_git_authors(std::string_view output);

}  // namespace authzd
