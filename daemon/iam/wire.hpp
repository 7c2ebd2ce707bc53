// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// One exchange with IAM: with pace, transaction id and log line; a refusal becomes an Error. It
// does not retry, and does not know about tokens.
#pragma once

#include "daemon/iam/error_codec.hpp"
#include "daemon/iam/pace.hpp"
#include "daemon/log.hpp"
#include "daemon/net/clock.hpp"
#include "daemon/net/http.hpp"
#include "reconciler/base/secret.hpp"

#include <memory>
#include <string>

namespace authzd {

struct WireReply {
  HttpResponse response;  // a complete answer: status 200, or 201 and 204 for a write; or `also`
  std::string transaction_id;  // the reply's, or else the sent one
  TokenBucket::Time asked{};   // when the request was sent
};

/// Everything a Wire borrows must outlive it. Copies share the pace.
class Wire {
 public:
  /// `base_path` precedes each target: the path of the endpoint's URL, often empty.
  Wire(HttpClient& http,
       std::string base_path,
       std::shared_ptr<Pace> pace,
       Clock& clock,
       Randomness& randomness,
       Log log);

  /// `secret` is the secret in the request; a refusal that repeats it is redacted. `also` is a
  /// status that is no error to the caller, who examines the body of that refusal.
  /// Errors: those of HttpClient::send and of Pace::enter, and those of error_from_reply. Each has
  /// a transaction id, and `may_have_happened` only for writes. A 429 slows the pace.
  Async<WireReply> send(HttpRequest request, Purpose purpose, Secret secret, int also = 0);

 private:
  void slow_down(const Error& error, TokenBucket::Time asked, Purpose purpose);

  HttpClient* http_;
  std::string base_path_;
  std::shared_ptr<Pace> pace_;
  Clock* clock_;
  Randomness* randomness_;
  Log log_;
};

/// The error with the details of the reply whose body caused it.
Error with_reply(Error error, const WireReply& reply);

}  // namespace authzd
