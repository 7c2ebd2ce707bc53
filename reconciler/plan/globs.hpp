// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Sets of texts, written as IAM writes patterns: '*' stands for any run of characters, the empty
// one too, and '?' for one character. A set is the union of its globs.
#pragma once

#include <span>
#include <string>

namespace authzd {

using Globs = std::span<const std::string>;

/// Every text that fits a glob of `inner` fits one of `outer`. Exact for all but the most tangled
/// globs, for which no answer was found in 4000 steps (a '*' before a dozen '?'): then false.
bool fits_within(Globs inner, Globs outer);

}  // namespace authzd
