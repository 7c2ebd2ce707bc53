// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How one account fares with the revision that it has taken: what is kept of it from cycle to
// cycle, and over restarts. Pure.
#pragma once

#include "reconciler/rollout/rollout.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// Something that a cycle showed. The same trouble, unchanged, has the same mark.
struct Symptom {
  Trouble trouble = Trouble::failed;
  std::string mark;  // one word or line: "held 51042d…"
  std::string text;  // for people
  /// If not empty, only an account that has taken this revision has it.
  std::string revision = {};

  bool operator==(const Symptom&) const = default;
};

/// How a cycle ended.
struct CycleFaring {
  std::string revision;     // that it enforced; empty: it failed before that
  bool is_applied = false;  // it was planned, and performed as far as the mode allows
  bool narrows = false;     // only what narrows
  std::vector<Symptom> symptoms = {};
};

struct RolloutProgress {
  std::string revision = {};  // taken last, or on the way
  std::string earlier = {};   // what was in force when it was taken
  RolloutStep reached = RolloutStep::nothing;
  std::set<std::string> marks = {};   // of the last cycle
  std::set<std::string> before = {};  // those that were there when it was taken, and still are
  std::optional<Trouble> trouble = {};
  std::string why = {};

  bool operator==(const RolloutProgress&) const = default;
};

/// The account has taken the revision, or of it what narrows. A repeated call changes nothing.
/// `is_fresh`: every account had the revision before (Rollout::is_fresh).
RolloutProgress after_passage(RolloutProgress progress,
                              const std::string& revision,
                              const std::string& in_force,
                              Passage passage,
                              bool is_fresh);

/// Trouble that was there before the revision was taken, and is the same since, is not its fault;
/// but trouble with a revision that went no further stays that of each later one, which contains
/// it. An account is done after a cycle that applied the revision without trouble of `stop_on`.
RolloutProgress after_cycle(RolloutProgress progress,
                            const CycleFaring& cycle,
                            const std::set<Trouble>& stop_on);

/// How far the account is with `revision`.
RolloutStep reached_of(const RolloutProgress& progress, const std::string& revision);

}  // namespace authzd
