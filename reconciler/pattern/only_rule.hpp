// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rule `only` for one policy: everything that it permits on the targets of a list must be in
// the list.
#pragma once

#include "reconciler/pattern/access_relation.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace authzd {

/// A parsed pattern.
struct PatternParts {
  const AccessPattern* written = nullptr;
  SidePattern source;
  SidePattern target;
};

PatternParts parts_of(const AccessPattern& pattern);

struct OnlyVerdict {
  Verdict verdict = Verdict::holds;
  const AccessPattern* pattern = nullptr;  // the pattern of the target concerned; null if it holds
};

OnlyVerdict judge_only(std::span<const PatternParts> list,
                       const Access& access,
                       const AccountId& own,
                       GlobWork& work);

}  // namespace authzd
