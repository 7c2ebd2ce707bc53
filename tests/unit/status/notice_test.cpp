// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/notify/notice_filter.hpp"
#include "daemon/notify/notice_formats.hpp"
#include "daemon/notify/notice_words.hpp"
#include "daemon/notify/notify_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace authzd {
namespace {

using nlohmann::json;
using std::chrono::minutes;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

CycleSummary quiet_cycle(minutes after = minutes(0)) {
  CycleSummary cycle;
  cycle.owner = "acme";
  cycle.account = AccountId{"0123456789abcdef0123456789abcdef"};
  cycle.account_name = "prod";
  cycle.run = "run-" + std::to_string(after.count());
  cycle.revision = "abc123";
  cycle.at = Timestamp{std::chrono::seconds(1'800'000'000)} + after;
  return cycle;
}

CycleSummary failing_cycle(minutes after, const std::string& word = "Unavailable") {
  CycleSummary cycle = quiet_cycle(after);
  cycle.failure = word;
  cycle.error = "IAM failed (transaction " + cycle.run + ")";
  return cycle;
}

CycleSummary::Drift drift_of(const std::string& policy, const std::string& at) {
  return {"disks", PolicyId{policy}, IamId{"IBMid-55"}, at};
}

CycleSummary held_cycle(minutes after, const std::string& hash) {
  CycleSummary cycle = quiet_cycle(after);
  cycle.holds = {{hash, "maxDelete", 12}};
  return cycle;
}

std::vector<std::string> told(NoticeFilter& filter, const CycleSummary& cycle) {
  std::vector<std::string> kinds;
  for (const Notice& notice : filter.news(cycle)) kinds.emplace_back(to_string(notice.kind));
  return kinds;
}

TEST(Notice, TellsNothingOfAQuietCycle) {
  NoticeFilter filter;

  EXPECT_THAT(told(filter, quiet_cycle()), IsEmpty());
}

TEST(Notice, TellsOfEachThingThatACycleBrought) {
  NoticeFilter filter;
  CycleSummary cycle = held_cycle(minutes(0), "h1");
  cycle.drifts = {drift_of("p-1", "2026-11-24T10:00:00Z")};
  cycle.updated = 2;

  EXPECT_THAT(told(filter, cycle), ElementsAre("DriftFound", "ChangeApplied", "PlanHeld"));
}

TEST(Notice, TellsTheSameOnceADay) {
  NoticeFilter filter;

  EXPECT_THAT(told(filter, held_cycle(minutes(0), "h1")), ElementsAre("PlanHeld"));
  EXPECT_THAT(told(filter, held_cycle(minutes(5), "h1")), IsEmpty());
  EXPECT_THAT(told(filter, held_cycle(24h - minutes(1), "h1")), IsEmpty());
  EXPECT_THAT(told(filter, held_cycle(24h, "h1")), ElementsAre("PlanHeld"));
}

TEST(Notice, TellsAtOnceWhatHasChanged) {
  NoticeFilter filter;

  EXPECT_THAT(told(filter, held_cycle(minutes(0), "h1")), ElementsAre("PlanHeld"));
  EXPECT_THAT(told(filter, held_cycle(minutes(5), "h2")), ElementsAre("PlanHeld"));
  EXPECT_THAT(told(filter, held_cycle(minutes(10), "h1")), ElementsAre("PlanHeld"));
}

TEST(Notice, TellsOfAHoldThatComesBackAfterItWasGone) {
  NoticeFilter filter;
  CycleSummary free = quiet_cycle();
  free.at += minutes(5);

  EXPECT_THAT(told(filter, held_cycle(minutes(0), "h1")), ElementsAre("PlanHeld"));
  EXPECT_THAT(told(filter, free), ElementsAre("HoldEnded"));
  EXPECT_THAT(told(filter, free), IsEmpty());
  EXPECT_THAT(told(filter, held_cycle(minutes(10), "h1")), ElementsAre("PlanHeld"));
}

TEST(Notice, KnowsWhatAnEarlierProcessTold) {
  NoticeFilter earlier;
  CycleSummary failing = held_cycle(minutes(0), "h1");
  failing.failure = failing.error = "Unauthenticated";
  ASSERT_THAT(told(earlier, failing), ElementsAre("PlanHeld", "AccountFailing"));
  NoticeFilter filter;
  filter.recall(failing.account, earlier.told(failing.account));

  failing.at += minutes(5);
  failing.holds.clear();  // a new process has no plan yet
  EXPECT_THAT(told(filter, failing), IsEmpty());
  EXPECT_THAT(told(filter, held_cycle(minutes(10), "h1")), ElementsAre("AccountRecovered"));
}

CycleSummary::EndingUndo ending(const std::string& run, minutes deleted) {
  const Timestamp at = quiet_cycle(deleted).at;
  return {run, 3, at, at + 24h * 10};
}

TEST(Notice, TellsOnceOfEachRunWhoseUndoEnds) {
  NoticeFilter filter;
  CycleSummary cycle = quiet_cycle(24h * 8);
  cycle.ending_undos = {ending("aaa", minutes(0))};

  const auto first = filter.news(cycle);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(to_string(first[0].kind), "UndoEnding");
  EXPECT_THAT(first[0].text, HasSubstr("`authzd undo aaa` brings 3 deleted policies back"));
  EXPECT_THAT(first[0].text, HasSubstr("until 2027-01-25T08:00:00Z"));
  cycle.at += 25h;
  EXPECT_THAT(filter.news(cycle), IsEmpty());

  cycle.ending_undos.push_back(ending("bbb", minutes(5)));
  const auto second = filter.news(cycle);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_THAT(second[0].text, HasSubstr("bbb"));
  EXPECT_THAT(second[0].text, Not(HasSubstr("aaa")));

  NoticeFilter restarted;
  restarted.recall(cycle.account, filter.told(cycle.account));
  EXPECT_THAT(restarted.news(cycle), IsEmpty());
  const json event = json::parse(cloud_event(second[0], "id"));
  EXPECT_EQ(event["data"]["undos"][0]["run"], "bbb");
}

TEST(Notice, TellsOfAnAccountThatFillsUpWithEachPercent) {
  NoticeFilter filter;
  CycleSummary cycle = quiet_cycle();
  cycle.policy_limit = 4'020;
  const auto at = [&](std::size_t policies) {
    cycle.policies = policies;
    cycle.at += 25h;
    return told(filter, cycle);
  };

  EXPECT_THAT(at(3'618), ElementsAre("AccountNearlyFull"));
  EXPECT_THAT(at(3'620), IsEmpty());
  EXPECT_THAT(at(3'700), ElementsAre("AccountNearlyFull"));
  EXPECT_THAT(at(3'620), IsEmpty());
  EXPECT_THAT(at(4'020), ElementsAre("AccountNearlyFull"));
  EXPECT_THAT(at(0), IsEmpty());  // there is room
  const auto again = filter.news([&] {
    cycle.policies = 3'618;
    cycle.at += 25h;
    return cycle;
  }());
  ASSERT_EQ(again.size(), 1U);
  EXPECT_THAT(again[0].text, HasSubstr("3618 authorizations, 90 % of the 4020 policies"));
}

TEST(Notice, BelievesNoTimeToCome) {
  NoticeFilter filter;  // of a host whose clock was years ahead
  ASSERT_THAT(told(filter, held_cycle(24h * 3000, "h1")), ElementsAre("PlanHeld"));

  EXPECT_THAT(told(filter, held_cycle(minutes(0), "h1")), ElementsAre("PlanHeld"));
}

TEST(Notice, FindsEachKindByItsWord) {
  for (const NoticeKind kind : {NoticeKind::drift_found, NoticeKind::account_recovered}) {
    EXPECT_EQ(parse_notice_kind(to_string(kind)), kind);
  }
  EXPECT_FALSE(parse_notice_kind("Nonsense"));
}

TEST(Notice, TellsOfEachDriftOnceHoweverLongItStays) {
  NoticeFilter filter;
  CycleSummary cycle = quiet_cycle();
  cycle.drifts = {drift_of("p-1", "2026-11-24T10:00:00Z")};

  const auto first = filter.news(cycle);
  ASSERT_THAT(first, testing::SizeIs(1));
  EXPECT_EQ(first.front().text,
            "someone else had changed 1 policy of ours: disks (policy p-1) by IBMid-55 at "
            "2026-11-24T10:00:00Z");
  EXPECT_EQ(json::parse(cloud_event(first.front(), "id")).at("data").at("drifts").at(0).at("by"),
            "IBMid-55");
  EXPECT_THAT(told(filter, cycle), IsEmpty());

  cycle.drifts = {drift_of("p-1", "2026-11-24T10:05:00Z")};
  EXPECT_THAT(told(filter, cycle), ElementsAre("DriftFound")) << "changed once more";
}

TEST(Notice, TellsEveryChangeThatWasMade) {
  NoticeFilter filter;
  for (const minutes after : {minutes(0), minutes(5)}) {
    CycleSummary cycle = quiet_cycle(after);
    cycle.created = 1;
    EXPECT_THAT(told(filter, cycle), ElementsAre("ChangeApplied"));
  }
}

TEST(Notice, TellsOfAFailureOnceAndOfItsEnd) {
  NoticeFilter filter;

  EXPECT_THAT(told(filter, failing_cycle(minutes(0))), ElementsAre("AccountFailing"));
  EXPECT_THAT(told(filter, failing_cycle(minutes(5))), IsEmpty()) << "another transaction";
  EXPECT_THAT(told(filter, failing_cycle(minutes(10), "Forbidden")), ElementsAre("AccountFailing"));
  EXPECT_THAT(told(filter, quiet_cycle(minutes(15))), ElementsAre("AccountRecovered"));
  EXPECT_THAT(told(filter, quiet_cycle(minutes(20))), IsEmpty());
  EXPECT_THAT(told(filter, failing_cycle(minutes(25))), ElementsAre("AccountFailing"));
}

TEST(Notice, TellsOfEachAccountOnItsOwn) {
  NoticeFilter filter;
  CycleSummary other = failing_cycle(minutes(0));
  other.account = AccountId{"ffffffffffffffffffffffffffffffff"};

  EXPECT_THAT(told(filter, failing_cycle(minutes(0))), ElementsAre("AccountFailing"));
  EXPECT_THAT(told(filter, other), ElementsAre("AccountFailing"));
  EXPECT_THAT(told(filter, quiet_cycle(minutes(5))), ElementsAre("AccountRecovered"));
}

TEST(Notice, IsACloudEvent) {
  const Notice notice = notices_of(held_cycle(minutes(0), "h1")).front();

  const json event = json::parse(cloud_event(notice, "id-1"));

  EXPECT_EQ(event.at("specversion"), "1.0");
  EXPECT_EQ(event.at("id"), "id-1");
  EXPECT_EQ(event.at("source"), "/authzd/acme/accounts/0123456789abcdef0123456789abcdef");
  EXPECT_EQ(event.at("type"), "authzd.v1.PlanHeld");
  EXPECT_EQ(event.at("subject"), "prod");
  EXPECT_EQ(event.at("time"), "2027-01-15T08:00:00Z");
  EXPECT_EQ(event.at("datacontenttype"), "application/json");
  EXPECT_EQ(event.at("data").at("holds").at(0).at("hash"), "h1");
  EXPECT_EQ(event.at("data").at("revision"), "abc123");
}

TEST(Notice, IsAMessageAsSlackTakesIt) {
  CycleSummary cycle = failing_cycle(minutes(0));
  cycle.error = "<!channel> & \x1b[31m";

  const json message = json::parse(slack_message(notices_of(cycle).front()));

  EXPECT_EQ(message.at("text"),
            "authzd (acme), account prod (0123456789abcdef0123456789abcdef): does not work: "
            "&lt;!channel&gt; &amp; \\x1B[31m\n`authzd status`");
}

TEST(NotifyRequest, IsSignedOverTimeAndBody) {
  const auto url = parse_webhook_url("https://hooks.example/services/T0/s3cret?x=1");
  ASSERT_TRUE(url);
  const CycleSummary cycle = held_cycle(minutes(0), "h1");
  const Notice notice = notices_of(cycle).front();

  const auto made = notify_request(
      *url, NotifyFormat::cloudevents, notice, "id-1", {.signature = Secret("key")}, cycle.at);

  ASSERT_TRUE(made);
  const HttpRequest& request = *made;
  EXPECT_EQ(request.target, "/services/T0/s3cret?x=1");
  EXPECT_EQ(find_header(request.headers, "Content-Type"),
            "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(find_header(request.headers, "X-Authzd-Timestamp"), "1800000000");
  EXPECT_THAT(std::string(find_header(request.headers, "X-Authzd-Signature")),
              testing::MatchesRegex("sha256=[0-9a-f]{64}"));
  const auto unsigned_one = notify_request(*url, NotifyFormat::slack, notice, "id-1", {}, cycle.at);
  EXPECT_EQ(find_header(unsigned_one->headers, "X-Authzd-Signature"), "");
}

TEST(NotifyRequest, ShowsNothingOfAUrlThatIsNone) {
  for (const std::string_view text : {"hooks.example/s3cret",
                                      "ftp://hooks.example/s3cret",
                                      "https:///s3cret",
                                      "https://h/a s3cret",
                                      "https://user:s3cret@hooks.example/x",
                                      "https://h/a#s3cret"}) {
    const auto url = parse_webhook_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_THAT(url.error().message, Not(HasSubstr("s3cret")));
  }
  EXPECT_EQ(parse_webhook_url("https://hooks.example")->target.reveal(), "/");
  EXPECT_EQ(parse_webhook_url("https://hooks.example?a=b")->target.reveal(), "/?a=b");
}

CycleSummary violated_cycle(minutes after, std::vector<std::string> violations) {
  CycleSummary cycle = quiet_cycle(after);
  cycle.violations = std::move(violations);
  cycle.violations_text = "the assertion keys-at-home is violated";
  return cycle;
}

TEST(Notice, TellsOnceThatAssertionsAreViolatedByTheSamePolicies) {
  NoticeFilter filter;

  EXPECT_THAT(told(filter, violated_cycle(minutes(0), {"a policy 1"})),
              ElementsAre("AssertionViolated"));
  EXPECT_THAT(told(filter, violated_cycle(72h, {"a policy 1"})), IsEmpty());
  EXPECT_THAT(told(filter, violated_cycle(73h, {"a policy 1", "a policy 2"})),
              ElementsAre("AssertionViolated"));
  EXPECT_THAT(told(filter, failing_cycle(74h)), ElementsAre("AccountFailing"));
  EXPECT_THAT(told(filter, violated_cycle(75h, {"a policy 1", "a policy 2"})),
              ElementsAre("AccountRecovered"))
      << "a cycle without a plan says nothing of assertions";
  EXPECT_THAT(told(filter, quiet_cycle(76h)), IsEmpty());
  EXPECT_THAT(told(filter, violated_cycle(77h, {"a policy 1"})), ElementsAre("AssertionViolated"));
}

TEST(Notice, NamesWhatViolatesAnAssertionInItsData) {
  const auto notices = notices_of(violated_cycle(minutes(0), {"keys-at-home policy 1"}));
  ASSERT_FALSE(notices.empty());

  const json event = json::parse(cloud_event(notices[0], "id"));

  EXPECT_EQ(event.at("type"), "authzd.v1.AssertionViolated");
  EXPECT_EQ(event.at("data").at("violations"), json::array({"keys-at-home policy 1"}));
  EXPECT_EQ(event.at("data").at("text"), "the assertion keys-at-home is violated");
}

TEST(NoticeWords, LeadToOneApprovalOfAllThatIsHeld) {
  CycleSummary cycle = held_cycle(minutes(0), "h1");
  cycle.holds.push_back({"h2", "adopted", 3});
  cycle.hash_of_all = "all-of-it";
  const Notice notice = notices_of(cycle).front();

  EXPECT_THAT(words_of(notice).commands, ElementsAre("authzd approve all-of-it"));
  EXPECT_THAT(notice.text, HasSubstr("(authzd approve all-of-it)"));
  EXPECT_THAT(notice.text, Not(HasSubstr("approve h1")));
  const json event = json::parse(cloud_event(notice, "id"));
  EXPECT_EQ(event.at("data").at("approve"), "authzd approve all-of-it");
}

TEST(NoticeWords, SayThatAnAdoptionLeavesAccessAsItWas) {
  CycleSummary cycle = quiet_cycle();
  cycle.updated = 299;
  cycle.marker_only = 299;

  EXPECT_THAT(words_of(notices_of(cycle).front()).title,
              HasSubstr("0 created, 299 updated (marker only: access is as before), 0 deleted"));
  cycle.marker_only = 290;
  EXPECT_THAT(words_of(notices_of(cycle).front()).title,
              HasSubstr("299 updated (290 of them marker only"));
}

TEST(NoticeWords, SayWhoTookBackWhichRun) {
  CycleSummary cycle = quiet_cycle();
  cycle.created = 2;
  cycle.done_by = "undo of run 3b70c1d2, by ada (uid 1000)";
  cycle.asked_by = "ada (uid 1000)";
  cycle.undoes = "3b70c1d2";
  const Notice notice = notices_of(cycle).front();

  EXPECT_THAT(words_of(notice).title,
              HasSubstr("undo of run 3b70c1d2, by ada (uid 1000): 2 created"));
  const json event = json::parse(cloud_event(notice, "id"));
  EXPECT_EQ(event.at("data").at("undoes"), "3b70c1d2");
  EXPECT_EQ(event.at("data").at("askedBy"), "ada (uid 1000)");
}

}  // namespace
}  // namespace authzd
