// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The status of one account as a value: for the status command, the metrics and /readyz. Only the
// cycle writes it.
#pragma once

#include "reconciler/base/commit.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/plan/asserted.hpp"
#include "reconciler/plan/due_dates.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/plan/planner.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

/// Why a condition is true or false.
enum class ConditionReason {
  other,  // the word of an error or of a note: Condition::reason has it
  all_hold,
  clock_skew,
  clock_unknown,
  conflicts,
  cut_short,  // the cycle ended before all its writes
  cycle_under_way,
  ends_soon,
  held,
  in_sync,
  kept_back,
  no_assertions,
  no_manifests,
  nothing_due,
  nothing_held,
  objects_stalled,
  outcome_unknown,
  progressing,
  rails,
  reviews_due,
  revision_refused,
  suspended,
  undecided,
  violated,
  waiting,         // for the next cycle
  waits_for_wave,  // and has no earlier revision
  writes_failed,
};

/// The stable CamelCase word; empty for `other`.
std::string_view to_string(ConditionReason reason);

/// One statement about an account, like a condition in Kubernetes.
struct Condition {
  bool is_true = false;
  std::string reason;    // stable CamelCase word: "InSync", "PartialView", "MaxDelete", …
  std::string message;   // one line for people, with what to do; may be empty
  Timestamp since = {};  // when `is_true` or `reason` last changed
  ConditionReason kind = ConditionReason::other;

  bool operator==(const Condition&) const = default;
};

/// Actions that one rail holds together.
struct HeldActions {
  std::string hash;  // for `authzd approve`
  std::string rail;
  std::string message;
  std::size_t actions = 0;
  std::optional<Timestamp> until = {};  // set: it ends by itself at that time

  bool operator==(const HeldActions&) const = default;
};

/// A grant or policy whose write fails, and which is retried with backoff.
struct FailingObject {
  std::string name;     // metadata.name
  PolicyId id;          // empty: a grant without a policy
  std::string reason;   // "Stalled", or the word of the error: "Rejected", "QuotaExceeded", …
  std::string message;  // IAM's answer, or both sides
  std::optional<Timestamp> next_attempt;

  bool operator==(const FailingObject&) const = default;
};

/// One ended cycle.
struct LastRun {
  std::string id;
  Timestamp began = {};
  Timestamp ended = {};
  std::string revision;
  PlanCounts planned;        // zero without a plan
  std::size_t policies = 0;  // in IAM
  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t deleted = 0;
  std::size_t already = 0;       // creates and updates that needed no write after all
  std::size_t already_gone = 0;  // deletes of policies that were already deleted
  std::size_t failed = 0;        // wanted writes that failed
  std::size_t drifted = 0;       // policies of ours that someone else had changed

  /// What this installation is responsible for at the end of the run: what the manifests want, and
  /// what is ours although no manifest wants it. Policies of others do not count.
  [[nodiscard]] std::size_t managed() const {
    return planned.in_sync + planned.creates + planned.updates + planned.removes + planned.held +
           planned.conflicts + planned.dropped - deleted - already_gone;
  }
  /// Those of them that matched the manifests.
  [[nodiscard]] std::size_t in_sync() const {
    return planned.in_sync + created + updated + already;
  }

  /// False: the cycle ended before it had a plan, and its counts say nothing of the account.
  [[nodiscard]] bool has_plan() const { return !revision.empty() || managed() > 0; }

  bool operator==(const LastRun&) const = default;
};

/// The newest revision, while the account does not have all of it.
struct RolloutPlace {
  std::string revision;
  std::string wave;          // "wave 2 (production)"; empty: of no wave yet
  std::string why;           // one line for people
  bool is_started = false;   // it carries out what narrows
  bool has_nothing = false;  // and has no earlier revision

  bool operator==(const RolloutPlace&) const = default;
};

struct AccountStatus {
  std::string name;
  AccountId id;
  Mode mode = Mode::observe;
  bool is_suspended = false;
  bool is_suspended_with_all = false;  // suspended together with all accounts

  Condition ready;            // the account matches its newest revision
  Condition reconciling;      // a cycle is in progress
  Condition stalled;          // it needs a person to continue
  Condition held;             // a rail holds actions; see `holds`
  Condition due;              // an authorization ends, or is to be reviewed, soon; see `due_dates`
  Condition assertions_hold;  // all assertions of the manifests hold, or there are none

  std::string attempted_revision;  // the newest seen, accepted or refused
  std::string applied_revision;    // the last whose plan was performed
  Commit attempted_commit = {};    // the same as commits, as far as known
  Commit applied_commit = {};
  std::vector<HeldActions> holds;
  std::size_t held_actions = 0;      // by all of `holds` together: some are held by several
  std::string approve_options = {};  // " --config FILE", if the daemon does not use the default
  std::vector<FailingObject> failing;
  DueDates due_dates = {};  // at the last plan
  std::size_t pinned = 0;   // keys that an undo pinned
  /// Policies of ours that someone else widened, and which are not set back: a rail holds that, or
  /// the mode does not allow it.
  std::size_t standing_widenings = 0;
  std::size_t unknown_outcomes = 0;         // writes with an unknown outcome
  std::chrono::milliseconds clock_skew{0};  // the host's clock minus IAM's, when last compared

  std::size_t policies = 0;      // authorizations in IAM when last listed
  std::size_t policy_limit = 0;  // policies that the account may have; 0: unknown
  std::string unreadable = {};   // a sentence about such policies of others; empty: none

  AssertionCounts assertions;                // at the last plan
  std::vector<std::string> violations = {};  // "ASSERTION policy ID", sorted: for notifications

  std::optional<RolloutPlace> rollout = {};  // none: the account waits for no wave
  std::optional<LastRun> last_run;           // none: the first cycle has not ended
  std::optional<Timestamp> next_cycle;

  bool operator==(const AccountStatus&) const = default;
};

/// What approves all of its holds at once (hash_all_holds() of the plan); empty if nothing is held.
std::string hash_all_holds(const AccountStatus& account);

/// The command that approves everything that is held, ready to be copied; empty if nothing is.
std::string approve_all_command(const AccountStatus& account);

/// The command that approves the hold, ready to be copied.
[[nodiscard]] inline std::string approve_command(const AccountStatus& account,
                                                 const HeldActions& hold) {
  return "authzd approve " + hold.hash + account.approve_options;
}

/// From 90 % of the limit on, a person should know: at the limit IAM accepts no new policies.
[[nodiscard]] inline bool is_nearly_full(std::size_t policies, std::size_t limit) {
  return limit > 0 && policies * 10 >= limit * 9;
}

}  // namespace authzd
