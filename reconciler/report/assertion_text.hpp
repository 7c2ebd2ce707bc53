// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The text about assertions in a plan and a status.
#pragma once

#include "reconciler/plan/asserted.hpp"
#include "reconciler/report/wording.hpp"

#include <span>
#include <string>

namespace authzd {

/// "Assertions: 3 hold, 1 violated, 1 undecided."
std::string assertions_summary(std::span<const AssertionResult> results);

/// "the assertion keys-at-home is violated, by 2 policies".
std::string result_text(const AssertionResult& result);

/// "never source.accountId: !own, target.serviceName: kms".
std::string rule_text(const AssertionFinding& finding);

/// "policy 5104… (created by IBMid-1): server-protect (account 0123…) → kms : Reader".
std::string culprit_text(const AssertionFinding& finding,
                         const AccountId& home,
                         const RoleNames& names);

/// "this revision removes the assertion keys-at-home".
std::string change_text(const AssertionChange& change);

/// For a condition: which are violated, or else undecided, and by how many policies; empty if all
/// hold.
std::string trouble_text(std::span<const AssertionResult> results);

}  // namespace authzd
