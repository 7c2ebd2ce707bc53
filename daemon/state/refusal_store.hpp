// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The last revision of one account that was begun to be read and not taken, so that a restart does
// not read it again: also one at which the process died, whatever it was that ended it.
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

/// A revision, and what it was judged by: another version of authzd, other limits or paths may
/// judge otherwise.
struct JudgedRevision {
  std::string revision;
  std::string judge;
};

struct KeptRefusal {
  JudgedRevision judged;
  std::size_t attempts = 0;             // that were begun
  std::string error;                    // empty: none of them came to its end
  std::vector<Diagnostic> diagnostics;  // the first 100, without lines of the file
};

class RefusalStore {
 public:
  RefusalStore(std::shared_ptr<Database> database, AccountId account)
      : database_(std::move(database)), account_(std::move(account)) {}

  [[nodiscard]] Result<std::optional<KeptRefusal>> last() const;

  /// Before it is read.
  Result<void> begin(const JudgedRevision& judged);

  /// The reading was broken off from outside: that it was begun does not count.
  Result<void> take_back(const JudgedRevision& judged);

  /// Its end: why it is refused, or that it is not.
  Result<void> keep(const std::string& error, const std::vector<Diagnostic>& diagnostics);
  Result<void> forget();

 private:
  Result<void> drop_diagnostics();
  [[nodiscard]] Result<std::vector<Diagnostic>> diagnostics() const;

  std::shared_ptr<Database> database_;
  AccountId account_;
};

}  // namespace authzd
