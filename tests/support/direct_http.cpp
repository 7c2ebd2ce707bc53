// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/direct_http.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace authzd::test {
namespace {

constexpr std::chrono::milliseconds kReadLimit(30'000);

Error lost(ErrorCode code, std::string message) {
  Error error{code, std::move(message)};
  error.detail.may_have_happened = true;
  return error;
}

}  // namespace

Async<HttpResponse> DirectHttp::send(HttpRequest request) {
  const std::chrono::milliseconds at_once{0};
  co_await clock_.sleep(at_once);  // yields to others, like a socket
  if (hangs && hangs(request)) {
    boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                    boost::asio::steady_timer::time_point::max());
    co_await never.async_wait(kTuple);
    co_return lost(ErrorCode::unavailable, "the connection was closed before a reply came");
  }
  if (intercept) {
    if (auto reply = intercept(request)) co_return std::move(*reply);
  }
  sandbox::SandboxReply reply = service_.handle(request, clock_.now());
  if (after_done) after_done(request);
  const auto limit = request.may_be_silent ? request.longest.value_or(kReadLimit) : kReadLimit;
  if (reply.delay > limit) {
    co_await clock_.sleep(limit);
    co_return lost(ErrorCode::timeout, "no reply within " + to_string(limit));
  }
  if (reply.delay.count() > 0) co_await clock_.sleep(reply.delay);
  if (reply.cut != HttpReply::Cut::none) {
    co_return lost(ErrorCode::unavailable, "the connection was closed before the reply's end");
  }
  keep_token(reply.response);
  co_return std::move(reply.response);
}

void DirectHttp::keep_token(const HttpResponse& response) {
  constexpr std::string_view kMember = "\"access_token\":\"";
  const auto at = response.body.find(kMember);
  if (at == std::string::npos) return;
  const auto begin = at + kMember.size();
  tokens_.push_back(response.body.substr(begin, response.body.find('"', begin) - begin));
}

}  // namespace authzd::test
