// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/wire.hpp"

#include "reconciler/base/text.hpp"

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

/// Queries may hold page tokens and account ids; a log line needs neither.
std::string path_of(const HttpRequest& request) {
  return request.target.substr(0, request.target.find('?'));
}

bool is_success(int status) {
  return status >= 200 && status < 300;
}

}  // namespace

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

Async<WireReply> Wire::send(HttpRequest request, Purpose purpose, Secret secret) {
  Result<void> entered = co_await pace_->enter();
  if (!entered) co_return std::move(entered).error();

  WireReply reply;
  reply.transaction_id = randomness_->hex(kTransactionIdDigits);
  request.target.insert(0, base_path_);
  request.headers.push_back(HttpHeader{"Transaction-Id", reply.transaction_id});
  const HttpRequest shown{request.method, path_of(request)};
  const auto begun = clock_->ticks();
  Result<HttpResponse> response = co_await http_->send(std::move(request));
  const auto took = std::chrono::round<std::chrono::milliseconds>(clock_->ticks() - begun);

  std::optional<Error> error;
  if (!response) {
    error = std::move(response).error();
    if (purpose != Purpose::write) error->detail.may_have_happened = false;
    remove_secret(error->message, secret);
  } else {
    reply.response = *std::move(response);
    const std::string_view theirs = find_header(reply.response.headers, "Transaction-Id");
    if (!theirs.empty()) reply.transaction_id = printable(theirs);
    if (!is_success(reply.response.status)) {
      remove_secret(reply.response.body, secret);
      error = error_from_reply(reply.response, purpose, clock_->now());
    }
  }
  log_.debug(purpose == Purpose::metadata ? "asked the metadata service" : "asked IAM",
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
