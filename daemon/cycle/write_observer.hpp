// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whoever keeps a record of what authzd writes: the state, the audit log. Each sees every write
// before IAM can have seen it, and hears what came of it.
#pragma once

#include "reconciler/converge/converge.hpp"
#include "reconciler/plan/plan.hpp"
#include "reconciler/report/audit.hpp"

namespace authzd {

/// One action of a run. It refers to what outlives the call.
struct WriteEvent {
  const AuditContext& context;  // with the time of this event
  const Action& action;
};

class WriteObserver {
 public:
  virtual ~WriteObserver() = default;

  /// Called before each write is sent; an action may take several. An error keeps it from being
  /// sent, and the action fails with it: what cannot be recorded is not done.
  virtual Result<void> before_write(const WriteEvent& event, const Command& command) = 0;

  /// Called once for each action that was to be performed, whether or not it came to a write. An
  /// error is logged: the write cannot be taken back.
  virtual Result<void> after(const WriteEvent& event, const Outcome& outcome) = 0;

  /// Called once a person's approval is in the state.
  virtual Result<void> approved(const AuditApproval&) { return {}; }
};

}  // namespace authzd
