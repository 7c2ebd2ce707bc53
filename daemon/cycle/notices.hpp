// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What was already reported: a finding that persists is reported when it appears or changes, not
// once per cycle.
#pragma once

#include <set>
#include <string>
#include <utility>

namespace authzd {

class Notices {
 public:
  /// True if it was not reported in the cycle before, nor in this one.
  bool is_news(std::string text) {
    const bool known = said_.contains(text);
    return now_.insert(std::move(text)).second && !known;
  }

  /// A cycle has ended: what it did not report is forgotten.
  void end_cycle() { said_ = std::exchange(now_, {}); }

 private:
  std::set<std::string> said_;
  std::set<std::string> now_;
};

}  // namespace authzd
