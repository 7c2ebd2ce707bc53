// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The last revision of one account whose loading began and that was not accepted, so that a restart
// does not load it again; even if the process died while loading it, for whatever reason.
#pragma once

#include "daemon/state/database.hpp"
#include "reconciler/base/id.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/manifest/diagnostic.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace authzd {

/// A revision, and the inputs of its judgement: another version of authzd, other limits or paths
/// may give another result.
struct JudgedRevision {
  std::string revision;
  std::string judge;
};

struct KeptRefusal {
  JudgedRevision judged;
  std::size_t attempts = 0;             // started
  std::string error;                    // empty: no attempt finished
  std::vector<Diagnostic> diagnostics;  // the first 100, without lines of the file
};

class RefusalStore {
 public:
  RefusalStore(std::shared_ptr<Database> database, AccountId account)
      : database_(std::move(database)), account_(std::move(account)) {}

  [[nodiscard]] Result<std::optional<KeptRefusal>> last() const;

  /// Call before loading it.
  Result<void> begin(const JudgedRevision& judged);

  /// The loading was interrupted from outside: the attempt does not count.
  Result<void> take_back(const JudgedRevision& judged);

  /// The result: why it is refused, or that it is not.
  Result<void> keep(const std::string& error, const std::vector<Diagnostic>& diagnostics);
  Result<void> forget();

 private:
  Result<void> drop_diagnostics();
  [[nodiscard]] Result<std::vector<Diagnostic>> diagnostics() const;

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
