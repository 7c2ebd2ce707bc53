// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What is needed to read an account, in one value.
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

  /// Whether outcomes of earlier writes may be recorded in the state. Not if another task may hold
  /// the account's turn: its running writes are its own to judge.
  bool may_settle = true;

  /// A newer revision waits for the account's wave: it may restore what the planned one removes.
  bool has_newer = false;

  /// The authors of the planned revision that the state does not have yet.
  Authors wrote = {};
};

/// Whether the error says nothing about what was read, and concerns all further reads.
inline bool concerns_all(const Error& error) {
  return error.code == ErrorCode::unauthenticated || error.code == ErrorCode::cancelled;
}

}  // namespace authzd
