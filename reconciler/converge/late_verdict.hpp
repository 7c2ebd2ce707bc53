// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How a write ended of which nobody heard: the reply was lost, or the process died. A later read
// tells; it is never found out by repeating the write. Pure.
#pragma once

#include "reconciler/converge/converge.hpp"

#include <optional>

namespace authzd {

/// What is known when the read comes.
struct LateSight {
  Command::Kind write = Command::Kind::create;  // the last one that was sent for the action
  std::optional<Versioned> found;               // none: 404, or a list without the key
  bool is_young = false;  // sent within the settle time: the replica that answers may not know of
                          // it, nor of the policy itself (iam-api §6)
  bool was_answered = false;  // a remove: IAM said that it was done
};

/// The outcome of `action`, number `number` of its run. None: it cannot be told yet, and the write
/// stays open until a later read; once it is not young there always is one.
std::optional<Outcome> judge_late(const Action& action, std::size_t number, const LateSight& sight);

/// True for a write whose policy is there although the write was done, or may have been: somebody
/// changed it since, or IAM said that it had deleted it. It counts as done.
bool may_be_taken_back(const Outcome& outcome);

/// True for a delete that took somebody's last change with it, which nobody brought back.
bool is_gap(const Outcome& outcome);

}  // namespace authzd
