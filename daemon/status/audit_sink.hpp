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

/// What a log ends with.
struct AuditTail {
  std::string last;  // its last whole line; empty: there is none, or the sink cannot be read
  std::string cut;   // a part of a line behind it, which was taken away
};

class AuditSink {
 public:
  virtual ~AuditSink() = default;

  /// Brings the log into order for the next line: a part of a line that a full disk or a crash left
  /// behind is taken away, and returned. Errors: as write().
  virtual Result<AuditTail> tail() { return AuditTail{}; }

  /// Returns when the line is where it is to stay. An error means that it may not be.
  virtual Result<void> write(const AuditLine& line) = 0;
};

}  // namespace authzd
