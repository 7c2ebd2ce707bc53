// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Asks work on an account to end: reads are abandoned at once, a convergence ends between two
// writes.
#pragma once

#include <stop_token>

namespace authzd {

/// For one thread: the daemon's. A request is never withdrawn.
class StopToken {
 public:
  void request() { source_.request_stop(); }
  [[nodiscard]] bool is_requested() const { return source_.stop_requested(); }
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
};

}  // namespace authzd
