// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One policy, in the form of v2 or of v1.
#include "tests/fuzz/policies.hpp"

namespace authzd::fuzz {

void iam_policy(std::string_view input) {
  const auto now = decode_policy(input);
  const bool is_of_another_type = !now && now.error().code == ErrorCode::not_found;
  if (now) check_policy(*now);
  if (!now && !is_of_another_type) check_bad_response(now.error());
  const auto earlier = decode_policy_v1(input);
  if (!earlier) return check_bad_response(earlier.error());
  if (*earlier) check_policy(**earlier);
}

}  // namespace authzd::fuzz
