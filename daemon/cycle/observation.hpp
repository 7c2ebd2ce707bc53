// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IAM holds for an account, as far as can be trusted: whole, of the right account, and with
// our own recent writes laid over it.
#pragma once

#include "daemon/cycle/open_writes.hpp"
#include "daemon/cycle/reading_context.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/model/shared_policies.hpp"

#include <chrono>
#include <vector>

namespace authzd {

struct Observation {
  TokenIdentity identity;
  SharedPolicies policies;        // sorted by id
  std::vector<PolicyId> gone;     // known to the state as ours; each was read, and is no more
  std::vector<Observed> deleted;  // those of them that a read shows as deleted
  std::vector<PolicyId> foreign;  // known to the state as ours; a read shows each to be of another
                                  // account: the state learned it from a list that was not ours
  OpenWrites open_writes;
  TrustedTime time;          // when the list came
  bool is_use_known = true;  // false: IAM did not say when policies were last used
  std::chrono::milliseconds list_took{0};
};

/// The list of the account, with what of it cannot be trusted settled by reading: what earlier
/// writes left open, own writes that it does not show yet, and policies of ours that it does not
/// show at all.
/// Errors: those of the reader; forbidden where the token is of another account than the configured
/// one (nothing is read then); foreign_list where the list holds a policy of another account, for
/// then none of it is believed; partial_view where a policy that the state knows as ours exists, or
/// may not be read, and the list lacks it (one of several pages, twice), or where the list is empty
/// and no read shows that what is ours was deleted, or where a policy cannot be decoded that may be
/// ours.
Async<Observation> observe(ReadingContext context);

}  // namespace authzd
