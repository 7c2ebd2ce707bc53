// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where audit lines go.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

/// One line of the audit log, and what of it can be searched for by name.
struct AuditLine {
  std::string json;  // without its newline
  std::vector<std::pair<std::string_view, std::string>> fields;
};

class AuditSink {
 public:
  virtual ~AuditSink() = default;

  /// Returns when the line is where it is to stay. An error means that it may not be.
  virtual Result<void> write(const AuditLine& line) = 0;
};

}  // namespace authzd
