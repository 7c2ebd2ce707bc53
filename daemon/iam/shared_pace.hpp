// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the accounts of one process share of their pace, also over a reload: the rate of all
// together, and the one at which each token endpoint is asked.
#pragma once

#include "daemon/iam/pace.hpp"

#include <map>
#include <memory>
#include <string>

namespace authzd {

/// Of one token endpoint. A fleet that starts wants a token for each of its accounts at once.
inline constexpr double kTokensPerSecond = 25;

class SharedPace {
 public:
  /// `clock` must outlive this.
  explicit SharedPace(Clock& clock) : clock_(clock) {}

  /// Of all requests. The one of before, with all that it knows, where the rate is the same.
  std::shared_ptr<Pace> total(double per_second);

  /// Of the requests for tokens of that endpoint, within total(). A pause that IAM asks one account
  /// for there holds them all.
  std::shared_ptr<Pace> tokens(const std::string& endpoint);

 private:
  Clock& clock_;
  double per_second_ = 0;
  std::shared_ptr<Pace> total_;
  std::map<std::string, std::shared_ptr<Pace>> tokens_;
};

}  // namespace authzd
