// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Notices sent to a server on loopback; waiting is virtual, the sockets are real.
#include "daemon/notify/notifier.hpp"

#include "daemon/net/http_server.hpp"
#include "reconciler/base/digest.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <fstream>

namespace authzd {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kPath = "/hooks/s3cret-path";

// printf %s authzd-notice-v1 | openssl dgst -sha256 -hmac the-s3cret-key
constexpr std::string_view kNoticeKey =
    "11f2fac486195a06608752364d8d756ce32b14ea6af814207cb395f578b57c2b";

class NotifierTest : public ::testing::Test {
 protected:
  NotifierTest() {
    auto made = make_http_server(io.get_executor(), {});
    if (!made) throw std::runtime_error(to_string(made.error()));
    server = std::move(*made);
    write("url", "http://127.0.0.1:" + std::to_string(server->port()) + kPath + "\n");
    tasks.start("server",
                server->serve([this](HttpRequest request) { return answer(std::move(request)); }));
  }
  ~NotifierTest() override { EXPECT_THAT(lines, Each(Not(HasSubstr("s3cret")))); }

  std::string write(const std::string& name, const std::string& text) const {
    return temporary.write(name, text);
  }

  /// Reports `cycles`, and runs until that many requests have arrived or notices were dropped.
  void tell(std::vector<NotifyTarget> targets, std::vector<CycleSummary> cycles, std::size_t ends) {
    const auto keep = [this](std::string_view line) {
      lines.emplace_back(line);
      end_at_last();
    };
    const Log log = Log::to_sink(
        keep, [this] { return clock.now(); }, true, LogLevel::info);
    Notifier notifier({io.get_executor(), clock, randomness, log});
    notifier.set_targets(std::move(targets), {});
    left_ = ends;
    notifier_ = &notifier;
    for (const CycleSummary& cycle : cycles) notifier.tell(cycle);
    io.run();
  }

  /// Ends the notifier like the daemon, and then everything that still runs.
  boost::asio::awaitable<void> finish(Notifier& notifier, std::chrono::milliseconds patience) {
    co_await notifier.finish(patience);
    tasks.stop();
  }

  static CycleSummary change(const std::string& run) {
    CycleSummary cycle;
    cycle.owner = "acme";
    cycle.account = AccountId{"0123456789abcdef0123456789abcdef"};
    cycle.account_name = "prod";
    cycle.run = run;
    cycle.created = 1;
    return cycle;
  }

  boost::asio::io_context io{1};
  test::VirtualClock clock;
  test::SeededRandomness randomness{5};
  Supervisor tasks{io.get_executor(), Log()};
  std::unique_ptr<HttpServer> server;
  test::TempFolder temporary;
  const std::filesystem::path folder = temporary.path();
  std::deque<int> statuses;  // of the next replies; then 204
  std::vector<HttpRequest> requests;
  std::vector<std::string> lines;

 private:
  boost::asio::awaitable<HttpReply> answer(HttpRequest request) {
    requests.push_back(std::move(request));
    HttpReply reply;
    reply.response.status = 204;
    if (!statuses.empty()) {
      reply.response.status = statuses.front();
      statuses.pop_front();
    }
    end_at_last();
    co_return reply;
  }

  void end_at_last() {
    if (left_ == 0 || --left_ > 0) return;
    tasks.start("finish", finish(*notifier_, std::chrono::seconds(10)));
  }

  std::size_t left_ = 0;
  Notifier* notifier_ = nullptr;
};

TEST_F(NotifierTest, PostsASignedEvent) {
  NotifyTarget target{(folder / "url").string(), write("key", "the-s3cret-key\n")};

  tell({target}, {change("run-1")}, 1);

  ASSERT_THAT(requests, SizeIs(1));
  const HttpRequest& request = requests.front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, kPath);
  EXPECT_THAT(request.body, HasSubstr("authzd.v1.ChangeApplied"));
  const std::string time(find_header(request.headers, "X-Authzd-Timestamp"));
  EXPECT_EQ(find_header(request.headers, "X-Authzd-Signature"),
            "sha256=" + hmac_sha256_hex(kNoticeKey, time + "." + request.body));
}

TEST_F(NotifierTest, TrustsTheRootsOfTheTargetAlone) {
  NotifyTarget target{write("https", "https://localhost:1/x\n"), ""};
  target.ca_file = write("roots.pem", "not a certificate\n");

  tell({target}, {change("run-1")}, 1);

  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.back(), HasSubstr("notify.caFile"));
  EXPECT_THAT(lines.back(), HasSubstr("roots.pem"));
}

TEST_F(NotifierTest, SpeaksToEachTargetInItsForm) {
  const std::string url = (folder / "url").string();

  tell(
      {{url, "", NotifyFormat::cloudevents}, {url, "", NotifyFormat::slack}}, {change("run-1")}, 2);

  ASSERT_THAT(requests, SizeIs(2));
  const std::string all = requests[0].body + requests[1].body;
  EXPECT_THAT(all, HasSubstr("\"specversion\":\"1.0\""));
  EXPECT_THAT(all, HasSubstr("{\"text\":\"authzd (acme), account prod: 1 created"));
}

TEST_F(NotifierTest, TriesAgainTheSameEventWhereTheTargetFails) {
  statuses = {500, 429, 503};

  tell({{(folder / "url").string(), ""}}, {change("run-1")}, 4);

  ASSERT_THAT(requests, SizeIs(4));
  EXPECT_EQ(requests[0].body, requests[3].body) << "the id is the event's";
}

TEST_F(NotifierTest, GivesUpWhereTheTargetRefusesAndGoesOn) {
  statuses = {404};

  tell({{(folder / "url").string(), ""}}, {change("run-1"), change("run-2")}, 3);

  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines.front(), HasSubstr("a notice was not delivered"));
  EXPECT_THAT(requests[1].body, HasSubstr("run-2"));
}

TEST_F(NotifierTest, DropsTheOldestWhereTooManyWait) {
  std::vector<CycleSummary> cycles;
  for (int i = 0; i < 101; ++i) cycles.push_back(change("run-" + std::to_string(i)));

  tell({{(folder / "url").string(), ""}}, cycles, 101);

  ASSERT_THAT(requests, SizeIs(100));
  EXPECT_THAT(requests.front().body, HasSubstr("\"run-1\""));
  EXPECT_THAT(lines.front(), HasSubstr("a notice was dropped: too many wait"));
}

TEST_F(NotifierTest, SaysWhatIsWrongWithItsFilesAndGoesOn) {
  const std::string nonsense = write("nonsense", "s3cret, but no URL");

  tell({{(folder / "missing").string(), ""}, {nonsense, ""}}, {change("run-1")}, 2);

  EXPECT_THAT(requests, SizeIs(0));
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0] + lines[1], HasSubstr("missing cannot be read"));
  EXPECT_THAT(lines[0] + lines[1], HasSubstr("the URL is none"));
}

}  // namespace
}  // namespace authzd
