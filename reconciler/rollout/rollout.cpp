// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rollout/rollout.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace authzd {
namespace {

constexpr std::array<std::string_view, 4> kStepWords{"nothing", "narrowing", "taken", "done"};

bool has_taken(const RolloutMember& member) {
  return member.reached == RolloutStep::taken || member.reached == RolloutStep::done;
}

bool is_in_trouble(const RolloutRules& rules, const RolloutMember& member) {
  return member.counts && has_taken(member) && member.trouble &&
         rules.stop_on.contains(*member.trouble);
}

void add(WaveStanding& wave, const RolloutMember& member) {
  if (!member.counts) {
    ++wave.left_out;
    return;
  }
  ++wave.accounts;
  wave.done += member.reached == RolloutStep::done;
  wave.under_way += member.reached == RolloutStep::taken;
  wave.narrowing += member.reached == RolloutStep::narrowing;
  const bool is_first = wave.first_open == nullptr;
  if (member.reached != RolloutStep::done && is_first) wave.first_open = &member;
}

/// Why a member of an open rollout waits; none: it does not.
std::optional<WaitReason> find_wait(const RolloutRules& rules,
                                    const Rollout& rollout,
                                    const RolloutStanding& standing,
                                    const TrustedTime& time,
                                    RolloutAnswer& answer) {
  if (standing.stopper != nullptr) {
    answer.account = standing.stopper->name;
    answer.trouble =
        std::string(to_string(*standing.stopper->trouble)) + " with it: " + standing.stopper->why;
    return WaitReason::stopped;
  }
  for (std::size_t before = 0; before < answer.wave; ++before) {
    const WaveStanding& wave = standing.waves[before];
    if (wave.is_complete) continue;
    answer.account = wave.first_open->name;
    return WaitReason::wave_before;
  }
  const bool is_last = answer.wave >= rules.waves.size();
  const auto after = is_last ? std::chrono::milliseconds(0) : rules.waves[answer.wave].after;
  if (answer.wave > 0 && after.count() > 0) {
    const std::size_t before = answer.wave - 1;
    const auto since =
        before < rollout.complete.size() ? rollout.complete[before] : std::optional<Timestamp>();
    if (!since) return WaitReason::clock;
    answer.opens = *since + after;
    if (!time.is_trusted()) return WaitReason::clock;
    if (!time.has_passed(*answer.opens)) return WaitReason::after;
  }
  if (is_last || !rules.waves[answer.wave].max) return std::nullopt;
  const WaveStanding& wave = standing.waves[answer.wave];
  const bool is_full = wave.under_way >= rules.waves[answer.wave].max->of(wave.accounts);
  return is_full ? std::optional(WaitReason::max) : std::nullopt;
}

}  // namespace

std::string_view to_string(RolloutStep reached) {
  return kStepWords.at(static_cast<std::size_t>(reached));
}

std::optional<RolloutStep> parse_rollout_step(std::string_view word) {
  const auto* const found = std::ranges::find(kStepWords, word);
  if (found == kStepWords.end()) return std::nullopt;
  return static_cast<RolloutStep>(found - kStepWords.begin());
}

Rollout next_rollout(const Rollout& before, std::string revision, Timestamp now) {
  Rollout next;
  next.revision = std::move(revision);
  next.began = now;
  next.is_paused = before.is_paused;
  next.is_fresh = before.is_complete || before.revision.empty();
  return next;
}

RolloutStanding standing_of(const RolloutRules& rules, std::span<const RolloutMember> members) {
  RolloutStanding standing;
  standing.waves.resize(rules.count());
  for (const RolloutMember& member : members) {
    add(standing.waves[member.wave], member);
    const bool is_first = standing.stopper == nullptr;
    if (is_first && is_in_trouble(rules, member)) standing.stopper = &member;
  }
  bool are_all = true;
  for (WaveStanding& wave : standing.waves) {
    are_all = are_all && wave.first_open == nullptr;
    wave.is_complete = are_all;
  }
  return standing;
}

Rollout with_completion(Rollout rollout,
                        const RolloutRules& rules,
                        std::span<const RolloutMember> members,
                        const TrustedTime& time) {
  const RolloutStanding standing = standing_of(rules, members);
  rollout.complete.resize(rules.count());
  std::vector<bool> has_trouble(rules.count(), false);
  for (const RolloutMember& member : members) {
    if (is_in_trouble(rules, member)) has_trouble[member.wave] = true;
  }
  bool may_begin = time.is_trusted();
  for (std::size_t i = 0; i < rules.count(); ++i) {
    auto& since = rollout.complete[i];
    if (!standing.waves[i].is_complete) {
      since.reset();
    } else if (since && time.is_trusted()) {
      since = std::min(*since, time.now);
    } else if (!since && may_begin && !has_trouble[i]) {
      since = time.now;
    }
    may_begin = may_begin && since.has_value();
  }
  const bool are_done = standing.waves.back().is_complete && standing.stopper == nullptr;
  rollout.is_complete = rollout.is_complete || (are_done && !rollout.revision.empty());
  return rollout;
}

RolloutAnswer judge(const RolloutRules& rules,
                    const Rollout& rollout,
                    const RolloutStanding& standing,
                    const RolloutMember& member,
                    const TrustedTime& time) {
  RolloutAnswer answer;
  answer.wave = member.wave;
  if (has_taken(member)) return answer;
  const bool is_barred = member.is_suspended || rollout.is_paused;
  if (is_barred) {
    answer.why = member.is_suspended ? WaitReason::suspended : WaitReason::paused;
  } else if (!rollout.is_promoted) {
    answer.why = find_wait(rules, rollout, standing, time, answer);
  }
  if (!answer.why) return answer;
  const bool goes_on = member.reached == RolloutStep::narrowing;
  const bool may_narrow = rollout.is_urgent && !is_barred;
  answer.passage = goes_on || may_narrow ? Passage::narrow : Passage::wait;
  return answer;
}

}  // namespace authzd
