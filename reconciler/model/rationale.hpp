// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Why a grant exists, and who answers for it, as its manifest says. It is shown and recorded, but
// never sent to IAM, and it changes no policy.
#pragma once

#include "reconciler/base/time.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace authzd {

struct Rationale {
  std::string owner;   // metadata.owner: who answers for it
  std::string reason;  // spec.reason; may have several lines
  std::string ticket;  // spec.ticket
  std::optional<Timestamp> review_by = {};

  bool operator==(const Rationale&) const = default;
};

[[nodiscard]] inline bool is_empty(const Rationale& rationale) {
  return rationale == Rationale{};
}

// Characters.
inline constexpr std::size_t kMaxOwnerLength = 200;
inline constexpr std::size_t kMaxTicketLength = 200;
inline constexpr std::size_t kMaxReasonLength = 1'000;

}  // namespace authzd
