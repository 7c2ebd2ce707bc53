// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The budget of one plan for comparing policies: a plan is made in one step, and thousands of
// policies make millions of pairs. It is a plain count, so the same input always stops at the same
// pair.
#pragma once

#include "reconciler/model/policy.hpp"
#include "reconciler/pattern/globs.hpp"

#include <cstddef>

namespace authzd {

class Effort {
 public:
  /// Call before comparing the two. False: the budget is spent, and the answer stays unknown.
  bool spend(const PolicyContent& a, const PolicyContent& b);

  /// The shared budget of all comparisons for patterns.
  [[nodiscard]] GlobWork& patterns() { return patterns_; }

 private:
  std::size_t left_ = 300'000;
  GlobWork patterns_{1'000'000};
};

}  // namespace authzd
