// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The JSON lines of an audit log for each write: one before it is sent, one for its outcome. `run`
// and `action` identify the pair. An intent without an outcome is a write whose result only IAM
// knows.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/converge/converge.hpp"
#include "reconciler/plan/plan.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// Facts that the plan and the outcome do not have.
struct AuditContext {
  Timestamp at = {};
  AccountId account;
  std::string account_name;
  std::string owner;          // this installation
  IamId identity;             // of the token that wrote
  std::string asked_by = {};  // the person who ran the command; empty: the timer
  std::string run_id;
  std::string revision;    // of the manifests
  std::size_t action = 0;  // its number, unique in the run
};

/// One line, without its newline. Control characters are escaped as in JSON.
std::string audit_intent(const AuditContext& context, const Action& action, const Command& write);
std::string audit_outcome(const AuditContext& context,
                          const Action& action,
                          const Outcome& outcome);

/// A person approves held actions, or a refused revision, or revokes that.
struct AuditApproval {
  bool is_revoked = false;
  Timestamp at = {};
  AccountId account;
  std::string account_name;
  std::string owner;
  std::string who;
  std::optional<unsigned> login_uid = {};  // the person's; none: unknown
  std::string what;                        // the hash or the revision
  std::optional<Timestamp> until;          // none: without end
};
std::string audit_approval(const AuditApproval& approval);

/// A person pauses, resumes or promotes the rollout of the newest revision, for all accounts.
struct AuditRollout {
  Timestamp at = {};
  std::string owner;
  std::string who;
  std::optional<unsigned> login_uid = {};  // the person's; none: unknown
  std::string what;                        // "pause", "promote --urgent", …
  std::string revision;
};
std::string audit_rollout(const AuditRollout& rollout);

/// The word for a write command in an intent: "create", "replace", "remove", "restore".
std::string_view audit_word(Command::Kind kind);

}  // namespace authzd
