// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IAM has for an account, as far as it can be trusted: complete, of the right account, and
// with our own recent writes applied to it.
#pragma once

#include "daemon/cycle/open_writes.hpp"
#include "daemon/cycle/reading_context.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/model/shared_policies.hpp"

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace authzd {

struct Observation {
  TokenIdentity identity;
  SharedPolicies policies;        // sorted by id
  std::vector<PolicyId> gone;     // known to the state as ours; each was read, and is gone
  std::vector<Observed> deleted;  // those of them that a read shows as deleted
  std::vector<PolicyId> foreign;  // known as ours, but of another account: from a foreign list
  /// Of others, and not among `policies`: what they grant is unknown.
  std::vector<UnreadablePolicy> unreadable;
  OpenWrites open_writes;
  /// All that the state knows as ours, as it was when the list came.
  KnownPolicies known;
  TrustedTime time;          // when the list came
  bool is_use_known = true;  // false: IAM did not report when policies were last used
  std::chrono::milliseconds list_took{0};
};

/// The list of the account. Its doubtful parts are settled by reads: what earlier writes left open,
/// own writes that it does not show yet, and our policies that it lacks.
/// Errors: those of the reader; forbidden if the token is of another account than the configured
/// one (nothing is read then); foreign_list if the list has a policy of another account, as then
/// none of it is trusted; partial_view if the list lacks a policy that the state knows as ours and
/// that exists or may not be read (of several pages: twice), or if the list is empty and no read
/// shows that our policies were deleted, or if a policy that may be ours cannot be decoded.
Async<Observation> observe(ReadingContext context);

/// "2 policies of others cannot be read, …", with the first of them; empty: there are none.
std::string unreadable_text(std::span<const UnreadablePolicy> policies);

/// The plan with that text as a note.
Plan with_unreadable(Plan plan, std::span<const UnreadablePolicy> policies);

}  // namespace authzd
