// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Whether the accounts of a file may be read from a revision. As for manifests: a history that was
// rewritten changes no account unless people let it in.
#pragma once

#include "daemon/cli/setup.hpp"
#include "daemon/net/async.hpp"
#include "daemon/source/source.hpp"
#include "daemon/state/fleet_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace authzd {

/// What is known of the accounts of a file before it is read again.
struct FleetPast {
  std::shared_ptr<Database> database;
  std::vector<KnownAccount> accounts;
  std::string revision;  // that they were read from last; empty: not known
};

/// The revision must descend from what each account that is still shown has applied, and from what
/// the accounts were read from. Where it does not, each such account, at least one, must have let
/// it in (`authzd approve REVISION`). Errors: unsafe_plan, with what to do; those of the source and
/// of the state.
Async<void> check_fleet_lineage(FleetPast past,
                                FleetPart part,
                                std::shared_ptr<Source> source,
                                std::string revision,
                                Timestamp now);

}  // namespace authzd
