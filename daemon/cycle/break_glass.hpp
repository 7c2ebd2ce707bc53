// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The break-glass grants of an account beside its manifests: from the state into a plan, and what
// the state learns from that plan.
#pragma once

#include "daemon/cycle/desired_loader.hpp"
#include "daemon/cycle/planning.hpp"
#include "daemon/cycle/reading_context.hpp"
#include "reconciler/plan/break_glass.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// What a manifest says, with the name, the end and the reason of `of`. Errors: invalid_manifest,
/// with the first problem; the diagnostics have all of them.
struct DecodedGlass {
  BreakGlass glass;
  std::vector<Diagnostic> diagnostics = {};
};
Result<DecodedGlass> decode_break_glass(const AccountSpec& spec,
                                        BreakGlass of,
                                        const std::vector<Assertion>& assertions);

/// Those that are not over. One whose text this version refuses has no grants: its policy is then
/// not wanted, and its removal one like any other. Errors: those of the state.
Result<std::vector<BreakGlass>> active_break_glass(const AccountSpec& spec,
                                                   const AccountState& state);

/// By name, the keys, without the account, of those that are not over; and of those that a manifest
/// has superseded, until a day after their end: what they gave beyond the manifest still has to be
/// taken back.
Result<std::map<std::string, std::set<Key>>> keys_of_break_glass(const AccountSpec& spec,
                                                                 const AccountState& state,
                                                                 const TrustedTime& time);

/// Adds to `good` what is granted beside it, which `planned` gets, too, and what is due in `good`.
/// Errors: those of the state.
Result<void> take_glass(const ReadingContext& context, SharedRevision& good, Planned& planned);

/// Closes what is over by this plan: its time has passed and IAM shows no policy of it, or a
/// manifest wants the same.
Result<void> close_break_glass(AccountState& state, const Planned& planned);

}  // namespace authzd
