// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The name of a plan that a person reads, and later hands to `authzd apply --plan-hash`. It says
// what the plan held and when it was made, and can be checked without any record of it: the plan is
// made again, and so is its name at that time.
#pragma once

#include "reconciler/plan/plan.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// 64 hex digits: 54 of SHA-256 over hash_plan() and the time, then the time in seconds. No secret
/// is in it: it is no proof of who read the plan, only of what was read, and when.
std::string plan_name(const Plan& plan, Timestamp made);

/// When the plan of that name was made; nothing where the text is no such name.
std::optional<Timestamp> made_at(std::string_view name);

/// True where a plan made at the name's time with what `plan` has now had that name.
bool is_name_of(std::string_view name, const Plan& plan);

/// How a plan that somebody reviewed stands to the one of now.
enum class Review {
  stands,     // the same actions, holds and notes, and recent enough
  differs,    // the plan has changed since, or never was of that name
  too_old,    // the same, but read too long ago
  too_early,  // the same, but made by a clock that was ahead of this one
};

/// How far ahead of ours the clock of whoever made the reviewed plan may be.
inline constexpr std::chrono::minutes kReviewAhead{5};

/// `now`: the plan of now, with its plan_name().
Review judge_review(std::string_view name, const Plan& now, std::chrono::milliseconds ttl);

}  // namespace authzd
