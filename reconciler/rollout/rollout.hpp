// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Which account may take the newest revision now, and for each that may not, why. Pure: the shell
// (daemon/service/rollout_keeper) says what has happened, and keeps it.
//
//   the first that fits                                   | the account
//   ------------------------------------------------------+---------------------------------------
//   it has taken the revision                             | has it
//   it is suspended                                       | waits (suspended)
//   a person has paused the rollout                       | waits (paused)
//   the revision is promoted                              | takes it
//   an account that has taken it is in trouble with it    | waits (stopped)
//   an earlier wave has an account that is not done       | waits (wave before)
//   `after` has not passed since, or that is not certain  | waits (after, clock)
//   as many of the wave as `max` are on their way         | waits (max)
//   else                                                  | takes it
//
// Where it would wait, other than for a pause or suspended, it carries out what narrows if the
// revision is urgent. An account that has begun to narrow continues, whatever happens to the
// others.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/trusted_time.hpp"
#include "reconciler/rollout/waves.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// How far an account is with the newest revision.
enum class RolloutStep {
  nothing,    // it has an earlier revision, or none
  narrowing,  // of the revision it carries out only what narrows or deletes
  taken,      // it has the revision, and has not ended a clean cycle with it
  done,       // it has ended one
};

std::string_view to_string(RolloutStep reached);  // "nothing", …
std::optional<RolloutStep> parse_rollout_step(std::string_view word);

struct RolloutMember {
  AccountId account;
  std::string name;
  std::size_t wave = 0;
  /// False: nobody waits for it, and it stops nobody: it alone is suspended, unreachable, or
  /// leaves.
  bool counts = true;
  bool is_suspended = false;  // alone or with all: it takes nothing, as it would write nothing
  RolloutStep reached = RolloutStep::nothing;
  std::optional<Trouble> trouble = {};  // since it has taken the revision, and one of stopOn
  std::string why = {};                 // of the trouble, for people
};

/// The rollout of the newest revision.
struct Rollout {
  std::string revision = {};  // empty: there never was one
  Timestamp began = {};
  bool is_paused = false;
  bool is_promoted = false;  // for all accounts at once
  bool is_urgent = false;    // what narrows does not wait
  bool is_complete = false;  // every account was done once
  /// The one before was complete: trouble that an account has with it is not held against this one.
  bool is_fresh = true;
  /// By wave: since when it and all before it are complete. Trusted times; none: not, or unknown.
  std::vector<std::optional<Timestamp>> complete = {};

  bool operator==(const Rollout&) const = default;
};

/// A newer revision starts at the first wave. A pause stays: a person ends it.
Rollout next_rollout(const Rollout& before, std::string revision, Timestamp now);

struct WaveStanding {
  std::size_t accounts = 0;   // that count
  std::size_t left_out = 0;   // that do not
  std::size_t done = 0;       // these three: of those that count
  std::size_t under_way = 0;  // taken
  std::size_t narrowing = 0;
  bool is_complete = false;  // all that count are done, here and in each wave before
  const RolloutMember* first_open = nullptr;  // one that counts and is not done
};

/// Refers to the members.
struct RolloutStanding {
  std::vector<WaveStanding> waves;         // RolloutRules::count() of them
  const RolloutMember* stopper = nullptr;  // the first account in trouble
};

RolloutStanding standing_of(const RolloutRules& rules, std::span<const RolloutMember> members);

/// The rollout with the times since when its waves are complete. A wave becomes complete when no
/// account of it is in trouble, and stays so while its accounts are done. A time in the future was
/// written by a wrong clock, and counts as now.
Rollout with_completion(Rollout rollout,
                        const RolloutRules& rules,
                        std::span<const RolloutMember> members,
                        const TrustedTime& time);

enum class Passage {
  wait,    // the account keeps what it has
  narrow,  // it plans by the revision, and carries out only what narrows or deletes
  take,    // it has the revision, or takes it now
};

enum class WaitReason { suspended, paused, stopped, wave_before, after, clock, max };

struct RolloutAnswer {
  Passage passage = Passage::take;
  std::optional<WaitReason> why = {};   // set unless the account may take it
  std::size_t wave = 0;                 // of the account
  std::string account = {};             // whom it waits for, by name
  std::string trouble = {};             // what that one has
  std::optional<Timestamp> opens = {};  // for `after`
};

RolloutAnswer judge(const RolloutRules& rules,
                    const Rollout& rollout,
                    const RolloutStanding& standing,
                    const RolloutMember& member,
                    const TrustedTime& time);

/// "account canary is held with it: …", "wave 1 (canary) is not complete: account x is not done".
std::string reason_text(const RolloutRules& rules, const RolloutAnswer& answer);

}  // namespace authzd
