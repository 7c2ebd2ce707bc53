// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A commit of the manifests as a person recognizes it. These are claims of the commit: nothing is
// decided by them.
#pragma once

#include "reconciler/base/time.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace authzd {

inline constexpr std::size_t kMostSubject = 200;  // characters
inline constexpr std::size_t kMostCommitAuthor = 100;

struct Commit {
  std::string id;            // in full; empty: unknown, or not a commit
  std::string author = {};   // name; may contain anything
  std::string subject = {};  // of the message; may contain anything
  Timestamp authored = {};   // the beginning of 1970: unknown
  std::string link = {};     // to its page; empty: none is configured

  [[nodiscard]] bool is_known() const { return !id.empty(); }
  bool operator==(const Commit&) const = default;
};

/// The first `most` characters of UTF-8, and "…" if that is not all. Invalid bytes count as one
/// character each.
std::string first_characters(std::string_view text, std::size_t most);

/// Whether `text` is a full commit name: 40 or 64 lower-case hex digits.
bool is_commit_id(std::string_view text);

/// The first 12 digits of a commit; another revision unchanged.
std::string_view short_revision(std::string_view revision);

/// The address of the commit's page: `link` with the id in place of each "{commit}". Empty if
/// `link` is empty or `revision` is not a commit.
std::string commit_link(std::string_view link, std::string_view revision);

/// `"Subject" by Ada Lovelace`, as far as known and safe to show; empty if nothing is known.
std::string commit_text(const Commit& commit);

}  // namespace authzd
