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

/// The same, with who signed: of calls that have the keys to tell.
inline constexpr std::string_view kSignedAuthorFormat =
    "--format=signed %G? %GS%nauthor %ae%ncommitter %ce%n%(trailers:key=Co-authored-by,unfold)";

/// Total: a line that is none of the format is left out, and what is left says that not all is
/// known; so do a commit that no key at hand has signed, and more people than anybody could name.
Authors parse_git_authors(std::string_view output);

/// Who has signed wrote it, too: a principal or principals of allowed_signers, "Ada
/// <ada@example.com>" of a PGP key. Not known where that names nobody, or a pattern.
void add_signer(std::string_view signer, Authors& authors);

}  // namespace authzd
