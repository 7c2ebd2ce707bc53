// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Facts about an action beyond the change itself: who made it necessary, what depends on the policy
// that it removes, and how earlier attempts ended.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// Someone else changed or deleted one of our policies.
struct Drift {
  IamId by;               // empty: IAM does not report it
  std::string at;         // as IAM wrote it; may be empty
  PolicyId deleted = {};  // not empty: the policy of ours that they deleted

  bool operator==(const Drift&) const = default;
};

/// Who created a policy that is not ours, and who changed it last, as IAM reports.
struct Authorship {
  IamId created_by;
  std::string created_at;
  IamId changed_by;  // both empty if nobody has changed it since
  std::string changed_at;

  bool operator==(const Authorship&) const = default;
};

inline constexpr std::size_t kMostDependents = 100;  // listed per removal

/// Facts about a policy that is to be deleted or narrowed. The rails judge the action by them.
struct Removal {
  std::optional<Timestamp> last_permit_at = {};  // when it last permitted a request
  PolicyId covered_by = {};                      // another policy that stays and permits the same
  std::optional<IamId> made_by = {};             // set: someone else created it
  std::optional<Timestamp> expires_at = {};      // set: the end of its grant, which has come
  /// That end was unchanged in applied revisions for a whole `rails.window` before it came.
  bool is_announced = false;
  /// Since when the cover has been unchanged; none: unknown, or there is no cover.
  std::optional<Timestamp> covered_since = {};
  /// For a policy that delegates: the policies that services made from it, which end with it
  /// (iam-api §4); at most kMostDependents.
  std::vector<PolicyId> dependents = {};
  /// Since when exactly this change has been wanted; none: the state does not know it yet.
  std::optional<Timestamp> wanted_since = {};
  /// IAM reports that it never permitted a request. If false and last_permit_at is empty, the use
  /// is unknown.
  bool is_never_used = false;
  /// The rails consider it in use: it permitted a request recently, so another use is no new fact.
  bool is_in_use = false;

  bool operator==(const Removal&) const = default;
};

/// Its last use is unknown, and so is whether it was ever used.
[[nodiscard]] inline bool is_use_unknown(const Removal& removal) {
  return !removal.last_permit_at && !removal.is_never_used;
}

/// Several consecutive cycles needed the same write.
struct Stall {
  std::size_t cycles = 0;  // consecutive, including this one
  std::string error = {};  // of the last attempt; empty: it succeeded, and was reverted
  std::optional<Timestamp> next_try = {};  // set: not attempted in this cycle
  bool is_contested = false;  // succeeded that many times recently, and was reverted under our own
                              // identity

  bool operator==(const Stall&) const = default;
};

inline constexpr std::size_t kStalledAfter = 3;  // cycles

[[nodiscard]] inline bool is_stalled(const Stall& stall) {
  return stall.cycles >= kStalledAfter;
}

/// "has been needed 3 cycles running, and IAM says: …".
std::string stall_text(const Stall& stall);

}  // namespace authzd
