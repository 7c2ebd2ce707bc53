// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Own writes laid over a list, so that a lagging replica causes neither a duplicate nor false
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
  Observed policy;  // as the reply had it; for a delete, as it was, with state `deleted`
  Timestamp at;     // of the write
};

struct OverlayResult {
  SharedPolicies policies;  // the list, corrected; sorted by id
  std::vector<PolicyId>
      to_settle;  // written recently and absent from the list: settle each by one read
};

/// Writes older than `settle` are ignored. A write yields as soon as the list shows a later
/// last_modified_at or, but for a delete, another modifier at the same one: then someone else was
/// there after us. Where there is nothing to correct, the list is not copied.
OverlayResult overlay_own_writes(SharedPolicies listed,
                                 std::span<const OwnWrite> writes,
                                 Timestamp now,
                                 std::chrono::milliseconds settle);

}  // namespace authzd
