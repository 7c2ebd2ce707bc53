// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IAM holds for an account, as far as can be trusted: whole, of the right account, and with
// our own writes of late laid over it.
#pragma once

#include "daemon/iam/gateway.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/run/account_spec.hpp"
#include "daemon/state/account_state.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/report/wording.hpp"

#include <map>
#include <string>
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
};

/// Errors: those of the reader, and forbidden where the token is of another account than the
/// configured one (nothing is read then).
Async<Observation> observe(ReadingContext context);

struct ResolvedRoles {
  std::vector<ResolvedGrant> grants;
  RoleNames names;  // display names by CRN, of all tables that were looked up
};

/// Looks up the roles of every grant, one look-up a pair. A pair whose look-up fails holds back its
/// own grants; only what concerns all of them is an error (unauthenticated, cancelled).
Async<ResolvedRoles> resolve_roles(ReadingContext context, std::vector<Grant> grants);

}  // namespace authzd
