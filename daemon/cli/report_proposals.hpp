// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a report proposes: manifests, and patches of manifests, for a person to commit.
#pragma once

#include "daemon/state/revision_store.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/report/reach.hpp"
#include "reconciler/report/report_table.hpp"

#include <span>
#include <string>
#include <vector>

namespace authzd {

/// All must outlive the call.
struct ProposalFacts {
  AccountId account;
  std::string account_name;
  const RoleNames& names;
  const OwnerOf& owner_of;
  const Desired* desired = nullptr;  // null: not known
  const GoodText* text = nullptr;    // of `desired`; null: not known, or not to be patched
  Timestamp now = {};
};

/// Of policies that nobody needs: for ours a patch that takes their grants out of the manifests,
/// for unmanaged ones manifests that take them over and announce their end. A patch is only
/// proposed where the patched manifests load, and grant the rest as before.
void propose_removals(const ProposalFacts& facts,
                      std::span<const Observed* const> policies,
                      std::vector<ReportProposal>& proposals);

/// A policy for all instances of a service, and the only instance there is.
struct NarrowerTwin {
  const Observed* policy = nullptr;
  std::string instance;
};

/// Manifests that grant the same on that instance alone.
void propose_twins(const ProposalFacts& facts,
                   std::span<const NarrowerTwin> twins,
                   std::vector<ReportProposal>& proposals);

}  // namespace authzd
