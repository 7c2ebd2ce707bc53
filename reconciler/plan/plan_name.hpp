// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The name of a plan that a person reads, and later passes to `authzd apply --plan-hash`. It
// encodes the content of the plan and when it was made. It can be checked without a record: authzd
// makes the plan again, and computes its name at that time.
#pragma once

#include "reconciler/plan/plan.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// 64 hex digits: 54 of SHA-256 over hash_plan() and the time, then the time in seconds. It
/// contains no secret. It does not prove who read the plan, only what was read, and when.
std::string plan_name(const Plan& plan, Timestamp made);

/// The time that the name of a plan made at `now` gets: the beginning of the step that `now` is in,
/// so that an unchanged plan keeps its name within a step; or later, when a held policy ceased to
/// be in use. A step is an hour, or a 24th of `ttl` if that is less.
Timestamp review_time(const Plan& plan, Timestamp now, std::chrono::milliseconds ttl);

/// Gives the plan its name of `now`.
void name_for_review(Plan& plan, Timestamp now, std::chrono::milliseconds ttl);

/// When the plan of that name was made, in steps of review_time(); none if the text is not a plan
/// name.
std::optional<Timestamp> made_at(std::string_view name);

/// True if a plan made at the name's time with the content of `plan` would have that name.
bool is_name_of(std::string_view name, const Plan& plan);

/// How a reviewed plan compares with the current one.
enum class Review {
  stands,     // the same actions, holds and notes, and recent enough
  differs,    // the plan has changed since, or never had that name
  too_old,    // the same, but reviewed too long ago
  too_early,  // the same, but made by a clock that was ahead of this one
};

/// How far ahead of ours the clock of the reviewed plan's maker may be.
inline constexpr std::chrono::minutes kReviewAhead{5};

/// `plan`: the current one, made at `now`. A review is valid for at most `ttl`.
Review judge_review(std::string_view name,
                    const Plan& plan,
                    Timestamp now,
                    std::chrono::milliseconds ttl);

}  // namespace authzd
