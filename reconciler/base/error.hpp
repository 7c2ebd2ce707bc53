// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The only error type of authzd. An error is a value with a canonical code, a message that says
// what to do, the context it gathered on its way up, and the details from the remote side.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

/// Return the most specific code that applies; callers branch on it, people read the message.
enum class ErrorCode {
  internal,          // a bug in authzd
  invalid_manifest,  // the desired state cannot be used as written
  invalid_config,    // the configuration or the command line cannot be used as written
  unauthenticated,   // no token is available, or IAM refused it (401)
  forbidden,         // the identity lacks the permission (403)
  not_found,         // 404
  conflict,          // 409, or 412: another policy is in the way, or the ETag changed
  rejected,          // IAM refused the request (400, 415, …)
  quota_exceeded,    // 422: the account holds as many policies as it may
  rate_limited,      // 429
  unavailable,       // no connection, a reset, or 5xx
  timeout,           // one of our time limits expired
  bad_response,      // the reply violates its API
  unsafe_plan,       // a rail holds it
  partial_view,      // IAM shows only a part of the account: unusable for a plan
  foreign_list,      // IAM shows another account: unusable for a plan
  exhausted,         // no file descriptor is left: says nothing about what was to be read
  cancelled,         // authzd is stopping
};

/// The stable CamelCase word for a code, as status and JSON show it ("RateLimited").
std::string_view to_string(ErrorCode code);

/// True if the same call may succeed later without any change.
bool is_transient(ErrorCode code);

/// Details from the remote side. Empty if there was no reply.
struct ErrorDetail {
  int http_status = 0;              // 0: no reply was read
  std::string service_code = {};    // "policy_conflict_error", "BXNIM0415E", …
  std::string transaction_id = {};  // of the request that failed
  std::string conflicts_with = {};  // id of the policy that a 409 names; empty if it names none
  std::optional<std::chrono::milliseconds> retry_after =
      {};                          // as requested in the reply, from the time it was read
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

/// One line: message, then status, service code and transaction id if present.
std::string to_string(const Error& error);

}  // namespace authzd
