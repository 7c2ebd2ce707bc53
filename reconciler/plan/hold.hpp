// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a plan shows of the rails: their names, and the holds that they put on actions. Who judges a
// plan by them is in reconciler/rails.
#pragma once

#include "reconciler/base/time.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

namespace rail {
inline constexpr std::string_view kMaxDelete = "maxDelete";
inline constexpr std::string_view kMaxDeletePercent = "maxDeletePercent";
inline constexpr std::string_view kMaxUpdate = "maxUpdate";
inline constexpr std::string_view kMaxCreate = "maxCreate";
inline constexpr std::string_view kMaxRestore = "maxRestore";
inline constexpr std::string_view kAllow = "allow";
inline constexpr std::string_view kBroad = "broad";
inline constexpr std::string_view kHoldUsedWithin = "holdUsedWithin";
inline constexpr std::string_view kHoldUnknown = "holdUnknown";
inline constexpr std::string_view kFirstDeletes = "firstDeletes";
inline constexpr std::string_view kAdopted = "adopted";
inline constexpr std::string_view kUnmarked = "unmarked";
inline constexpr std::string_view kRemovalGrace = "removalGrace";
inline constexpr std::string_view kHoldDelegators = "holdDelegators";
inline constexpr std::array kAll = {kMaxDelete,
                                    kMaxDeletePercent,
                                    kMaxUpdate,
                                    kMaxCreate,
                                    kMaxRestore,
                                    kAllow,
                                    kBroad,
                                    kHoldUsedWithin,
                                    kHoldUnknown,
                                    kFirstDeletes,
                                    kAdopted,
                                    kUnmarked,
                                    kRemovalGrace,
                                    kHoldDelegators};
}  // namespace rail

/// A policy counts as in use for this long after a use. Without it, every further use would void an
/// approval, and a policy that somebody keeps using could never be removed.
inline constexpr std::chrono::hours kInUse{1};

/// A rail that holds an action. One hash covers all actions that it holds together. If several
/// rails hold an action, each needs an approval.
struct Hold {
  std::string rail;     // "adopted"; "maxDelete, maxDeletePercent" for limits on the same number
  std::string message;  // the numbers, and what to do
  std::string hash;     // 64 hex digits; what `authzd approve` takes
  std::optional<Timestamp> until = {};  // set: the hold ends by itself at that time

  bool operator==(const Hold&) const = default;
};

}  // namespace authzd
