// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What the admin socket answers: pages without a token, and commands.
#include "daemon/http/socket_site.hpp"
#include "tests/integration/admin/admin_fixture.hpp"
#include "tests/support/status_world.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using testing::HasSubstr;
using testing::StartsWith;

class SocketSiteTest : public testing::Test {
 protected:
  SocketSiteTest() {
    SiteParts parts{board, tally, clock, randomness, "1.2.3", Log()};
    parts.token = [] { return Result<Secret>(Secret("a-token-of-some-length")); };
    pages.emplace(std::move(parts));
    site.emplace(SocketSite::Parts{*pages, open, io.get_executor(), Log()});
  }

  HttpReply ask(const std::string& method, const std::string& target, std::string body = {}) {
    return site->answer({method, target, {{"Host", "authzd"}}, std::move(body)}, {});
  }

  /// All that a command answers.
  std::string answer_of(const HttpReply& reply) {
    const auto read = [&reply]() -> awaitable<std::string> {
      std::string all;
      while (true) {
        auto piece = co_await reply.source->next();
        if (!piece || piece->empty()) break;
        all += *piece;
      }
      co_await reply.source->close();
      co_return all;
    };
    return run(io, read());
  }

  static Result<CommandStream::Command> open(const CommandCall& call, Peer) {
    if (call.command == "nonsense") return Error{ErrorCode::not_found, "there is no such command"};
    if (!call.options.empty()) return Error{ErrorCode::rejected, "it takes no options"};
    return [](Console& console) -> awaitable<int> {
      console.out << "done\n";
      co_return 3;
    };
  }

  boost::asio::io_context io{1};
  FakeBoard board = full_board();
  CycleTally tally = full_tally();
  VirtualClock clock{kStatusNow};
  SeededRandomness randomness{1};
  std::optional<StatusSite> pages;
  std::optional<SocketSite> site;
};

TEST_F(SocketSiteTest, ShowsThePagesOfTheListenerWithoutAToken) {
  for (const char* page : {"/", "/api/v1/status", "/api/v1/plan", "/metrics", "/healthz"}) {
    EXPECT_EQ(ask("GET", page).response.status, 200) << page;
  }
  EXPECT_EQ(ask("GET", "/elsewhere").response.status, 404);
  EXPECT_EQ(ask("POST", "/api/v1/a/b").response.status, 404);
  EXPECT_EQ(ask("DELETE", "/api/v1/status").response.status, 405);
}

TEST_F(SocketSiteTest, PerformsACommand) {
  const HttpReply reply = ask("POST", "/api/v1/sync");

  ASSERT_TRUE(reply.source);
  EXPECT_EQ(reply.response.status, 200);
  EXPECT_EQ(find_header(reply.response.headers, "Content-Type"), "application/x-ndjson");
  EXPECT_EQ(answer_of(reply), "{\"out\":\"done\\n\"}\n{\"exit\":3}\n");
}

TEST_F(SocketSiteTest, RefusesBeforeItBegins) {
  const HttpReply unknown = ask("POST", "/api/v1/nonsense");
  const HttpReply wrong = ask("POST", "/api/v1/sync", R"({"wait": true})");
  const HttpReply garbled = ask("POST", "/api/v1/sync", "wait=true");

  EXPECT_EQ(unknown.response.status, 404);
  EXPECT_THAT(unknown.response.body, HasSubstr("there is no such command"));
  EXPECT_EQ(wrong.response.status, 400);
  EXPECT_THAT(wrong.response.body, HasSubstr("it takes no options"));
  EXPECT_EQ(garbled.response.status, 400);
  EXPECT_THAT(garbled.response.body, HasSubstr("is not a JSON object"));
  EXPECT_FALSE(unknown.source || wrong.source || garbled.source);
}

}  // namespace
}  // namespace authzd::test
