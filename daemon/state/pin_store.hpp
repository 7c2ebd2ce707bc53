// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Keys of one account that an undo pinned: they are not changed until their own desired grant
// changes (design §6) or a person removes the pin.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/model/key.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace authzd {

struct KeptPin {
  Key key;
  std::string digest;  // of the desired grant at that time; empty: there was none
  std::string run;     // the undo that pinned it
  Timestamp at = {};
};

class PinStore {
 public:
  PinStore(std::shared_ptr<Database> database, AccountId account);

  /// By key.
  [[nodiscard]] Result<std::vector<KeptPin>> list() const;

  /// All of them, or none; a new pin replaces an existing one.
  Result<void> add(const std::vector<KeptPin>& pins);

  /// Removes the pins of these keys; a key without a pin is not an error.
  Result<void> remove(const std::set<Key>& keys);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
