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

Review judge_review(std::string_view name, const Plan& now, std::chrono::milliseconds ttl) {
  const auto made = made_at(name);
  const auto today = made_at(now.hash);
  if (!made || !today || !is_name_of(name, now)) return Review::differs;
  if (*made > *today + kReviewAhead) return Review::too_early;
  return *today - *made > ttl ? Review::too_old : Review::stands;
}

}  // namespace authzd
