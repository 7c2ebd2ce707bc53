// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where one account stands, as a value: what the status command, the metrics and /readyz show. The
// cycle keeps it; nobody else writes it.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/plan/asserted.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/planner.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

// Reasons of conditions that code decides by. The others are the words of errors and of rails, and
// what a reader is told.
inline constexpr std::string_view kCutShort = "CutShort";  // the cycle ended before all its writes
inline constexpr std::string_view kHeld = "Held";
inline constexpr std::string_view kRevisionRefused = "RevisionRefused";
inline constexpr std::string_view kSuspended = "Suspended";

/// One statement about an account, in the manner of Kubernetes' conditions.
struct Condition {
  bool is_true = false;
  std::string reason;    // stable CamelCase word: "InSync", "PartialView", "MaxDelete", …
  std::string message;   // one line for people, with what to do; may be empty
  Timestamp since = {};  // when `is_true` or `reason` last changed

  bool operator==(const Condition&) const = default;
};

/// Actions that one rail holds back together.
struct HeldActions {
  std::string hash;  // what `authzd approve` takes
  std::string rail;
  std::string message;
  std::size_t actions = 0;

  bool operator==(const HeldActions&) const = default;
};

/// A grant or policy whose write fails, and that is tried ever more rarely.
struct FailingObject {
  std::string name;     // metadata.name
  PolicyId id;          // empty: of a grant that has no policy yet
  std::string reason;   // "Stalled", or the word of the error: "Rejected", "QuotaExceeded", …
  std::string message;  // what IAM said, or both sides
  std::optional<Timestamp> next_attempt;

  bool operator==(const FailingObject&) const = default;
};

/// One cycle that has ended.
struct LastRun {
  std::string id;
  Timestamp began = {};
  Timestamp ended = {};
  std::string revision;
  PlanCounts planned;        // zero where no plan could be made
  std::size_t policies = 0;  // that IAM holds
  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t deleted = 0;
  std::size_t already = 0;       // creates and updates that needed no write of ours after all
  std::size_t already_gone = 0;  // deletes of what was deleted already
  std::size_t failed = 0;        // writes that were wanted and failed
  std::size_t drifted = 0;       // policies of ours that someone else had changed

  /// What this installation is responsible for, at the end of the run: what the manifests want, and
  /// what is ours though none wants it. What others made in the account is no part of it.
  [[nodiscard]] std::size_t managed() const {
    return planned.in_sync + planned.creates + planned.updates + planned.removes + planned.held +
           planned.conflicts + planned.dropped - deleted - already_gone;
  }
  /// Those of them that were as the manifests say.
  [[nodiscard]] std::size_t in_sync() const {
    return planned.in_sync + created + updated + already;
  }

  bool operator==(const LastRun&) const = default;
};

struct AccountStatus {
  std::string name;
  AccountId id;
  Mode mode = Mode::observe;
  bool is_suspended = false;
  bool is_suspended_with_all = false;  // by a suspension of every account

  Condition ready;            // the account is as its newest revision wants it
  Condition reconciling;      // a cycle is under way
  Condition stalled;          // it cannot go on without a person
  Condition held;             // a rail holds actions back; `holds` says which
  Condition assertions_hold;  // all assertions of the manifests, or there are none

  std::string attempted_revision;  // the newest that was seen, taken or refused
  std::string applied_revision;    // the last whose plan was performed
  std::vector<HeldActions> holds;
  std::string approve_options = {};  // " --config FILE", where the daemon runs another than the
                                     // default
  std::vector<FailingObject> failing;
  std::size_t pinned = 0;            // keys that an undo touched, and that are left alone since
  std::size_t unknown_outcomes = 0;  // writes of which nobody knows yet whether IAM did them
  std::chrono::milliseconds clock_skew{0};  // the host's clock minus IAM's, when last compared

  std::size_t policies = 0;      // authorizations that IAM held when last listed
  std::size_t policy_limit = 0;  // policies that the account may hold; 0: not known

  AssertionCounts assertions;                // at the last plan
  std::vector<std::string> violations = {};  // "ASSERTION policy ID", sorted: for who tells of news

  std::optional<LastRun> last_run;  // none: the first cycle has not ended
  std::optional<Timestamp> next_cycle;

  bool operator==(const AccountStatus&) const = default;
};

/// The command that approves the hold, to be copied as it stands.
[[nodiscard]] inline std::string approve_command(const AccountStatus& account,
                                                 const HeldActions& hold) {
  return "authzd approve " + hold.hash + account.approve_options;
}

/// From 90 % of the limit on a person should know: at the limit IAM takes no policy any more.
[[nodiscard]] inline bool is_nearly_full(std::size_t policies, std::size_t limit) {
  return limit > 0 && policies * 10 >= limit * 9;
}

}  // namespace authzd
