// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IAM holds for an account, as far as can be trusted: whole, of the right account, and with
// our own writes of late laid over it.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/run/account_spec.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/model/policy.hpp"

#include <chrono>
#include <vector>

namespace authzd {

/// What reading an account needs. All must outlive the calls that take it.
struct ReadingContext {
  const AccountSpec& spec;
  PolicyReader& reader;
  AccountState& state;
  Clock& clock;
};

struct Observation {
  TokenIdentity identity;
  std::vector<Observed> policies;  // sorted by id
  std::vector<PolicyId> gone;      // known to the state as ours; each was read, and is no more
  std::chrono::milliseconds clock_skew{0};  // our clock minus IAM's Date; 0: it sent none
};

/// The list of the account, with what of it cannot be trusted settled by reading: own writes that
/// it does not show yet, and policies of ours that it does not show at all.
/// Errors: those of the reader; forbidden where the token is of another account than the configured
/// one (nothing is read then); partial_view where a policy that the state knows as ours exists, or
/// may not be read, and the list lacks it.
Async<Observation> observe(ReadingContext context);

}  // namespace authzd
