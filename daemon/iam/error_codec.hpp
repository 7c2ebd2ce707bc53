// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// IAM's refusals as Errors: the code, the advice for the reader, and IAM's message.
#pragma once

#include "daemon/net/http.hpp"
#include "reconciler/base/error.hpp"
#include "reconciler/base/time.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// The failure that a body reports, in any of IAM's formats (iam-api §2.6, §7.1). Empty if it has
/// nothing usable.
struct ErrorBody {
  std::string code;
  std::string message;  // printable, and short
  std::string trace;
  std::string conflicts_with;  // id of the conflicting policy

  bool operator==(const ErrorBody&) const = default;
};

/// Never fails: a web page, plain text, or nothing are bodies too.
ErrorBody decode_error_body(std::string_view body);

/// The purpose of the request: the meaning of a refusal depends on it.
enum class Purpose {
  token,     // of IAM
  metadata,  // a token of the metadata service
  read,
  write,
  instances,  // a read of the Resource Controller
};

/// By what IBM finds the request; empty: the reply does not say. Nothing in it looks like a secret.
std::string transaction_id_of(const HttpResponse& reply);

/// The error for a reply with an unexpected status. It is not_found only if IAM itself says so; any
/// other 404 is bad_response or rejected. `now` replaces a reply's missing Date.
Error error_from_reply(const HttpResponse& reply, Purpose purpose, Timestamp now);

}  // namespace authzd
