// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is known about an action besides what it does: who made it necessary, what the policy that
// it takes away is needed for, and how earlier tries ended.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// Someone else changed or deleted what is ours.
struct Drift {
  IamId by;               // empty: IAM does not tell
  std::string at;         // as IAM wrote it; may be empty
  PolicyId deleted = {};  // not empty: the policy of ours that they deleted

  bool operator==(const Drift&) const = default;
};

/// Who made a policy that is not ours, and who changed it last, as IAM says.
struct Authorship {
  IamId created_by;
  std::string created_at;
  IamId changed_by;  // these two: empty where nobody has changed it since
  std::string changed_at;

  bool operator==(const Authorship&) const = default;
};

inline constexpr std::size_t kMostDependents = 100;  // that a removal names

/// What is known about a policy that is to be deleted or narrowed: the rails judge that by it.
struct Removal {
  std::optional<Timestamp> last_permit_at = {};  // when it last permitted something
  PolicyId covered_by = {};                      // another, which stays and permits all of it
  std::optional<IamId> made_by = {};             // set: it was made by someone else than us
  std::optional<Timestamp> expires_at = {};      // set: its grant had this end, which has come
  /// That end stood unchanged in applied revisions for a whole `rails.window` before it came.
  bool is_announced = false;
  /// Since when the cover has been what it is; none: unknown, or there is no cover.
  std::optional<Timestamp> covered_since = {};
  /// Where the policy delegates: what services made of it, which ends with it (iam-api §4); no more
  /// than kMostDependents.
  std::vector<PolicyId> dependents = {};
  /// Since when exactly this change has been wanted; none: the state does not know of it yet.
  std::optional<Timestamp> wanted_since = {};
  /// There is no last_permit_at because it never permitted anything, says IAM; else it is unknown.
  bool is_never_used = false;
  /// It permitted something a moment ago, say the rails: one use more is no news.
  bool is_in_use = false;

  bool operator==(const Removal&) const = default;
};

/// Nobody can say when it was last used, or that it never was.
[[nodiscard]] inline bool is_use_unknown(const Removal& removal) {
  return !removal.last_permit_at && !removal.is_never_used;
}

/// The same write was needed cycle after cycle.
struct Stall {
  std::size_t cycles = 0;                  // running, this one included
  std::string error = {};                  // of the last try; empty: it was done, and undone again
  std::optional<Timestamp> next_try = {};  // set: not tried in this cycle
  bool is_contested = false;  // done that many times recently, and undone under our own identity

  bool operator==(const Stall&) const = default;
};

inline constexpr std::size_t kStalledAfter = 3;  // cycles

[[nodiscard]] inline bool is_stalled(const Stall& stall) {
  return stall.cycles >= kStalledAfter;
}

/// "has been needed 3 cycles running, and IAM says: …".
std::string stall_text(const Stall& stall);

}  // namespace authzd
