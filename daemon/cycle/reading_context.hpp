// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What reading an account needs, in one value.
#pragma once

#include "daemon/cycle/account_spec.hpp"
#include "daemon/cycle/time_keeper.hpp"
#include "daemon/iam/gateway.hpp"
#include "daemon/state/account_state.hpp"

namespace authzd {

/// All must outlive the calls that take it.
struct ReadingContext {
  const AccountSpec& spec;
  PolicyReader& reader;
  AccountState& state;
  TimeKeeper& time;

  /// Whether the state is told how earlier writes ended. Not where another may have the account's
  /// turn: what it has under way is its own to judge.
  bool may_settle = true;

  /// Who wrote the revision that is planned, where the state does not have them yet.
  Authors wrote = {};
};

/// Whether a read that failed so says nothing of what was to be read, and all reads will.
inline bool concerns_all(const Error& error) {
  return error.code == ErrorCode::unauthenticated || error.code == ErrorCode::cancelled;
}

}  // namespace authzd
