// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// POST /identity/token: what all of IAM's grant types have in common (iam-api §7).
#pragma once

#include "daemon/iam/token_codec.hpp"
#include "daemon/iam/wire.hpp"
#include "daemon/net/async.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// The fields of a form, each name with its value; encodes the values.
class TokenForm {
 public:
  /// `grant` without "urn:ibm:params:oauth:grant-type:".
  explicit TokenForm(std::string_view grant);

  TokenForm& add(std::string_view name, std::string_view value);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// One request. `secret` is the secret in the form. Errors: those of Wire::send and of
/// decode_token_reply. Idempotent: yes.
Async<Token> request_token(Wire wire, TokenForm form, Secret secret);

/// The token in a reply's body, whoever sent it.
Result<Token> token_in(const WireReply& reply);

/// Adds advice to an error about a refused credential; other errors are not changed.
Error advise(Error error, std::string_view what_to_do);

}  // namespace authzd
