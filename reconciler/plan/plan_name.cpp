// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/plan/plan_name.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/plan/canonical.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace authzd {
namespace {

constexpr std::size_t kTimeDigits = 10;
constexpr std::size_t kDigestDigits = 54;
constexpr std::int64_t kLatest = 0xff'ffff'ffff;  // the largest value of the digits
constexpr int kHex = 16;
constexpr int kSteps = 24;  // of the time that a review stands
constexpr std::chrono::hours kLongestStep{1};

std::string time_digits(Timestamp time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const auto whole = std::clamp<std::int64_t>(seconds, 0, kLatest);
  const std::string zeros(kTimeDigits, '0');
  std::string text(kTimeDigits, '\0');
  const auto [end, _] = std::to_chars(text.data(), text.data() + text.size(), whole, kHex);
  const auto length = static_cast<std::size_t>(end - text.data());
  return zeros.substr(length) + text.substr(0, length);
}

}  // namespace

std::string plan_name(const Plan& plan, Timestamp made) {
  const std::string time = time_digits(made);
  const auto second = std::chrono::floor<std::chrono::seconds>(made);
  return sha256_hex("review " + time + " " + hash_plan(plan, second)).substr(0, kDigestDigits) +
         time;
}

Timestamp review_time(const Plan& plan, Timestamp now, std::chrono::milliseconds ttl) {
  using std::chrono::seconds;
  const seconds step =
      std::clamp<seconds>(std::chrono::floor<seconds>(ttl / kSteps), seconds(1), kLongestStep);
  const auto second = std::chrono::floor<seconds>(now);
  auto made = second - second.time_since_epoch() % step;
  // The name says which of the held policies are in use: before that time it would be another.
  for (const Action& action : plan.actions) {
    const bool is_by_use =
        std::ranges::find(action.holds, rail::kHoldUsedWithin, &Hold::rail) != action.holds.end();
    if (!is_by_use || !action.removal || !action.removal->last_permit_at) continue;
    const auto idle =
        std::chrono::floor<seconds>(*action.removal->last_permit_at + kInUse) + seconds(1);
    if (idle <= second) made = std::max(made, idle);
  }
  return made;
}

void name_for_review(Plan& plan, Timestamp now, std::chrono::milliseconds ttl) {
  plan.hash = plan_name(plan, review_time(plan, now, ttl));
}

std::optional<Timestamp> made_at(std::string_view name) {
  if (name.size() != kDigestDigits + kTimeDigits) return std::nullopt;
  const std::string_view digits = name.substr(kDigestDigits);
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seconds, kHex);
  if (error != std::errc{} || end != digits.data() + digits.size() || seconds < 0) {
    return std::nullopt;
  }
  return Timestamp{std::chrono::seconds(seconds)};
}

bool is_name_of(std::string_view name, const Plan& plan) {
  const auto made = made_at(name);
  return made && plan_name(plan, *made) == name;
}

Review judge_review(std::string_view name,
                    const Plan& plan,
                    Timestamp now,
                    std::chrono::milliseconds ttl) {
  const auto made = made_at(name);
  if (!made || !is_name_of(name, plan)) return Review::differs;
  if (*made > now + kReviewAhead) return Review::too_early;
  return now - *made > ttl ? Review::too_old : Review::stands;
}

}  // namespace authzd
