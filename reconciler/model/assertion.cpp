// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/assertion.hpp"

#include <array>

namespace authzd {

std::string_view to_string(AssertionRule rule) {
  constexpr std::array<std::string_view, 3> kWords{"never", "always", "only"};
  return kWords.at(static_cast<std::size_t>(rule));
}

std::string_view to_string(Verdict verdict) {
  constexpr std::array<std::string_view, 3> kWords{"holds", "violated", "undecided"};
  return kWords.at(static_cast<std::size_t>(verdict));
}

}  // namespace authzd
