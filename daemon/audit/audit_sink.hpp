// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The destination of audit lines.
#pragma once

#include "reconciler/base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authzd {

/// One line of the audit log, and its searchable fields.
struct AuditLine {
  std::string json;  // without its newline
  std::vector<std::pair<std::string_view, std::string>> fields;
};

/// The end of a log.
struct AuditTail {
  std::string last;  // its last complete line; empty: there is none, or the sink cannot be read
  std::string cut;   // an incomplete line after it, which was removed
};

class AuditSink {
 public:
  virtual ~AuditSink() = default;

  /// Prepares the log for the next line: removes and returns an incomplete line that a full disk or
  /// a crash left behind. Errors: as write().
  virtual Result<AuditTail> tail() { return AuditTail{}; }

  /// Returns when the line is stored durably. An error means that it may not be.
  virtual Result<void> write(const AuditLine& line) = 0;
};

}  // namespace authzd
