// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The lines of JSON that an audit log holds of each write: one before it is sent, one for what came
// of its action. `run` and `action` tie them together; an intent that no outcome follows is a write
// of which only IAM knows whether it happened.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/converge/converge.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// What the plan and the outcome do not know.
struct AuditContext {
  Timestamp at = {};
  AccountId account;
  std::string account_name;
  std::string owner;          // this installation
  IamId identity;             // of the token that wrote
  std::string asked_by = {};  // the person whose command it is; empty: the timer's
  std::string run_id;
  std::string revision;    // of the manifests
  std::size_t action = 0;  // its number, unique in the run
};

/// One line, without its newline. Control characters are escaped, as JSON has it.
std::string audit_intent(const AuditContext& context, const Action& action, const Command& write);
std::string audit_outcome(const AuditContext& context,
                          const Action& action,
                          const Outcome& outcome);

/// A person lets held actions, or a refused revision, through, or takes that back.
struct AuditApproval {
  bool is_revoked = false;
  Timestamp at = {};
  AccountId account;
  std::string account_name;
  std::string owner;
  std::string who;
  std::optional<unsigned> login_uid = {};  // the person's; none: nobody knows
  std::string what;                        // the hash or the revision
  std::optional<Timestamp> until;          // none: for good
};
std::string audit_approval(const AuditApproval& approval);

/// The word of a command that writes, as an intent has it: "create", "replace", "remove",
/// "restore".
std::string_view audit_word(Command::Kind kind);

}  // namespace authzd
