// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Keeps a record of what authzd writes: the state, the audit log. Each observer is called for every
// write before IAM can have seen it, and with its outcome.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/audit.hpp"

namespace authzd {

/// One action of a run. It refers to objects that outlive the call.
struct WriteEvent {
  const AuditContext& context;  // with the time of this event
  const Action& action;
};

class WriteObserver {
 public:
  virtual ~WriteObserver() = default;

  /// Called before each write is sent; an action may take several. On an error it is not sent, and
  /// the action fails with that error: what cannot be recorded is not done.
  virtual Result<void> before_write(const WriteEvent& event, const Command& command) = 0;

  /// Called once for each action that was to be performed, with or without a write. An error is
  /// logged: the write cannot be reversed.
  virtual Result<void> after(const WriteEvent& event, const Outcome& outcome) = 0;

  /// Called once a person's approval is in the state.
  virtual Result<void> approved(const AuditApproval&) { return {}; }

  /// The same for what a person asks of a rollout.
  virtual Result<void> rolled_out(const AuditRollout&) { return {}; }
};

}  // namespace authzd
