// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The notifications sent for each account, so that the next process does not repeat them.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"

#include <map>
#include <memory>
#include <string>

namespace authzd {

/// The last notification of one kind: its content and time.
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

  /// Replaces everything. Writes nothing if nothing has changed.
  Result<void> replace(const KeptNotices& notices);

 private:
  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
