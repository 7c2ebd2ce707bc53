// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the rails must know of one account that only time can tell: since when each grant's end has
// stood, since when each removal has been wanted, and when each policy was last used.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/plan/planner.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// What IAM tells of a policy's use, kept because a delete makes IAM forget it.
struct PolicyUse {
  PolicyId id;
  Key key;  // that it has
  Timestamp at = {};

  bool operator==(const PolicyUse&) const = default;
};

/// A later use is kept only if it is later by so much: a use a second does not make a write a
/// cycle.
inline constexpr std::chrono::hours kUseStep{1};

class RailMemory {
 public:
  RailMemory(std::shared_ptr<Database> database, AccountId account);

  /// The ends of the revision applied last.
  [[nodiscard]] Result<std::map<Key, StandingEnd>> ends() const;

  /// Makes these the ends of the revision applied last. One that is there already keeps its time;
  /// one that is new, or another than before, has stood since `now`, and has the authors that
  /// RevisionStore remembers now. Without a time to trust, what is over is forgotten, and nothing
  /// begins to stand.
  Result<void> keep_ends(const std::map<Key, Timestamp>& ends, std::optional<Timestamp> now);

  /// The newest revision has these ends, applied or not: one that it does not have just so has not
  /// stood any more, should a later one set it again. The ends of the applied one stay what they
  /// are.
  Result<void> doubt_ends(const std::map<Key, Timestamp>& ends);

  /// Who wrote the ends that have come by `now`, until they are forgotten: what such an end takes
  /// away may be held, long after all else of its revision was done.
  [[nodiscard]] Result<Authors> authors_of_ended(Timestamp now) const;
  Result<void> forget_authors_of_ended(Timestamp now);

  /// Since when each removal (by hash_removal) has been wanted.
  [[nodiscard]] Result<std::map<std::string, Timestamp>> removals() const;

  /// Makes these the removals that are wanted; as keep_ends.
  Result<void> keep_removals(const std::set<std::string>& wanted, std::optional<Timestamp> now);

  /// The last use of each policy, as far as it has one.
  [[nodiscard]] Result<std::map<PolicyId, Timestamp>> last_uses() const;

  /// The latest use of the policy, or of any that had its key before it; none: no use is known.
  [[nodiscard]] Result<std::optional<Timestamp>> latest_use(const PolicyId& id,
                                                            const Key& key) const;

  /// Keeps them; a use that is earlier than the one that is kept changes nothing.
  Result<void> note_uses(const std::vector<PolicyUse>& uses);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
