// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// No key and no token in any error, log line or trace, whatever fails.

#include "tests/support/temp_folder.hpp"
#include "tests/unit/iam/scripted_iam.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace authzd {
namespace {

using test::Account;
using test::json_reply;
using test::lost;
using test::token_reply;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kToken = "token-that-must-never-be-shown";

/// What a careless server might return: the request's own secrets, in every format of an error.
std::vector<Result<HttpResponse>> echoes(const std::string& secret) {
  std::vector<Result<HttpResponse>> faults;
  for (const int status : {200, 201, 302, 400, 401, 403, 404, 409, 412, 422, 429, 500, 501}) {
    faults.emplace_back(json_reply(status, "plain " + secret));
    faults.emplace_back(json_reply(status, "<html>" + secret));
    faults.emplace_back(
        json_reply(status, R"({"errorCode":"X","errorMessage":")" + secret + "\"}"));
    faults.emplace_back(
        json_reply(status, R"({"errors":[{"code":"X","message":")" + secret + R"("}]})"));
    faults.emplace_back(json_reply(status, R"({"access_token":")" + secret + R"("})"));
  }
  faults.emplace_back(lost(ErrorCode::unavailable, true));
  faults.emplace_back(lost(ErrorCode::timeout, false));
  return faults;
}

Credential key_of_test() {
  return ApiKey{{}, Secret(std::string(test::kKey))};
}

void expect_clean(const std::string& text) {
  EXPECT_THAT(text, Not(HasSubstr(std::string(test::kKey))));
  EXPECT_THAT(text, Not(HasSubstr(std::string(kToken))));
}

/// A trace of all exchanges of one test.
class Recorded {
 public:
  std::shared_ptr<TraceRecorder> recorder() { return recorder_; }

  /// The trace has every exchange, and no secret.
  void expect_clean_trace() {
    const std::string text = [this] {
      std::ifstream in(file_, std::ios::binary);
      return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }();
    expect_clean(text);
    EXPECT_THAT(text, Not(HasSubstr("eyJ")));  // the beginning of every token
    const auto trace = read_trace(text);
    ASSERT_TRUE(trace) << to_string(trace.error());
    EXPECT_GT(trace->exchanges.size(), 60U);
    EXPECT_EQ(trace->exchanges.size(), recorder_->kept());
  }

 private:
  test::TempFolder folder_;
  std::string file_ = folder_.path() / "trace.jsonl";
  test::VirtualClock clock_;
  test::SeededRandomness randomness_{5};
  std::shared_ptr<TraceRecorder> recorder_ = std::make_shared<TraceRecorder>(
      TraceRecorderOptions{.file = file_}, clock_, randomness_, Log());
};

std::string bearer_of(Account& account) {
  EXPECT_TRUE(account.run(account.reader->get(PolicyId("p"))));
  const auto header = find_header(account.http.requests[0].headers, "Authorization");
  return std::string(header.substr(std::string_view("Bearer ").size()));
}

TEST(Secrets, StayOutOfErrorsAndLogsOfTokenRequests) {
  Recorded recorded;
  testing::internal::CaptureStderr();
  for (const auto& fault : echoes(std::string(test::kKey))) {
    Account account({}, Log::to_stderr(true, LogLevel::debug), key_of_test(), recorded.recorder());
    account.http.token_replies.assign(6, fault);
    const auto identity = account.run(account.reader->identity());
    if (!identity) expect_clean(to_string(identity.error()));
  }
  const std::string log = testing::internal::GetCapturedStderr();
  expect_clean(log);
  recorded.expect_clean_trace();
  EXPECT_THAT(log, HasSubstr("/identity/token"));
}

/// An identity, and the secret in the nth of its requests for a token.
struct Leak {
  AuthConfig auth;
  std::string secret;
  int good_replies = 0;  // before that request, on each attempt
};

std::vector<Leak> leaks(const std::string& key_file, const std::string& token) {
  const std::string key(test::kKey);
  AuthConfig container;
  container.base = ContainerTokenAuth{key_file, "a-profile"};
  AuthConfig instance;
  instance.base = VpcInstanceAuth{};
  AuthConfig assumed;
  assumed.base = ApiKeyAuth{key_file};
  assumed.assume_profile = "Profile-1";
  return {{container, key}, {instance, token, 1}, {assumed, key}, {assumed, token, 1}};
}

TEST(Secrets, StayOutOfErrorsAndLogsOfEveryIdentity) {
  const std::string key_file = testing::TempDir() + "authzd_secrets_test";
  std::ofstream(key_file) << test::kKey;
  Account first;
  const std::string token = bearer_of(first);
  Recorded recorded;
  testing::internal::CaptureStderr();
  for (const Leak& leak : leaks(key_file, token)) {
    for (const auto& fault : echoes(leak.secret)) {
      Account account(
          {}, Log::to_stderr(true, LogLevel::debug), Credential(leak.auth), recorded.recorder());
      for (int attempt = 0; attempt < 6; ++attempt) {
        for (int i = 0; i < leak.good_replies; ++i) {
          account.http.token_replies.push_back(token_reply());
        }
        account.http.token_replies.push_back(fault);
      }
      const auto identity = account.run(account.reader->identity());
      if (!identity) expect_clean(to_string(identity.error()));
    }
  }
  const std::string log = testing::internal::GetCapturedStderr();
  std::remove(key_file.c_str());
  expect_clean(log);
  recorded.expect_clean_trace();
  EXPECT_THAT(log, HasSubstr("/instance_identity/v1/iam_token"));
}

TEST(Secrets, StayOutOfErrorsAndLogsOfCalls) {
  Recorded recorded;
  testing::internal::CaptureStderr();
  Account first;
  for (const auto& fault : echoes(bearer_of(first))) {
    Account account({}, Log::to_stderr(true, LogLevel::debug), key_of_test(), recorded.recorder());
    account.http.replies.assign(6, fault);
    const auto listing = account.run(account.reader->list());
    if (!listing) expect_clean(to_string(listing.error()));
    account.http.replies.assign(6, fault);
    const auto written = account.run(account.writer->create({}));
    if (!written) expect_clean(to_string(written.error()));
  }
  const std::string log = testing::internal::GetCapturedStderr();
  expect_clean(log);
  recorded.expect_clean_trace();
  EXPECT_THAT(log, HasSubstr("/v2/policies"));
}

}  // namespace
}  // namespace authzd
