// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Notices sent to a server on loopback; waiting is virtual, the sockets are real.
#include "daemon/notify/notifier.hpp"

#include "reconciler/base/digest.hpp"
#include "tests/unit/status/notify_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// printf %s authzd-notice-v1 | openssl dgst -sha256 -hmac the-s3cret-key
constexpr std::string_view kNoticeKey =
    "11f2fac486195a06608752364d8d756ce32b14ea6af814207cb395f578b57c2b";

class NotifierTest : public test::NotifyFixture {
 protected:
  /// Reports `cycles`, and runs until that many requests have arrived or notices were dropped.
  void tell(std::vector<NotifyTarget> targets,
            std::vector<CycleSummary> cycles,
            std::size_t ends,
            std::size_t accounts = 1) {
    Notifier notifier(seams());
    notifier.set_targets(std::move(targets), {}, accounts);
    end_after(ends, [&notifier]() -> boost::asio::awaitable<void> {
      co_await notifier.finish(std::chrono::seconds(10));
    });
    for (const CycleSummary& cycle : cycles) notifier.tell(cycle);
    io.run();
  }

  /// Ends the notifier like the daemon, and then everything that still runs.
  boost::asio::awaitable<void> finish(Notifier& notifier, std::chrono::milliseconds patience) {
    co_await notifier.finish(patience);
    tasks.stop();
  }
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
  EXPECT_THAT(all, HasSubstr("{\"text\":\"authzd (acme), account prod (0123"));
}

TEST_F(NotifierTest, TriesAgainTheSameEventWhereTheTargetFails) {
  replies = {{500}, {429}, {503}};

  tell({{(folder / "url").string(), ""}}, {change("run-1")}, 4);

  ASSERT_THAT(requests, SizeIs(4));
  EXPECT_EQ(requests[0].body, requests[3].body) << "the id is the event's";
}

TEST_F(NotifierTest, GivesUpWhereTheTargetRefusesAndGoesOn) {
  replies = {{404}};

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

CycleSummary change_in(const std::string& account, CycleSummary cycle) {
  cycle.account = AccountId{account};
  cycle.account_name = account;
  cycle.revision = "4f2a91c0d3e18877665544332211ffeeddccbbaa";
  return cycle;
}

TEST_F(NotifierTest, TellsPeopleOnceOfOneCommitInSeveralAccounts) {
  const std::string url = (folder / "url").string();
  std::vector<CycleSummary> cycles;
  for (const char* account : {"a1", "a2", "a3"}) cycles.push_back(change_in(account, change("r")));

  tell({{url, "", NotifyFormat::slack}}, cycles, 1, 3);

  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_THAT(requests[0].body, HasSubstr("3 accounts: 3 created, 0 updated, 0 deleted"));
  EXPECT_THAT(clock.sleeps(), SizeIs(0)) << "all accounts are there: nothing waits for more";
}

TEST_F(NotifierTest, WaitsNoLongerThanItsWindowForOtherAccounts) {
  const std::string url = (folder / "url").string();
  const std::vector<CycleSummary> cycles{change_in("a1", change("r")),
                                         change_in("a2", change("r"))};

  tell({{url, "", NotifyFormat::slack}}, cycles, 1, 50);

  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_THAT(requests[0].body, HasSubstr("2 accounts: 2 created"));
  EXPECT_THAT(clock.sleeps(), testing::ElementsAre(kGroupWindow));
}

TEST_F(NotifierTest, TellsProgramsOfEachAccount) {
  const std::string url = (folder / "url").string();
  const std::vector<CycleSummary> cycles{change_in("a1", change("r")),
                                         change_in("a2", change("r"))};

  tell({{url, "", NotifyFormat::cloudevents}}, cycles, 2, 2);

  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_THAT(requests[1].body, HasSubstr("/authzd/acme/accounts/a2"));
}

TEST_F(NotifierTest, LosesNothingThatWaitsForOtherAccountsAtItsEnd) {
  const std::string url = (folder / "url").string();
  NotifierSeams stopping = seams();
  Notifier notifier(stopping);
  notifier.set_targets({{url, "", NotifyFormat::slack}}, {}, 50);
  notifier.tell(change_in("a1", change("r")));
  EXPECT_FALSE(notifier.is_idle());

  tasks.start("finish", finish(notifier, std::chrono::seconds(10)));
  io.run();

  EXPECT_THAT(requests, SizeIs(1));
}

TEST_F(NotifierTest, TriggersAndResolvesAnIncidentByTheSameKey) {
  NotifyTarget target{(folder / "url").string(), "", NotifyFormat::pagerduty};
  target.routing_key_file = write("routing", "s3cret-routing-key\n");
  CycleSummary failing = change("run-1");
  failing.failure = failing.error = "Unauthenticated";
  CycleSummary well = change("run-2");

  tell({target}, {failing, well}, 2);

  ASSERT_THAT(requests, SizeIs(2)) << "changes are no incidents";
  EXPECT_THAT(requests[0].body, HasSubstr("\"routing_key\":\"s3cret-routing-key\""));
  EXPECT_THAT(requests[0].body, HasSubstr("\"event_action\":\"trigger\""));
  EXPECT_THAT(requests[1].body, HasSubstr("\"event_action\":\"resolve\""));
  const std::string key =
      "\"dedup_key\":\"authzd/acme/0123456789abcdef0123456789abcdef/AccountFailing\"";
  EXPECT_THAT(requests[0].body, HasSubstr(key));
  EXPECT_THAT(requests[1].body, HasSubstr(key));
}

TEST_F(NotifierTest, SaysWhichTemplateCannotBeFilled) {
  NotifyTarget target{(folder / "url").string(), "", NotifyFormat::json_template};
  target.template_file = write("body.json", "{\"message\": \"{headline}\"}");

  tell({target}, {change("run-1")}, 1);

  EXPECT_THAT(requests, SizeIs(0));
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], HasSubstr("body.json"));
  EXPECT_THAT(lines[0], HasSubstr("{headline}, which is not known"));
}

}  // namespace
}  // namespace authzd
