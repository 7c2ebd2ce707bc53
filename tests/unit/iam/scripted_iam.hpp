// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// An IAM that answers as scripted, request by request, and one account's gateways for it.
#pragma once

#include "daemon/iam/iam.hpp"
#include "daemon/net/http.hpp"
#include "daemon/record/trace_recorder.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace authzd::test {

inline constexpr std::string_view kKey = "KEY-that-must-never-be-shown";

/// A token valid for an hour whose text ends in `name`.
HttpResponse token_reply(std::string_view name = "token-that-must-never-be-shown");

/// The same of that account: what a key of another account gets.
HttpResponse token_of_account(std::string_view account);

/// A v2 policy with that id.
std::string policy_json(std::string_view id);

HttpResponse json_reply(int status, std::string body, HttpHeaders headers = {});

/// A transport error.
Error lost(ErrorCode code, bool may_have_happened);

/// Takes a virtual 100 ms for each request, to IAM or to the metadata service. When the script has
/// no more replies, a token request gets a valid token, and any other request a policy.
class ScriptedHttp final : public HttpClient {
 public:
  explicit ScriptedHttp(Clock& clock) : clock_(clock) {}

  Async<HttpResponse> send(HttpRequest request) override;

  std::deque<Result<HttpResponse>> token_replies;
  std::deque<Result<HttpResponse>> replies;
  std::vector<HttpRequest> token_requests;
  std::vector<HttpRequest> requests;  // all but those for tokens
  std::vector<Timestamp> sent_at;     // of `requests`

 private:
  Clock& clock_;
};

struct Account {
  /// With a recorder, it records all exchanges.
  explicit Account(IamOptions options = {},
                   Log log = {},
                   Credential credential = ApiKey{{}, Secret(std::string(kKey))},
                   std::shared_ptr<TraceRecorder> recorder = {});

  /// Runs all of them in parallel, to their end.
  void run_all(std::vector<boost::asio::awaitable<void>> operations);

  template <class T>
  Result<T> run(Async<T> operation) {
    return test::run(io, std::move(operation));
  }

  boost::asio::io_context io;
  VirtualClock clock;
  SeededRandomness randomness{7};
  ScriptedHttp http{clock};
  std::shared_ptr<HttpClient> to_iam;
  std::shared_ptr<Session> session;
  std::unique_ptr<PolicyReader> reader;
  std::unique_ptr<PolicyWriter> writer;
};

}  // namespace authzd::test
