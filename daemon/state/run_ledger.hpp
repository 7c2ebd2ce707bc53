// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The runs of one account, each action with its outcome, durably: a write is in here before IAM can
// have seen it.
#pragma once

#include "daemon/state/database.hpp"
#include "daemon/state/run_record.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/rails/rails.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Deletes of a run that no undo has reverted.
struct RunDeletes {
  std::string run;
  std::size_t deletes = 0;
  Timestamp first = {};  // when the first was sent
};

/// Every call can fail like the database; after success the data is on disk.
class RunLedger {
 public:
  RunLedger(std::shared_ptr<Database> database, AccountId account);

  /// Errors: conflict if the account has a run of that id.
  Result<void> begin(const RunStart& start);

  /// The number for a plan's first action: a run may add a second plan.
  [[nodiscard]] Result<std::size_t> next_action(const std::string& run) const;

  /// Records what a run is about to do: the actions without a hold. The i-th of them becomes `{run,
  /// first + i}`. A long plan is written in slices, because this takes time.
  Result<void> add_actions(const std::string& run,
                           std::size_t first,
                           std::span<const Action> actions);

  /// Records a short plan at once. Returns the number of its first action.
  Result<std::size_t> add_actions(const std::string& run, std::span<const Action> actions);

  /// Call before a write is sent. If this fails, do not send the write.
  Result<void> will_write(const ActionRef& ref, const Command& command, Timestamp now);

  /// Records the outcome of an action and, in one transaction, what it means for the policy (ours
  /// or not, its ETag, the write for the overlay, pending deletes) and for approvals of it. After
  /// OutcomeKind::unknown the action stays among the unknown_outcomes() until a later call tells.
  Result<void> record(const ActionRef& ref,
                      const Action& action,
                      const Outcome& outcome,
                      Timestamp now);

  /// IAM has answered the last write of the action, a DELETE, with success.
  Result<void> delete_answered(const ActionRef& ref);

  Result<void> end(const std::string& run, const RunEnd& end);

  /// At the start of a process: ends the runs that a dead one left open, and returns their ids.
  /// Outcomes that record() adds later count in them.
  Result<std::vector<std::string>> end_interrupted(Timestamp now);

  /// Actions with a write of unknown outcome: the process died in between, or neither the reply nor
  /// a read after it arrived. Read the policy, then call record().
  [[nodiscard]] Result<std::vector<RecordedAction>> unknown_outcomes() const;

  /// The newest creates that were sent since then and that IAM refused, or had done already.
  [[nodiscard]] Result<std::vector<RecordedAction>> unwritten_creates(Timestamp since) const;

  /// The newest first, at most `count`.
  [[nodiscard]] Result<std::vector<RunSummary>> last(std::size_t count) const;

  /// The run whose id equals, or begins with, `id`. Errors: not_found; conflict if several match.
  [[nodiscard]] Result<RunDetail> find(std::string_view id) const;

  /// Writes started at or after `since`, by their kind of count; one of unknown outcome counts.
  /// Also the number of our policies at that time. Others fill the rest of the history.
  [[nodiscard]] Result<RailHistory> window(Timestamp since) const;

  /// The duration of each delete that ended after `since`: from the first DELETE to the read that
  /// confirmed it.
  [[nodiscard]] Result<std::vector<std::chrono::milliseconds>> deletion_times(
      Timestamp since) const;

  /// Runs whose deletes, the first sent after `since`, no undo has reverted; the oldest first.
  [[nodiscard]] Result<std::vector<RunDeletes>> deletes_since(Timestamp since) const;

  /// Stores the number of our policies, if it differs from the stored one.
  Result<void> note_ours(std::size_t ours, Timestamp now);

 private:
  [[nodiscard]] Result<std::int64_t> row_of(const std::string& run) const;

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
