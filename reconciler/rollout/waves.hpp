// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The rules by which a revision reaches the accounts: which wave an account is in, and what each
// wave waits for. What has happened, and what follows from it, is in rollout.hpp.
#pragma once

#include "reconciler/model/account_traits.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// What stops a rollout, if an account gets into it with the revision.
enum class Trouble { held, stalled, failed };

inline constexpr std::array kTroubles = {Trouble::held, Trouble::stalled, Trouble::failed};

std::string_view to_string(Trouble trouble);  // "held", …

/// How many accounts of a wave may be on their way at once.
struct WaveLimit {
  std::size_t number = 0;  // at least 1
  bool is_percent = false;

  /// Of so many accounts: rounded up, and never less than one.
  [[nodiscard]] std::size_t of(std::size_t accounts) const;

  bool operator==(const WaveLimit&) const = default;
};

std::string to_string(const WaveLimit& limit);  // "25%", "10"

struct Wave {
  std::string name = {};            // may be empty
  AccountTraits::Texts match = {};  // labels that an account of it has
  std::chrono::milliseconds after{0};
  std::optional<WaveLimit> max = {};  // none: all at once

  bool operator==(const Wave&) const = default;
};

struct RolloutRules {
  std::vector<Wave> waves = {};  // empty: each revision is for all accounts at once
  std::set<Trouble> stop_on = {Trouble::held, Trouble::stalled, Trouble::failed};

  /// The last wave is of the accounts that fit none.
  [[nodiscard]] std::size_t count() const { return waves.size() + 1; }

  bool operator==(const RolloutRules&) const = default;
};

inline constexpr std::size_t kMaxWaves = 20;

/// The first wave that fits; waves.size(): none does.
std::size_t wave_of(const RolloutRules& rules, const AccountTraits::Texts& labels);

/// "wave 2 (production)", "the last wave".
std::string wave_text(const RolloutRules& rules, std::size_t wave);

/// Different rules never give the same text.
std::string rules_text(const RolloutRules& rules);

}  // namespace authzd
