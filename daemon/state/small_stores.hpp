// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The stores that are one table each, of one account: the histories of objects, the instances that
// names refer to, the notifications sent, and the pins.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/model/instance.hpp"
#include "reconciler/model/key.hpp"
#include "reconciler/plan/stall.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace authzd {

/// The history of each object between cycles: how often the same write was needed, and its last
/// attempt (reconciler/plan/stall).
class HistoryStore {
 public:
  HistoryStore(std::shared_ptr<Database> database, AccountId account);

  [[nodiscard]] Result<ObjectHistories> all() const;

  /// Replaces everything. Writes nothing if nothing has changed.
  Result<void> replace(const ObjectHistories& histories);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

/// The last look-up results of the instance names in one account's manifests. They locate a grant's
/// policy while its name cannot be looked up, and reveal that a name refers to another instance.
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

/// The last notification of one kind: its content and time.
struct KeptNotice {
  std::string content;
  Timestamp at = {};

  bool operator==(const KeptNotice&) const = default;
};

using KeptNotices = std::map<std::string, KeptNotice>;  // by kind

/// The notifications sent for each account, so that the next process does not repeat them.
class NoticeStore {
 public:
  NoticeStore(std::shared_ptr<Database> database, AccountId account);

  [[nodiscard]] Result<KeptNotices> all() const;

  /// Replaces everything. Writes nothing if nothing has changed.
  Result<void> replace(const KeptNotices& notices);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

struct KeptPin {
  Key key;
  std::string digest;  // of the desired grant at that time; empty: there was none
  std::string run;     // the undo that pinned it
  Timestamp at = {};
};

/// Keys of one account that an undo pinned: they are not changed until their own desired grant
/// changes (design §6) or a person removes the pin.
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
