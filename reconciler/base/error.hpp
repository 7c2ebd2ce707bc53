// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The one error type of authzd. An error is a value with a canonical code, a message that says what
// to do, the context it gathered on its way up, and what the remote side said about it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// Return the most specific code that applies; callers branch on it, people read the message.
enum class ErrorCode {
  internal,          // a bug of ours
  invalid_manifest,  // the desired state cannot be used as written
  invalid_config,    // the configuration or the command line cannot be used as written
  unauthenticated,   // no token could be had, or IAM refused it (401)
  forbidden,         // the identity may not do this (403)
  not_found,         // 404
  conflict,          // 409, or 412: another policy is in the way, or the ETag moved
  rejected,          // IAM refused the request as such (400, 415, …)
  quota_exceeded,    // 422: the account holds as many policies as it may
  rate_limited,      // 429
  unavailable,       // no connection, a reset, or 5xx
  timeout,           // a limit of ours ran out
  bad_response,      // the reply is not what its API promises
  unsafe_plan,       // a rail holds it back
  partial_view,      // what IAM shows is not all there is: no truth to plan from
  foreign_list,      // what IAM shows is of another account: no truth to plan from
  exhausted,         // no file descriptor is left: it says nothing about what was to be read
  cancelled,         // we are stopping
};

/// The stable CamelCase word for a code, as status and JSON show it ("RateLimited").
std::string_view to_string(ErrorCode code);

/// True where the same call may succeed later without anyone changing anything.
bool is_transient(ErrorCode code);

/// What the remote side said. Empty where there was no reply.
struct ErrorDetail {
  int http_status = 0;              // 0: no reply was read
  std::string service_code = {};    // "policy_conflict_error", "BXNIM0415E", …
  std::string transaction_id = {};  // of the request that failed
  std::string conflicts_with = {};  // id of the policy that a 409 names; empty if it names none
  std::optional<std::chrono::milliseconds> retry_after =
      {};                          // as the reply asked, from when it was read
  bool may_have_happened = false;  // a write was sent and its reply was lost: read before repeating

  bool operator==(const ErrorDetail&) const = default;
};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  ErrorDetail detail = {};

  /// Prepends "while …" as the error travels up: `error.context("listing policies")`.
  Error context(std::string_view doing) &&;

  bool operator==(const Error&) const = default;
};

/// One line: message, then status, service code and transaction id where there are any.
std::string to_string(const Error& error);

}  // namespace authzd
