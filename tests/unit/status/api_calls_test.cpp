// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/status/api_calls.hpp"

#include "tests/support/run_async.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace authzd::test {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(ApiCalls, AreNamedByWhatTheyAskForAndNeverByAnId) {
  struct Case {
    const char* method;
    const char* target;
    const char* name;
  };
  const Case cases[] = {
      {"GET", "/v2/policies?account_id=11&type=authorization", "list_policies"},
      {"GET", "/v2/policies/51042d7f", "read_policy"},
      {"POST", "/v2/policies", "create_policy"},
      {"PUT", "/v2/policies/51042d7f", "replace_policy"},
      {"DELETE", "/proxy/v2/policies/51042d7f", "delete_policy"},
      {"PATCH", "/v1/policies/51042d7f", "restore_policy"},
      {"GET", "/v2/roles?account_id=11", "list_roles"},
      {"POST", "/identity/token", "token"},
      {"GET", "/elsewhere?x=/v2/policies", "other"},
  };
  for (const Case& it : cases) {
    EXPECT_EQ(api_operation({it.method, it.target}), it.name) << it.method << " " << it.target;
  }
}

/// Returns scripted replies, in order.
class ScriptedClient : public HttpClient {
 public:
  explicit ScriptedClient(std::deque<Result<HttpResponse>> replies)
      : replies_(std::move(replies)) {}

  Async<HttpResponse> send(HttpRequest) override {
    auto reply = std::move(replies_.front());
    replies_.pop_front();
    co_return reply;
  }

 private:
  std::deque<Result<HttpResponse>> replies_;
};

TEST(ApiCalls, CountEveryExchangeByItsStatus) {
  std::deque<Result<HttpResponse>> replies;
  replies.emplace_back(HttpResponse{200});
  replies.emplace_back(HttpResponse{200});
  replies.emplace_back(HttpResponse{429});
  replies.emplace_back(Error{ErrorCode::timeout, "no answer"});
  const auto calls = std::make_shared<ApiCalls>();
  const auto client =
      make_counting_client(std::make_unique<ScriptedClient>(std::move(replies)), calls);
  boost::asio::io_context io(1);

  for (int i = 0; i < 3; ++i) (void)run(io, client->send({"GET", "/v2/policies?x=1"}));
  const auto failed = run(io, client->send({"POST", "/v2/policies"}));

  EXPECT_FALSE(failed);
  EXPECT_THAT(calls->counts(),
              ElementsAre(Pair(ApiCallKind{"create_policy", "none"}, 1),
                          Pair(ApiCallKind{"list_policies", "200"}, 2),
                          Pair(ApiCallKind{"list_policies", "429"}, 1)));
}

}  // namespace
}  // namespace authzd::test
