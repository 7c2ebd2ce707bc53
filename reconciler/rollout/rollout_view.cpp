// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/rollout/rollout_view.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/label_selector.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace authzd {
namespace {

/// What a wave waits for, apart from its own accounts.
RolloutAnswer answer_of_wave(const RolloutRules& rules,
                             const Rollout& rollout,
                             const RolloutStanding& standing,
                             std::size_t wave,
                             const TrustedTime& time) {
  RolloutMember any;
  any.wave = wave;
  RolloutAnswer answer = judge(rules, rollout, standing, any, time);
  if (answer.why == WaitReason::max) answer.why.reset();
  return answer;
}

WaveView wave_view(const RolloutRules& rules, std::size_t wave, const WaveStanding& standing) {
  WaveView view;
  view.text = wave_text(rules, wave);
  if (wave < rules.waves.size()) view.match = labels_text(rules.waves[wave].match);
  view.accounts = standing.accounts;
  view.done = standing.done;
  view.under_way = standing.under_way;
  view.left_out = standing.left_out;
  return view;
}

}  // namespace

std::string_view to_string(WaveState state) {
  switch (state) {
    case WaveState::complete: return "complete";
    case WaveState::open: return "open";
    case WaveState::waiting: return "waiting";
  }
  return "";
}

RolloutView view_of(const RolloutRules& rules,
                    const Rollout& rollout,
                    std::span<const RolloutMember> members,
                    const TrustedTime& time) {
  RolloutView view;
  view.revision = rollout.revision;
  view.began = rollout.began;
  view.is_paused = rollout.is_paused;
  view.is_promoted = rollout.is_promoted;
  view.is_urgent = rollout.is_urgent;
  if (rollout.revision.empty()) return view;
  const RolloutStanding standing = standing_of(rules, members);
  view.is_complete = rollout.is_complete && standing.waves.back().is_complete;
  if (const RolloutMember* stopper = standing.stopper; stopper != nullptr && !view.is_complete) {
    view.stopped = "account " + stopper->name + " is " + std::string(to_string(*stopper->trouble)) +
                   " with it: " + stopper->why;
  }
  for (std::size_t i = 0; i < rules.count(); ++i) {
    WaveView& wave = view.waves.emplace_back(wave_view(rules, i, standing.waves[i]));
    const RolloutAnswer answer = answer_of_wave(rules, rollout, standing, i, time);
    wave.state = answer.why ? WaveState::waiting : WaveState::open;
    if (standing.waves[i].is_complete) wave.state = WaveState::complete;
    if (wave.state == WaveState::waiting) wave.why = reason_text(rules, answer);
    view.done += wave.done;
    view.accounts += wave.accounts;
  }
  for (const RolloutMember& member : members) {
    const RolloutAnswer answer = judge(rules, rollout, standing, member, time);
    if (!answer.why || !member.counts) continue;
    view.waiting.push_back({member.account, member.name, member.wave, reason_text(rules, answer)});
  }
  std::ranges::sort(view.waiting, {}, [](const WaitingAccount& each) {
    return std::tie(each.wave, each.name, each.account);
  });
  return view;
}

std::string_view state_of(const RolloutView& view) {
  if (view.revision.empty()) return "not begun";
  if (view.is_complete) return "complete";
  if (view.is_paused) return "paused";
  if (view.is_promoted) return "promoted";
  if (!view.stopped.empty()) return "stopped";
  return "under way";
}

std::string summary_text(const RolloutView& view) {
  std::string text = std::to_string(view.done) + " of " +
                     count_of(view.accounts, "account has it", "accounts have it") + "; " +
                     std::string(state_of(view));
  if (state_of(view) == "stopped") text += ": " + printable(view.stopped);
  if (view.is_urgent && !view.is_complete) text += "; urgent: what narrows does not wait";
  return text;
}

}  // namespace authzd
