// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From an exchange as it was to the one that a trace keeps. What is not known to be harmless is
// replaced by a stand-in (pseudonyms.hpp); secrets and tokens leave nothing behind, wherever they
// occur: those that are known by their place, those that were seen anywhere before, and whatever
// looks like a JSON web token.
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

/// As it went over the wire. It holds secrets.
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

  /// The exchange as it may be shown. Secrets of this one are remembered for those that follow.
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
  std::deque<Secret> secrets_;  // the newest last; the oldest are forgotten
};

/// A document of IAM's with a stand-in for each text that is not known to be harmless.
TraceJson hidden_json(const Pseudonyms& pseudonyms, const TraceJson& json);

/// The claims of a JSON web token; null where the text is none.
TraceJson claims_in(std::string_view token);

}  // namespace authzd
