// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Converts an exchange to the form in a trace. Everything that is not known to be harmless is
// replaced by a pseudonym (pseudonyms.hpp). Secrets and tokens are removed wherever they occur:
// those known by their field, those seen anywhere before, and everything that looks like a JSON web
// token.
#pragma once

#include "reconciler/base/secret.hpp"
#include "reconciler/trace/trace.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace authzd {

struct RawReply {
  int status = 0;
  TraceHeaders headers;
  std::string body;
};

/// As sent and received. It contains secrets.
struct RawExchange {
  TracePeer peer = TracePeer::iam;
  Timestamp at = {};
  std::chrono::milliseconds took{0};
  std::string method;
  std::string target;  // path and query, encoded
  TraceHeaders headers = {};
  std::string body = {};
  std::optional<RawReply> reply = {};
  std::string error = {};
};

class Disguise {
 public:
  /// `key` as for Pseudonyms.
  Disguise(Secret key, PublishedNames names)
      : names_(std::move(names)), pseudonyms_(std::move(key), names_) {}
  Disguise(const Disguise&) = delete;
  Disguise& operator=(const Disguise&) = delete;

  /// The exchange in a form that may be shown. Remembers its secrets for the following ones.
  [[nodiscard]] TraceExchange of(const RawExchange& raw);

 private:
  void learn_secrets(const RawExchange& raw);
  void learn(std::string_view secret);
  [[nodiscard]] std::string scrubbed(std::string_view text) const;
  [[nodiscard]] TraceHeaders headers_of(const TraceHeaders& headers) const;
  [[nodiscard]] TraceBody body_of(std::string_view body, const TraceHeaders& headers) const;
  [[nodiscard]] TraceJson scrubbed_json(const TraceJson& json) const;

  PublishedNames names_;
  Pseudonyms pseudonyms_;
  std::deque<Secret> secrets_;  // the newest last; the oldest are dropped
};

/// A document from IAM with a pseudonym for each text that is not known to be harmless.
TraceJson hidden_json(const Pseudonyms& pseudonyms, const TraceJson& json);

/// The claims of a JSON web token; null if the text is not one.
TraceJson claims_in(std::string_view token);

}  // namespace authzd
