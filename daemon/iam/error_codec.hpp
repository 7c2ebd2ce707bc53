// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM's refusals as Errors: which code, what the person reading it should do, and what IAM said.
#pragma once

#include "daemon/net/http.hpp"
#include "reconciler/base/error.hpp"
#include "reconciler/base/time.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// What a body says about a failure, in any of the shapes that IAM has (iam-api §2.6, §7.1). Empty
/// where it says nothing that can be used.
struct ErrorBody {
  std::string code;
  std::string message;  // printable, and short
  std::string trace;
  std::string conflicts_with;  // id of the policy in the way

  bool operator==(const ErrorBody&) const = default;
};

/// Never fails: a web page, plain text, or nothing are bodies too.
ErrorBody decode_error_body(std::string_view body);

/// What the request was for: it decides what a refusal means.
enum class Purpose {
  token,     // of IAM
  metadata,  // a token of the metadata service
  read,
  write,
  instances,  // a read of Resource Controller
};

/// The error for a reply whose status is not the one that was asked for. It is not_found only where
/// IAM itself says so; any other 404 is bad_response or rejected. `now` stands in for a reply's
/// missing Date.
Error error_from_reply(const HttpResponse& reply, Purpose purpose, Timestamp now);

}  // namespace authzd
