// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What holds for every policy that is read from IAM, whatever it says.
#pragma once

#include "daemon/iam/policy_codec.hpp"
#include "reconciler/base/error.hpp"
#include "reconciler/report/wording.hpp"
#include "tests/fuzz/promises.hpp"

#include <string>
#include <string_view>

namespace authzd::fuzz {

inline constexpr std::string_view kHomeAccount = "a1b2c3d4e5f60718293a4b5c6d7e8f90";

inline void check_bad_response(const Error& error) {
  promise(error.code == ErrorCode::bad_response, "what is not IAM's is a bad response");
  promise_showable(to_string(error), "an error may be shown");
  promise(to_string(error).find('\n') == std::string::npos, "an error is one line");
}

/// What a write would send, in the place that IAM puts it in: with an id.
inline void check_written_to_iam(const Observed& policy) {
  PolicyContent content = policy.content;
  content.extras.clear();  // they are taken off by a write
  std::string body = encode_policy(content);
  promise(body.starts_with('{'), "a policy is written as an object");
  body.insert(1, R"("id":"x",)");
  const auto again = decode_policy(body);
  promise(again.has_value(), "what is written to IAM can be read");
  promise(again->content == content, "what is written to IAM is read as the same");
}

inline void check_policy(const Observed& policy) {
  promise(!policy.id.empty(), "a policy has an id");
  check_written_to_iam(policy);
  const AccountId home{std::string(kHomeAccount)};
  const RoleNames names(policy.role_names.begin(), policy.role_names.end());
  const std::string shown = grant_text(policy.content, home, names);
  promise_showable(shown, "a grant may be shown");
  promise(shown.find('\n') == std::string::npos, "a grant is one line");
}

}  // namespace authzd::fuzz
