// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The parts of their pace that the accounts of a process share, also across reloads: the total
// rate, and the rate at each token endpoint.
#pragma once

#include "daemon/iam/pace.hpp"

#include <map>
#include <memory>
#include <string>

namespace authzd {

/// For one token endpoint. A fleet that starts needs a token for each account at once.
inline constexpr double kTokensPerSecond = 25;

class SharedPace {
 public:
  /// `clock` must outlive this.
  explicit SharedPace(Clock& clock) : clock_(clock) {}

  /// For all requests. Keeps the previous one, with its state, if the rate is the same.
  std::shared_ptr<Pace> total(double per_second);

  /// For the token requests to that endpoint, within total(). A pause that IAM asks one account for
  /// applies to all.
  std::shared_ptr<Pace> tokens(const std::string& endpoint);

 private:
  Clock& clock_;
  double per_second_ = 0;
  std::shared_ptr<Pace> total_;
  std::map<std::string, std::shared_ptr<Pace>> tokens_;
};

}  // namespace authzd
