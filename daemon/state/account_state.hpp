// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What authzd remembers about one account between cycles. Losing it never makes a wrong write: it
// only makes authzd less sure of what is its own.
#pragma once

#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/converge/converge.hpp"
#include "reconciler/converge/overlay.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/model/desired.hpp"
#include "reconciler/plan/plan.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// A revision that was loaded without an error: what is enforced while a newer one is refused.
struct GoodRevision {
  std::string revision;
  Desired desired;
};

class AccountState {
 public:
  virtual ~AccountState() = default;

  /// Ids of policies that we wrote and have not seen gone.
  [[nodiscard]] virtual std::set<PolicyId> known_ids() const = 0;

  /// The last ETag that IAM gave for each id, for a read that comes without one.
  [[nodiscard]] virtual std::map<PolicyId, Etag> last_etags() const = 0;

  /// Own writes, oldest first; those older than the settle time may be missing.
  [[nodiscard]] virtual std::vector<OwnWrite> own_writes() const = 0;

  [[nodiscard]] virtual std::optional<GoodRevision> last_good() const = 0;
  virtual Result<void> keep_good(GoodRevision revision) = 0;

  /// Keeps how a write ended: the id as ours or as gone, its ETag, and the write itself.
  virtual Result<void> record(const Action& action, const Outcome& outcome, Timestamp now) = 0;
};

}  // namespace authzd
