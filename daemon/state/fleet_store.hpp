// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The accounts that a file of the source named, or that IAM showed: what is known of them while
// neither can be asked, and of those that they no longer show. Of no single account.
#pragma once

#include "daemon/config/fleet_file.hpp"
#include "daemon/state/database.hpp"

#include <memory>
#include <string>
#include <vector>

namespace authzd {

struct KnownAccount {
  FleetEntry entry;
  bool is_lost = false;         // shown once, and no longer
  bool is_named_by_id = false;  // another account had its name first

  bool operator==(const KnownAccount&) const = default;
};

class FleetStore {
 public:
  /// `database` null: nothing is remembered.
  explicit FleetStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  /// `part`: what showed them. In the order in which they were kept.
  [[nodiscard]] Result<std::vector<KnownAccount>> known(const std::string& part) const;

  /// The revision that they were read from last; empty: not known, or from no file.
  [[nodiscard]] Result<std::string> revision(const std::string& part) const;

  /// Writes nothing if it is known already.
  Result<void> keep_revision(const std::string& part, const std::string& revision);

  /// Replaces those of the part.
  Result<void> keep(const std::string& part, const std::vector<KnownAccount>& accounts);

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace authzd
