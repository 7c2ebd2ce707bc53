// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The runs of one account, each action with what came of it, durably: a write is in here before
// IAM can have seen it.
#pragma once

#include "daemon/state/database.hpp"
#include "daemon/state/run_record.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/rails.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// What a run deleted and no undo has taken back.
struct RunDeletes {
  std::string run;
  std::size_t deletes = 0;
  Timestamp first = {};  // when the first was sent
};

/// Every call fails as the database does; what it returns as done is on the disk.
class RunLedger {
 public:
  RunLedger(std::shared_ptr<Database> database, AccountId account);

  /// Errors: conflict where the account has a run of that id.
  Result<void> begin(const RunStart& start);

  /// The number that a plan's first action gets: a run may add a second plan.
  [[nodiscard]] Result<std::size_t> next_action(const std::string& run) const;

  /// Writes down what a run is about to do: the actions without a hold. The i-th of them is
  /// `{run, first + i}` from here on. A long plan is written in slices, as this takes its time.
  Result<void> add_actions(const std::string& run,
                           std::size_t first,
                           std::span<const Action> actions);

  /// A short plan at once. Returns the number of its first action.
  Result<std::size_t> add_actions(const std::string& run, std::span<const Action> actions);

  /// Before a write is sent. Where this fails, the write must not be sent.
  Result<void> will_write(const ActionRef& ref, const Command& command, Timestamp now);

  /// What an action came to: with it, in one step, what it says about the policy (ours or not, its
  /// ETag, the write for the overlay, no delete pending any more) and about approvals of it.
  Result<void> record(const ActionRef& ref,
                      const Action& action,
                      const Outcome& outcome,
                      Timestamp now);

  /// IAM has answered the last write of the action, a DELETE, with success.
  Result<void> delete_answered(const ActionRef& ref);

  Result<void> end(const std::string& run, const RunEnd& end);

  /// At the start of a process: ends the runs that a dead one left open, and returns their ids.
  /// What is recorded of them later, by record(), joins their counts.
  Result<std::vector<std::string>> end_interrupted(Timestamp now);

  /// Actions with a write of which nobody knows how it ended: the process died in between. Find out
  /// by reading, then record().
  [[nodiscard]] Result<std::vector<RecordedAction>> unknown_outcomes() const;

  /// The newest first, at most `count`.
  [[nodiscard]] Result<std::vector<RunSummary>> last(std::size_t count) const;

  /// The run whose id is, or begins with, `id`. Errors: not_found; conflict where several do.
  [[nodiscard]] Result<RunDetail> find(std::string_view id) const;

  /// Writes begun at or after `since`, by what they count as; one of unknown outcome counts. With
  /// it, how many policies were ours at that time. The rest of the history is for others to fill.
  [[nodiscard]] Result<RailHistory> window(Timestamp since) const;

  /// How long each delete took whose end came after `since`: from the first DELETE to the read that
  /// showed it done.
  [[nodiscard]] Result<std::vector<std::chrono::milliseconds>> deletion_times(
      Timestamp since) const;

  /// Runs whose deletes, the first of them sent after `since`, no undo has taken back; the oldest
  /// first.
  [[nodiscard]] Result<std::vector<RunDeletes>> deletes_since(Timestamp since) const;

  /// Keeps how many policies are ours, where that differs from what was last kept.
  Result<void> note_ours(std::size_t ours, Timestamp now);

 private:
  [[nodiscard]] Result<std::int64_t> row_of(const std::string& run) const;

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
