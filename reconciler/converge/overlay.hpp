// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Overlays own writes on a list, so that a lagging replica causes neither a duplicate nor false
// drift.
#pragma once

#include "reconciler/base/time.hpp"
#include "reconciler/model/policy.hpp"
#include "reconciler/model/shared_policies.hpp"

#include <chrono>
#include <span>
#include <vector>

namespace authzd {

/// A write of ours that IAM confirmed.
struct OwnWrite {
  Observed policy;  // as in the reply; for a delete, as before, with state `deleted`
  Timestamp at;     // of the write
};

struct OverlayResult {
  SharedPolicies policies;  // the list, corrected; sorted by id
  std::vector<PolicyId>
      to_settle;  // written recently and missing in the list: settle each with one read
};

/// Ignores writes older than `settle`. The list wins as soon as it shows a later last_modified_at
/// or, except for a delete, another modifier at the same time: then someone else wrote after us.
/// If there is nothing to correct, the list is not copied.
OverlayResult overlay_own_writes(SharedPolicies listed,
                                 std::span<const OwnWrite> writes,
                                 Timestamp now,
                                 std::chrono::milliseconds settle);

}  // namespace authzd
