// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/effort.hpp"

namespace authzd {
namespace {

constexpr std::size_t kUsual = 16;  // attributes of two policies that are compared at the cost of
                                    // one

std::size_t attributes_of(const PolicyContent& content) {
  return content.subject.items().size() + content.resource.items().size();
}

}  // namespace

bool Effort::spend(const PolicyContent& a, const PolicyContent& b) {
  const std::size_t cost = 1 + (attributes_of(a) + attributes_of(b)) / kUsual;
  const bool is_enough = cost <= left_;
  left_ = is_enough ? left_ - cost : 0;
  return is_enough;
}

}  // namespace authzd
