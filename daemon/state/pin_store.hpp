// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Keys of one account that are left alone since an undo, until their own desired grant changes
// (design §6) or a person takes the pin off.
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
  std::string digest;  // of the desired grant when it was pinned; empty: there was none
  std::string run;     // the undo that pinned it
  Timestamp at = {};
};

class PinStore {
 public:
  PinStore(std::shared_ptr<Database> database, AccountId account);

  /// By key.
  [[nodiscard]] Result<std::vector<KeptPin>> list() const;

  /// All of them, or none; a key that is pinned already takes the new pin.
  Result<void> add(const std::vector<KeptPin>& pins);

  /// Takes off those of the keys that are pinned; the others are no error.
  Result<void> remove(const std::set<Key>& keys);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
