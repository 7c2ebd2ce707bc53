// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the decisions of a rollout are called.
#include "reconciler/base/text.hpp"
#include "reconciler/rollout/rollout.hpp"

namespace authzd {
namespace {

std::string after_text(const RolloutRules& rules, const RolloutAnswer& answer) {
  return to_string(rules.waves[answer.wave].after) + " after " + wave_text(rules, answer.wave - 1) +
         " is complete";
}

std::string why_text(const RolloutRules& rules, const RolloutAnswer& answer) {
  const std::string account = "account " + printable(answer.account);
  switch (*answer.why) {
    case WaitReason::suspended: return "the account is suspended, until `authzd resume`";
    case WaitReason::paused: return "the rollout is paused, until `authzd rollout resume`";
    case WaitReason::stopped:
      return "the rollout is stopped: " + account + " is " + printable(answer.trouble);
    case WaitReason::wave_before:
      return "an earlier wave is not complete: " + account +
             " has not ended a clean cycle with the revision";
    case WaitReason::after:
      return "it begins " + after_text(rules, answer) + ": at " +
             to_rfc3339(std::chrono::floor<std::chrono::seconds>(*answer.opens));
    case WaitReason::clock:
      return "it begins " + after_text(rules, answer) +
             ", and while it is not certain what time it is, that does not count";
    case WaitReason::max:
      return "as many of its accounts as its max allows (" +
             to_string(*rules.waves[answer.wave].max) + ") are on their way";
  }
  return {};
}

}  // namespace

std::string reason_text(const RolloutRules& rules, const RolloutAnswer& answer) {
  if (!answer.why) return {};
  return wave_text(rules, answer.wave) + ": " + why_text(rules, answer);
}

}  // namespace authzd
