// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/status/notify_fixture.hpp"

#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>

#include <stdexcept>
#include <utility>

namespace authzd::test {

NotifyFixture::NotifyFixture() {
  auto made = make_http_server(io.get_executor(), {});
  if (!made) throw std::runtime_error(to_string(made.error()));
  server = std::move(*made);
  write("url", origin() + kPath + "\n");
  tasks.start("server",
              server->serve([this](HttpRequest request) { return answer(std::move(request)); }));
}

NotifyFixture::~NotifyFixture() {
  EXPECT_THAT(lines, testing::Each(testing::Not(testing::HasSubstr("s3cret"))));
}

std::string NotifyFixture::origin() const {
  return "http://127.0.0.1:" + std::to_string(server->port());
}

NotifierSeams NotifyFixture::seams() {
  const auto keep = [this](std::string_view line) {
    lines.emplace_back(line);
    end_at_last();
  };
  Log log = Log::to_sink(
      keep, [this] { return clock.now(); }, true, LogLevel::info);
  return {io.get_executor(), clock, randomness, std::move(log)};
}

void NotifyFixture::end_after(std::size_t ends,
                              std::function<boost::asio::awaitable<void>()> finish) {
  left_ = ends;
  finish_ = std::move(finish);
}

CycleSummary NotifyFixture::change(const std::string& run) {
  CycleSummary cycle;
  cycle.owner = "acme";
  cycle.account = AccountId{"0123456789abcdef0123456789abcdef"};
  cycle.account_name = "prod";
  cycle.run = run;
  cycle.created = 1;
  return cycle;
}

boost::asio::awaitable<HttpReply> NotifyFixture::answer(HttpRequest request) {
  requests.push_back(std::move(request));
  HttpReply reply;
  reply.response.status = 204;
  if (!replies.empty()) {
    reply.response = std::move(replies.front());
    replies.pop_front();
  }
  end_at_last();
  if (hangs) {
    boost::asio::steady_timer never(io, boost::asio::steady_timer::time_point::max());
    co_await never.async_wait(kTuple);
  }
  co_return reply;
}

boost::asio::awaitable<void> NotifyFixture::end() {
  co_await finish_();
  tasks.stop();
}

void NotifyFixture::end_at_last() {
  if (left_ == 0 || --left_ > 0) return;
  tasks.start("finish", end());
}

}  // namespace authzd::test
