// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The result of one cycle of one account, as far as notifications and commit statuses need it.
#pragma once

#include "reconciler/base/commit.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/time.hpp"
#include "reconciler/plan/due_dates.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace authzd {

/// How an account stands with the newest revision.
enum class RevisionStanding {
  pending,  // not yet known, or it is tried again without a person
  matches,  // the account is as the revision wants it
  refused,  // the revision is not enforced
  held,     // a rail holds actions of it
  stalled,  // it needs a person to continue
};

/// Actions shown one by one in a notification; the others are counted.
inline constexpr std::size_t kMostChangesShown = 5;

struct CycleSummary {
  std::string owner;  // this installation
  AccountId account;
  std::string account_name;
  std::string run;
  std::string revision;
  Commit commit = {};  // of `revision`, as far as known
  Timestamp at = {};

  /// Of an account that had no cycle yet nothing is known, so that nothing of it has ended.
  bool is_standing_known = true;

  std::string newest = {};    // the revision that was tried last; empty: unknown
  Commit newest_commit = {};  // as far as known
  RevisionStanding standing = RevisionStanding::pending;

  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t deleted = 0;
  std::size_t marker_only = 0;  // of `updated`: access is as before
  std::string done_by = {};     // "undo of run 3b70…, by alice"; empty: by a cycle of the daemon
  std::string asked_by = {};    // the person who asked for it; empty: nobody
  std::string undoes = {};      // the run that it took back; empty: none
  /// What was done, at most kMostChangesShown: "+ server-protect → kms : Reader  (disks)". Safe to
  /// show.
  std::vector<std::string> changes = {};
  struct Drift {
    std::string name;
    PolicyId policy;
    IamId by;
    std::string at;           // as IAM writes it
    bool is_deleted = false;  // deleted, rather than changed
    std::string what = {};    // "roles Reader → Administrator, Reader"; empty: not known
  };
  std::vector<Drift> drifts;  // policies of ours that someone else had changed or deleted

  struct Hold {
    std::string hash;
    std::string rail;
    std::size_t actions = 0;
    std::string message = {};               // the numbers, until when, and what to do; may be empty
    std::vector<std::string> changes = {};  // what it holds, as `changes` above
  };
  std::vector<Hold> holds;
  std::size_t held = 0;              // actions that some rail holds; 0: the plan is not known
  std::string hash_of_all = {};      // of what approves all holds at once; empty: unknown
  std::string approve_options = {};  // after a hash, with a leading blank; may be empty

  /// A run whose deletes can soon no longer be undone with the policies' old ids.
  struct EndingUndo {
    std::string run;
    std::size_t deletes = 0;
    Timestamp deleted = {};  // the first of them
    Timestamp until = {};
  };
  std::vector<EndingUndo> ending_undos;  // the oldest first; including those already reported

  std::size_t policies = 0;  // in the account, if it is nearly full; else 0
  std::size_t policy_limit = 0;

  std::vector<DueDate> due = {};  // soon or overdue, the soonest first; including those told before

  std::vector<std::string> violations;  // of assertions: "ASSERTION policy ID", sorted
  std::string violations_text;          // the same for people

  /// Why the rollout of the newest revision is stopped by this account; empty: it is not.
  std::string rollout_stopped = {};
  /// The revision that every account has since this cycle; empty: nothing new.
  std::string rollout_complete = {};

  std::string failure;  // stable word for the account's failure; empty: none
  std::string error;    // the same for people
};

}  // namespace authzd
