// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The readers of times and durations, each over the whole input.
#include "reconciler/base/time.hpp"
#include "reconciler/plan/plan_name.hpp"
#include "reconciler/retry/retry.hpp"
#include "tests/fuzz/promises.hpp"

namespace authzd::fuzz {
namespace {

using std::chrono::milliseconds;

const Timestamp kEarliest{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
const Timestamp kLatest{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

void check_time(const std::optional<Timestamp>& time) {
  if (!time) return;
  const std::chrono::days day{2};  // an offset, and the last day itself
  promise(*time > kEarliest - day && *time < kLatest + day, "a year has four digits");
  if (*time < kEarliest || *time > kLatest) return;
  promise(parse_rfc3339(to_rfc3339(*time)) == time, "a time that is written is read as the same");
}

void check_duration(const std::optional<milliseconds>& duration) {
  if (!duration) return;
  promise(duration->count() >= 0, "a duration is not negative");
  promise(parse_duration(to_string(*duration)) == duration, "it is read as the same");
}

}  // namespace

void times(std::string_view input) {
  check_time(parse_rfc3339(input));
  check_time(parse_http_date(input));
  check_duration(parse_duration(input));
  for (const Timestamp now : {kEarliest, Timestamp{}, kLatest}) {
    check_duration(parse_retry_after(input, now));
  }
  if (const auto made = made_at(input)) promise(input.size() == 64, "a plan's name has 64 digits");
}

}  // namespace authzd::fuzz
