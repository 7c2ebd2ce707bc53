// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The state of one account in memory: it ends with the process.
#pragma once

#include "daemon/state/account_state.hpp"

#include <chrono>

namespace authzd {

class MemoryState final : public AccountState {
 public:
  /// Own writes older than `settle` are dropped as new ones come.
  explicit MemoryState(std::chrono::milliseconds settle) : settle_(settle) {}

  [[nodiscard]] std::set<PolicyId> known_ids() const override { return known_ids_; }
  [[nodiscard]] std::map<PolicyId, Etag> last_etags() const override { return etags_; }
  [[nodiscard]] std::vector<OwnWrite> own_writes() const override { return writes_; }
  [[nodiscard]] std::optional<GoodRevision> last_good() const override { return good_; }
  Result<void> keep_good(GoodRevision revision) override;
  Result<void> record(const Action& action, const Outcome& outcome, Timestamp now) override;

 private:
  void forget(const PolicyId& id);

  std::chrono::milliseconds settle_;
  std::set<PolicyId> known_ids_;
  std::map<PolicyId, Etag> etags_;
  std::vector<OwnWrite> writes_;
  std::optional<GoodRevision> good_;
};

}  // namespace authzd
