// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sets of texts in IAM's pattern syntax: '*' matches any run of characters, including none, and '?'
// one character. A set is the union of its globs.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace authzd {

using Globs = std::span<const std::string>;

/// Whether it matches more than itself.
bool has_wildcard(std::string_view glob);

/// Whether some text matches both.
bool may_overlap(std::string_view a, std::string_view b);

/// The budget of searches: the number of positions visited in about a millisecond.
struct GlobWork {
  std::size_t left = 20'000;
};

/// Every text that matches a glob of `inner` matches one of `outer`. Exact except for the most
/// complex globs, for which the remaining budget does not suffice (a '*' before a dozen '?', or
/// hundreds of globs in parallel): then false.
bool fits_within(Globs inner, Globs outer, GlobWork& work);
bool fits_within(Globs inner, Globs outer);

}  // namespace authzd
