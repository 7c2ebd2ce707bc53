// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What one plan may spend on comparing policies with each other: a plan is made in one step, and
// thousands of policies make millions of pairs. A pure count, so that the same input always ends at
// the same pair.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/pattern/globs.hpp"

#include <cstddef>

namespace authzd {

class Effort {
 public:
  /// Before a comparison of the two. False: all is spent, and the answer remains unknown.
  bool spend(const PolicyContent& a, const PolicyContent& b);

  /// What all its comparisons may spend on patterns together.
  [[nodiscard]] GlobWork& patterns() { return patterns_; }

 private:
  std::size_t left_ = 300'000;
  GlobWork patterns_{1'000'000};
};

}  // namespace authzd
