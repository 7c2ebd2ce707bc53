// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What git writes, as values: commits and their authors, the refs of a remote, and the meaning of
// its last message. Pure.
#pragma once

#include "daemon/config/approvers.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/base/error.hpp"
#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// The option of `git log` for parse_git_authors(). It ignores a mailmap in the repository, which
/// authors could use to rename themselves.
inline constexpr std::string_view kAuthorFormat =
    "--format=author %ae%ncommitter %ce%n%(trailers:key=Co-authored-by,unfold)";

/// The same with the signer: for calls that have the keys.
inline constexpr std::string_view kSignedAuthorFormat =
    "--format=signed %G? %GS%nauthor %ae%ncommitter %ce%n%(trailers:key=Co-authored-by,unfold)";

/// The authors of commits, as reported by `git log`. These are claims of the commits; only a
/// signature proves them. Accepts any input: skips an invalid line, and then the result says that
/// not all authors are known. The same applies to a commit without a signature by a known key, and
/// to too many people.
Authors parse_git_authors(std::string_view output);

/// The signer is an author, too: a principal or principals of allowed_signers, "Ada
/// <ada@example.com>" of a PGP key. Not all known if that names nobody, or is a pattern.
void add_signer(std::string_view signer, Authors& authors);

/// The options of `git log` for parse_git_commit(), without a mailmap, as above. git cuts long
/// texts at columns, of which a character takes two at most; but some take none, so that the
/// subject may exceed any limit: the second option leaves it out.
inline constexpr std::string_view kCommitFormat = "--format=%at%n%<(202,trunc)%an%n%<(402,trunc)%s";
inline constexpr std::string_view kAuthorOnlyFormat = "--format=%at%n%<(202,trunc)%an%n";

/// What a person recognizes commit `id` by. Accepts any input: what cannot be read is not known.
Commit parse_git_commit(std::string id, std::string_view output);

struct RemoteRef {
  std::string name;    // "refs/tags/v1"
  std::string object;  // for an annotated tag: the tag's own

  bool operator==(const RemoteRef&) const = default;
};

/// What to request: the branch and the tag of that name, or the full ref.
std::vector<std::string> ref_patterns(const std::string& ref);

/// Selects from the lines of `git ls-remote`. Errors: not_found, with a hint; invalid_config (both
/// a branch and a tag have that name); bad_response. `setting`: the key of the configuration that
/// names the ref; empty: the person who asks.
Result<RemoteRef> pick_ref(std::string_view listed,
                           const std::string& ref,
                           std::string_view setting);

/// Interprets git's last message: the kind of error, and the remedy. `said`: git's standard error;
/// it may contain text from the remote.
Error git_fault(std::string_view said, int exit_code);

}  // namespace authzd
