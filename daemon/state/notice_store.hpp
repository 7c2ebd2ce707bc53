// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What was told of each account, so that the next process does not tell it again.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <map>
#include <memory>
#include <string>

namespace authzd {

/// The last notice of one kind: what it said, and when.
struct KeptNotice {
  std::string content;
  Timestamp at = {};

  bool operator==(const KeptNotice&) const = default;
};

using KeptNotices = std::map<std::string, KeptNotice>;  // by kind

class NoticeStore {
 public:
  NoticeStore(std::shared_ptr<Database> database, AccountId account);

  [[nodiscard]] Result<KeptNotices> all() const;

  /// Makes this the whole of what was told. Writes nothing where nothing has changed.
  Result<void> replace(const KeptNotices& notices);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
