// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The quick way to read a policy of a list, with simdjson: policies in IAM's usual form, straight
// into the model. It accepts only what policy_from_v2 would certainly read the same; everything
// else (content members that no grant has, faults, repeated members, deep nesting) it leaves to
// that.
#pragma once

#include "reconciler/model/policy.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace authzd {

class QuickPolicies {
 public:
  QuickPolicies();
  ~QuickPolicies();
  QuickPolicies(const QuickPolicies&) = delete;
  QuickPolicies& operator=(const QuickPolicies&) = delete;

  /// An authorization in the form of v2; empty if policy_from_v2 has to read it.
  std::optional<Observed> read(std::string_view json);

 private:
  struct Parser;  // its memory is reused for each policy
  std::unique_ptr<Parser> parser_;
};

}  // namespace authzd
