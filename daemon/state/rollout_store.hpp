// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How the newest revision reaches the accounts: what has happened of it. Of no single account.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/rollout/progress.hpp"
#include "reconciler/rollout/rollout.hpp"

#include <map>
#include <memory>
#include <string>

namespace authzd {

struct KeptRollout {
  Rollout rollout = {};
  std::string rules = {};  // digest of those that the times of the waves belong to
  std::string who = {};    // asked for something last; empty: nobody
  std::string word = {};   // for what: "pause", "promote", …
  Timestamp at = {};

  bool operator==(const KeptRollout&) const = default;
};

class RolloutStore {
 public:
  explicit RolloutStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  /// Without one: an empty one. Errors: those of the database; invalid_config for a row that is not
  /// ours.
  [[nodiscard]] Result<KeptRollout> rollout() const;
  Result<void> keep(const KeptRollout& rollout);

  [[nodiscard]] Result<std::map<AccountId, RolloutProgress>> accounts() const;
  Result<void> keep(const AccountId& account, const RolloutProgress& progress);

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace authzd
