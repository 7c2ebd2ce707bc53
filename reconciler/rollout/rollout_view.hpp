// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How a rollout stands, for people and programs.
#pragma once

#include "reconciler/rollout/rollout.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class WaveState {
  complete,  // each of its accounts, and of those before, has the revision
  open,      // its accounts may take it
  waiting,   // they may not yet
};

std::string_view to_string(WaveState state);  // "complete", …

struct WaveView {
  std::string text;   // "wave 2 (production)"
  std::string match;  // "env=prod"; empty: what fits no other
  WaveState state = WaveState::waiting;
  std::size_t accounts = 0;  // that count; the others are `left_out`
  std::size_t done = 0;
  std::size_t under_way = 0;
  std::size_t left_out = 0;
  std::string why = {};  // it waits
};

struct WaitingAccount {
  AccountId account;
  std::string name;
  std::size_t wave = 0;
  std::string why;
};

struct RolloutView {
  std::string revision = {};  // empty: none was seen yet
  Timestamp began = {};
  bool is_paused = false;
  bool is_promoted = false;
  bool is_urgent = false;
  bool is_complete = false;
  std::string who = {};      // asked for something last; empty: nobody
  std::string word = {};     // for what
  std::string stopped = {};  // the account, and why; empty: nothing stops it
  std::vector<WaveView> waves = {};
  std::vector<WaitingAccount> waiting = {};  // accounts that may not take it yet, by wave and name
  std::size_t done = 0;                      // of all accounts that count
  std::size_t accounts = 0;
};

RolloutView view_of(const RolloutRules& rules,
                    const Rollout& rollout,
                    std::span<const RolloutMember> members,
                    const TrustedTime& time);

/// "stopped", "paused", "complete", "promoted", "under way": what to know of it first.
std::string_view state_of(const RolloutView& view);

/// One line: "5 of 43 accounts have it; stopped: account canary is held with it: …".
std::string summary_text(const RolloutView& view);

}  // namespace authzd
