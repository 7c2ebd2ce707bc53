// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sets of texts, written as IAM writes patterns: '*' stands for any run of characters, the empty
// one too, and '?' for one character. A set is the union of its globs.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace authzd {

using Globs = std::span<const std::string>;

/// Whether it stands for more than itself.
bool has_wildcard(std::string_view glob);

/// Whether some text fits both.
bool may_overlap(std::string_view a, std::string_view b);

/// What searches may spend: so many places are looked at in a millisecond.
struct GlobWork {
  std::size_t left = 20'000;
};

/// Every text that fits a glob of `inner` fits one of `outer`. Exact for all but the most tangled
/// globs, for which the work that is left gave no answer (a '*' before a dozen '?', or hundreds of
/// globs side by side): then false.
bool fits_within(Globs inner, Globs outer, GlobWork& work);
bool fits_within(Globs inner, Globs outer);

}  // namespace authzd
