// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM's refusals: one format for every 4xx of the policy API, another for tokens.
#pragma once

#include "daemon/sandbox/json.hpp"
#include "reconciler/base/result.hpp"

#include <string>

namespace authzd::sandbox {

/// A refusal by the policy API (iam-api §2.6).
struct Problem {
  int status = 400;
  std::string code = {};
  std::string message = {};
  Json details = nullptr;
};

template <class T>
using Outcome = tl::expected<T, Problem>;

/// `return refuse(404, "not_found", "…");` from a function that returns an Outcome.
tl::unexpected<Problem> refuse(int status, std::string code, std::string message);

/// 400 invalid_body with IBM's own text.
tl::unexpected<Problem> refuse_body();
/// 400 invalid_body with another one.
tl::unexpected<Problem> refuse_body(std::string message);

/// {"trace":…,"errors":[{"code","message","details"?}],"status_code":…}, in the order observed.
std::string problem_body(const Problem& problem, const std::string& trace);

/// IAM's refusal with that status, for scripted faults without their own body.
Problem problem_of_status(int status);

}  // namespace authzd::sandbox
