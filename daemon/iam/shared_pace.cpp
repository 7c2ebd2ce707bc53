// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/shared_pace.hpp"

#include "reconciler/retry/retry.hpp"

namespace authzd {

std::shared_ptr<Pace> SharedPace::total(double per_second) {
  if (total_ != nullptr && per_second_ == per_second) return total_;
  per_second_ = per_second;
  total_ = std::make_shared<Pace>(clock_, per_second, nullptr, RetryPolicy{}.budget);
  tokens_.clear();  // they follow the previous one
  return total_;
}

std::shared_ptr<Pace> SharedPace::tokens(const std::string& endpoint) {
  auto& pace = tokens_[endpoint];
  if (pace == nullptr) {
    pace = std::make_shared<Pace>(
        clock_, kTokensPerSecond, total_, RetryPolicy{}.budget, "all who want a token of it");
  }
  return pace;
}

}  // namespace authzd
