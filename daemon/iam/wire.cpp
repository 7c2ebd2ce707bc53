// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/wire.hpp"

#include "daemon/net/deadline.hpp"
#include "reconciler/base/text.hpp"

#include <cmath>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kTransactionIdDigits = 32;

void remove_secret(std::string& text, const Secret& secret) {
  if (secret.empty()) return;
  const std::string_view bytes = secret.reveal();
  constexpr std::string_view kMask = "[secret]";
  for (auto at = text.find(bytes); at != std::string::npos; at = text.find(bytes, at)) {
    text.replace(at, bytes.size(), kMask);
    at += kMask.size();
  }
}

/// Queries may have page tokens and account ids; a log line needs neither.
std::string path_of(const HttpRequest& request) {
  return request.target.substr(0, request.target.find('?'));
}

/// Whether the reply is a complete answer. 205 and 206 are not, whatever their body; after a write
/// they, and other 2xx, only say that something was done.
bool is_whole_answer(int status, Purpose purpose) {
  switch (purpose) {
    case Purpose::read:
    case Purpose::instances:
    case Purpose::token: return status == 200;
    case Purpose::metadata: return status == 200 || status == 201;
    case Purpose::write: return status == 200 || status == 201 || status == 204;
  }
  return false;
}

std::string_view asked_whom(Purpose purpose) {
  if (purpose == Purpose::metadata) return "asked the metadata service";
  return purpose == Purpose::instances ? "asked Resource Controller" : "asked IAM";
}

std::string per_second(double rate) {
  return std::to_string(std::llround(rate));
}

/// A truncated list would be taken for the whole one.
Error of_unknown_length() {
  return {ErrorCode::unavailable,
          "the reply does not say how long it is, so that a part of it cannot be told from the "
          "whole; check that no proxy answers in IAM's place"};
}

}  // namespace

Error with_reply(Error error, const WireReply& reply) {
  error.detail.http_status = reply.response.status;
  error.detail.transaction_id = reply.transaction_id;
  return error;
}

Wire::Wire(HttpClient& http,
           std::string base_path,
           std::shared_ptr<Pace> pace,
           Clock& clock,
           Randomness& randomness,
           Log log)
    : http_(&http),
      base_path_(std::move(base_path)),
      pace_(std::move(pace)),
      clock_(&clock),
      randomness_(&randomness),
      log_(std::move(log)) {}

/// Slows down every account that shares the pace.
void Wire::slow_down(const Error& error, TokenBucket::Time asked, Purpose purpose) {
  if (error.code != ErrorCode::rate_limited) return;
  const auto rate = pace_->throttle(asked, error.detail.retry_after);
  if (!rate) return;
  log_.warning("asked to slow down (429): the rate is halved, and rises again by itself",
               {{"of", purpose == Purpose::token ? "tokens" : "requests"},
                {"perSecond", per_second(*rate)}});
}

Async<WireReply> Wire::send(HttpRequest request, Purpose purpose, Secret secret, int also) {
  Result<void> entered = co_await pace_->enter();
  if (!entered) co_return std::move(entered).error();

  WireReply reply;
  reply.transaction_id = randomness_->hex(kTransactionIdDigits);
  request.target.insert(0, base_path_);
  request.headers.push_back(HttpHeader{"Transaction-Id", reply.transaction_id});
  const HttpRequest shown{request.method, path_of(request)};
  reply.asked = clock_->ticks();
  auto sending = http_->send(std::move(request));
  // A write that is being sent is awaited, whatever ends the call: its reply says what it did.
  if (purpose == Purpose::write) sending = shielded(std::move(sending));
  Result<HttpResponse> response = co_await std::move(sending);
  const auto took = std::chrono::round<std::chrono::milliseconds>(clock_->ticks() - reply.asked);

  std::optional<Error> error;
  if (!response) {
    error = std::move(response).error();
    // IAM was not slow if it was not reached.
    const bool is_reached = error->detail.may_have_happened;
    if (error->code == ErrorCode::timeout && !is_reached) error->code = ErrorCode::unavailable;
    if (purpose != Purpose::write) error->detail.may_have_happened = false;
    remove_secret(error->message, secret);
  } else {
    reply.response = *std::move(response);
    std::string theirs = transaction_id_of(reply.response);
    remove_secret(theirs, secret);
    if (!theirs.empty()) reply.transaction_id = std::move(theirs);
    if (!is_whole_answer(reply.response.status, purpose)) {
      remove_secret(reply.response.body, secret);
      if (reply.response.status != also) {
        error = error_from_reply(reply.response, purpose, clock_->now());
        remove_secret(error->detail.transaction_id, secret);
        slow_down(*error, reply.asked, purpose);
      }
    } else if ((purpose == Purpose::read || purpose == Purpose::instances) &&
               reply.response.ended_by_close) {
      error = of_unknown_length();
    }
  }
  log_.debug(asked_whom(purpose),
             {{"method", shown.method},
              {"path", shown.target},
              {"status", std::to_string(reply.response.status)},
              {"transaction", reply.transaction_id},
              {"ms", std::to_string(took.count())},
              {"error", error ? error->message : std::string()}});
  if (!error) co_return reply;
  if (error->detail.transaction_id.empty()) error->detail.transaction_id = reply.transaction_id;
  co_return *std::move(error);
}

}  // namespace authzd
