// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The authors of commits, as reported by `git log`. These are claims of the commits; only a
// signature proves them.
#pragma once

#include "daemon/config/approvers.hpp"

#include <string_view>

namespace authzd {

/// The option of `git log` for parse_git_authors(). It ignores a mailmap in the repository, which
/// authors could use to rename themselves.
inline constexpr std::string_view kAuthorFormat =
    "--format=author %ae%ncommitter %ce%n%(trailers:key=Co-authored-by,unfold)";

/// The same with the signer: for calls that have the keys.
inline constexpr std::string_view kSignedAuthorFormat =
    "--format=signed %G? %GS%nauthor %ae%ncommitter %ce%n%(trailers:key=Co-authored-by,unfold)";

/// Accepts any input: skips an invalid line, and then the result says that not all authors are
/// known. The same applies to a commit without a signature by a known key, and to too many people.
Authors parse_git_authors(std::string_view output);

/// The signer is an author, too: a principal or principals of allowed_signers, "Ada
/// <ada@example.com>" of a PGP key. Not all known if that names nobody, or is a pattern.
void add_signer(std::string_view signer, Authors& authors);

}  // namespace authzd
