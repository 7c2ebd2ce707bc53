// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What people recognize the commits by that one account has seen: for display only. An entry is
// kept as long as a run or a revision in the state names its commit.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/commit.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <memory>
#include <string>

namespace authzd {

class CommitStore {
 public:
  CommitStore(std::shared_ptr<Database> database, AccountId account);

  /// Without a link: that is a matter of the configuration. Not known if the state does not have
  /// it.
  [[nodiscard]] Result<Commit> find(const std::string& id) const;

  /// Writes nothing if it is there already. Ignores an unknown one.
  Result<void> keep(const Commit& commit);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
