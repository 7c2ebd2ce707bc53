// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The state's record of a run: who started it, what it planned, and the outcome of each action.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/converge/converge.hpp"
#include "reconciler/undo/undo.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

enum class RunKind {
  cycle,    // the daemon's own, or `run --once`
  apply,    // a person's
  undo,     // of another run
  release,  // removed markers
};

std::string_view to_string(RunKind kind);  // "cycle", …

struct RunStart {
  std::string id = {};  // unique in the account
  RunKind kind = RunKind::cycle;
  std::string who = {};       // the peer or the local user that asked; empty: nobody
  std::string revision = {};  // the enforced one; empty if there is none
  Timestamp began = {};
  std::string undoes = {};  // the run that this one reverts; empty: it is not an undo
};

struct RunCounts {
  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t deleted = 0;
  std::size_t failed = 0;
  std::size_t held = 0;
  std::size_t conflicts = 0;
  std::size_t unknown = 0;  // sent with an unknown outcome; not in the counts above

  bool operator==(const RunCounts&) const = default;
};

struct RunEnd {
  Timestamp ended = {};
  std::string plan_hash = {};  // empty: there was no plan
  std::string error = {};      // why the run as a whole failed; empty: it did not
  RunCounts counts = {};
};

struct RunSummary {
  RunStart start;
  std::optional<RunEnd> end;  // none: in progress, or its process died
};

/// Identifies an action of a run.
struct ActionRef {
  std::string run;
  std::size_t number = 0;

  auto operator<=>(const ActionRef&) const = default;
};

/// A request that may have changed IAM: recorded before it was sent.
struct SentWrite {
  Command::Kind kind = Command::Kind::create;
  Timestamp at = {};
  bool was_answered = false;  // a DELETE: IAM answered with success
};

struct RecordedAction {
  ActionRef ref;
  Action action;
  std::vector<SentWrite> writes;   // in the order of sending
  std::optional<Outcome> outcome;  // none, with a write: unknown; Outcome::action is the number
  std::optional<Timestamp> ended;
};

struct RunDetail {
  RunSummary run;
  std::vector<RecordedAction> actions;  // by number; without held actions
};

/// The actions to undo.
std::vector<PastAction> past_of(const RunDetail& run);

}  // namespace authzd
