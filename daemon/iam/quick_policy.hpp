// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The quick way to read a policy of a list, by simdjson: policies as IAM writes them, straight into
// the model. It takes only what it knows for certain to be read as policy_from_v2 reads it; all
// else (members that are content and that no grant has, faults, repeated members, deep nesting)
// it leaves to that.
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

  /// An authorization in the form of v2; nothing where policy_from_v2 has to say what it is.
  std::optional<Observed> read(std::string_view json);

 private:
  struct Parser;  // whose memory serves one policy after the other
  std::unique_ptr<Parser> parser_;
};

}  // namespace authzd
