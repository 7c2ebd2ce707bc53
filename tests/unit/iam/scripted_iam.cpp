// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/iam/scripted_iam.hpp"

#include "daemon/record/trace_recorder.hpp"
#include "tests/unit/iam/tokens.hpp"

#include <utility>

namespace authzd::test {
namespace {

constexpr std::chrono::milliseconds kLatency(100);

Result<HttpResponse> take(std::deque<Result<HttpResponse>>& replies, HttpResponse otherwise) {
  if (replies.empty()) return otherwise;
  Result<HttpResponse> reply = std::move(replies.front());
  replies.pop_front();
  return reply;
}

}  // namespace

namespace {

HttpResponse token_with(std::string_view account, std::string_view name) {
  const std::string jwt = make_jwt(R"({"iam_id":"iam-ServiceId-1","account":{"bss":")" +
                                   std::string(account) + R"("},"iat":0,"exp":3600})");
  return json_reply(200, R"({"access_token":")" + jwt + std::string(name) + R"("})");
}

}  // namespace

HttpResponse token_reply(std::string_view name) {
  return token_with("A1", name);
}

HttpResponse token_of_account(std::string_view account) {
  return token_with(account, "token");
}

std::string policy_json(std::string_view id) {
  return R"({"id":")" + std::string(id) + R"(","type":"authorization","state":"active"})";
}

HttpResponse json_reply(int status, std::string body, HttpHeaders headers) {
  return {status, std::move(headers), std::move(body)};
}

Error lost(ErrorCode code, bool may_have_happened) {
  Error error{code, "the connection broke"};
  error.detail.may_have_happened = may_have_happened;
  return error;
}

Async<HttpResponse> ScriptedHttp::send(HttpRequest request) {
  const bool for_token = request.target.ends_with("/identity/token") ||
                         request.target.starts_with("/instance_identity/");
  if (!for_token) sent_at.push_back(clock_.now());
  (for_token ? token_requests : requests).push_back(std::move(request));
  Result<HttpResponse> reply = for_token ? take(token_replies, token_reply())
                                         : take(replies, json_reply(200, policy_json("p")));
  co_await clock_.sleep(kLatency);
  co_return reply;
}

Account::Account(IamOptions options,
                 Log log,
                 Credential credential,
                 std::shared_ptr<TraceRecorder> recorder) {
  options.account = AccountId("a1");
  std::shared_ptr<HttpClient> metadata(std::shared_ptr<void>(), &http);  // owns nothing
  to_iam = metadata;
  if (recorder != nullptr) {
    to_iam = make_recording_client(to_iam, recorder, TracePeer::iam, clock);
    metadata = make_recording_client(metadata, recorder, TracePeer::metadata, clock);
  }
  const IamSeams seams{.http = *to_iam,
                       .clock = clock,
                       .randomness = randomness,
                       .log = std::move(log),
                       .metadata = metadata};
  session = make_session(options, seams, std::move(credential));
  reader = make_policy_reader(session, options);
  writer = make_policy_writer(session);
}

void Account::run_all(std::vector<boost::asio::awaitable<void>> operations) {
  const auto on_end = [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  };
  for (auto& operation : operations) boost::asio::co_spawn(io, std::move(operation), on_end);
  io.restart();
  io.run();
}

}  // namespace authzd::test
