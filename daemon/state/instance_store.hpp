// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The last look-up results of the instance names in one account's manifests. They locate a grant's
// policy while its name cannot be looked up, and reveal that a name refers to another instance.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/model/instance.hpp"

#include <memory>

namespace authzd {

class InstanceStore {
 public:
  InstanceStore(std::shared_ptr<Database> database, AccountId account);

  [[nodiscard]] Result<KnownInstances> known() const;

  /// Replaces everything.
  Result<void> keep(const KnownInstances& known);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
