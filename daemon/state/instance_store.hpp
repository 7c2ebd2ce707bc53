// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the names that one account's manifests call instances by stood for when they were looked up
// last: where to find a grant's policy while its name cannot be looked up, and how to tell that a
// name has come to stand for another instance.
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

  /// Takes the place of all that was known.
  Result<void> keep(const KnownInstances& known);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
