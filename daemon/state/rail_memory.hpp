// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The times that the rails need for one account: since when each grant's end has been unchanged,
// since when each removal has been wanted, and when each policy was last used.
#pragma once

#include "daemon/config/approvers.hpp"
#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/trusted_time.hpp"
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

/// IAM's data on a policy's use, stored because a delete makes IAM forget it.
struct PolicyUse {
  PolicyId id;
  Key key;  // its key
  Timestamp at = {};

  bool operator==(const PolicyUse&) const = default;
};

/// A later use is stored only if it is at least this much later, so that frequent use does not
/// cause a write in each cycle.
inline constexpr std::chrono::hours kUseStep{1};

class RailMemory {
 public:
  RailMemory(std::shared_ptr<Database> database, AccountId account);

  /// The ends of the last applied revision.
  [[nodiscard]] Result<std::map<Key, StandingEnd>> ends() const;

  /// Sets the ends of the last applied revision. An unchanged end keeps its time. A new or changed
  /// one starts at `now`, with the authors that RevisionStore has now. Without a trusted time,
  /// ended entries are removed, and nothing starts.
  Result<void> keep_ends(const std::map<Key, Timestamp>& ends, std::optional<Timestamp> now);

  /// The newest revision has these ends, applied or not: an end that it lacks or changes starts
  /// again, should a later one set it again. The ends of the applied one do not change.
  Result<void> doubt_ends(const std::map<Key, Timestamp>& ends);

  /// The authors of the ends that have passed by `now`, until they are removed: the removal that
  /// such an end causes may be held long after the rest of its revision was done.
  [[nodiscard]] Result<Authors> authors_of_ended(Timestamp now) const;
  Result<void> forget_authors_of_ended(Timestamp now);

  /// Since when each removal (by hash_removal) has been wanted.
  [[nodiscard]] Result<std::map<std::string, Timestamp>> removals() const;

  /// Sets the wanted removals; like keep_ends.
  Result<void> keep_removals(const std::set<std::string>& wanted, std::optional<Timestamp> now);

  /// It is done: should someone restore the access, removing it again is wanted from then on. The
  /// second one is for all of them, after a person decided otherwise.
  Result<void> end_removal(const std::string& removal);
  Result<void> end_removals();

  /// Removals begin to be wanted with the next plan that is performed, and ends to stand with the
  /// next revision that is applied: nothing shows what was wanted in between.
  Result<void> restart();

  /// Nobody looked at the account for longer than `gap`, and the revision is another one since:
  /// nothing shows that what waits was wanted all the time. Also if that time is not certain.
  [[nodiscard]] Result<bool> went_unseen(const std::string& revision,
                                         const TrustedTime& time,
                                         std::chrono::milliseconds gap) const;

  /// The account is planned for this revision. `waits`: something will wait from now on. Writes
  /// nothing if nothing waits, and only once in a third of `gap` for the same revision.
  Result<void> keep_look(const std::string& revision,
                         Timestamp now,
                         std::chrono::milliseconds gap,
                         bool waits);

  /// The last use of each policy that has one.
  [[nodiscard]] Result<std::map<PolicyId, Timestamp>> last_uses() const;

  /// The latest use of the policy, or of any earlier one with its key; none: no use is known.
  [[nodiscard]] Result<std::optional<Timestamp>> latest_use(const PolicyId& id,
                                                            const Key& key) const;

  /// Stores them; a use earlier than the stored one changes nothing.
  Result<void> note_uses(const std::vector<PolicyUse>& uses);

 private:
  struct Look {
    std::string revision;
    Timestamp at = {};
  };
  [[nodiscard]] Result<std::optional<Look>> last_look() const;
  [[nodiscard]] Result<bool> has_waiting() const;

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
