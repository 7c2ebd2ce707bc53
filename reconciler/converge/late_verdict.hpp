// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Determines the outcome of a write whose reply was lost, or whose process died, from a later read.
// It never repeats the write. Pure.
#pragma once

#include "reconciler/converge/converge.hpp"

#include <optional>
#include <set>

namespace authzd {

/// The facts at the time of the read.
struct LateSight {
  Command::Kind write = Command::Kind::create;  // the last write that was sent for the action
  std::optional<Versioned> found;               // none: 404, or a list without the key
  bool is_young = false;  // sent within the settle time: the replica that answers may not know of
                          // it, nor of the policy (iam-api §6)
  bool was_answered = false;        // a remove: IAM answered that it was done
  std::set<IamId> identities = {};  // ours: a create is done only by one of them
};

/// The outcome of `action`, number `number` of its run. None: unknown yet, and the write stays open
/// until a later read. If it is not young there always is an outcome. `wrote` is false only if the
/// read proves that the write was not done: what can never be told counts as done. A create that is
/// done may have been changed by others since: `stored` shows that.
std::optional<Outcome> judge_late(const Action& action, std::size_t number, const LateSight& sight);

/// True if the policy exists although the write was done, or may have been: somebody changed it
/// since, or IAM answered that it had deleted it. It counts as done.
bool may_be_taken_back(const Outcome& outcome);

/// True for a delete that removed somebody's last change as well, without a restore.
bool is_gap(const Outcome& outcome);

}  // namespace authzd
