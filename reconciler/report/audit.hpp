// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One line of JSON for each write that was attempted: who, why, what it was, what it became.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/converge/converge.hpp"
#include "reconciler/plan/plan.hpp"

#include <string>

namespace authzd {

/// What the plan and the outcome do not know.
struct AuditContext {
  Timestamp at = {};
  AccountId account;
  std::string account_name;
  std::string owner;  // this installation
  IamId identity;     // of the token that wrote
  std::string run_id;
  std::string revision;  // of the manifests
};

/// One line, without its newline. Control characters are escaped, as JSON has it.
std::string audit_record(const AuditContext& context, const Action& action, const Outcome& outcome);

}  // namespace authzd
