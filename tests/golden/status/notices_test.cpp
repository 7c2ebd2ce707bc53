// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Each format of a notice, as a reviewer reads it: one account, several, and a hostile commit.
#include "daemon/notify/notice_formats.hpp"
#include "daemon/notify/notice_words.hpp"
#include "tests/golden/golden_files.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace authzd::test {
namespace {

const std::string kCommit = "4f2a91c0d3e18877665544332211ffeeddccbbaa";
const std::string kHash(64, 'c');

CycleSummary cycle_of(const std::string& account) {
  CycleSummary cycle;
  cycle.owner = "acme";
  cycle.account = AccountId{"0123456789abcdef0123456789abcdef"};
  cycle.account_name = account;
  cycle.run = "3b700ce9c70c";
  cycle.revision = cycle.newest = kCommit;
  cycle.commit = {kCommit,
                  "Ada Lovelace",
                  "Give disks their key",
                  Timestamp{std::chrono::seconds(1'800'000'000)},
                  "https://github.com/org/repo/commit/" + kCommit};
  cycle.newest_commit = cycle.commit;
  cycle.at = Timestamp{std::chrono::seconds(1'800'000'060)};
  return cycle;
}

CycleSummary changed_cycle(const std::string& account) {
  CycleSummary cycle = cycle_of(account);
  cycle.created = 40;
  cycle.updated = 7;
  for (int i = 1; i <= 5; ++i) {
    cycle.changes.push_back("+ server-protect → kms : Reader  (disks-" + std::to_string(i) + ")");
  }
  return cycle;
}

CycleSummary held_cycle(const std::string& account) {
  CycleSummary cycle = cycle_of(account);
  cycle.holds = {{kHash,
                  "maxDelete",
                  12,
                  "maxDelete: 12 deletes, and the limit is 10",
                  {"- server-protect → kms : Reader  (disks)"}}};
  cycle.hash_of_all = kHash;
  cycle.approve_options = " --config /etc/authzd/eu.yaml";
  return cycle;
}

CycleSummary hostile_cycle() {
  CycleSummary cycle = cycle_of("prod");
  cycle.newest_commit.author = "<!channel> @here";
  cycle.newest_commit.subject = "[pay](https://evil.example) <at>all</at> *now* {text} `rm` \"}";
  cycle.failure = "RevisionRefused";
  cycle.error = "<https://evil.example|log in> & @everyone";
  return cycle;
}

Notice first_of(const CycleSummary& cycle) {
  return notices_of(cycle).front();
}

Notice failing_of(const CycleSummary& cycle) {
  return notices_of(cycle).back();
}

/// Of several accounts, as one message.
Notice grouped(Notice (*notice_of)(const std::string& account)) {
  Notice first = notice_of("prod");
  for (int i = 2; i <= 8; ++i) first.others.push_back(notice_of("a" + std::to_string(i)));
  return first;
}

std::string pretty(const std::string& body) {
  return nlohmann::ordered_json::parse(body).dump(2) + "\n";
}

std::string all_kinds(const std::function<std::string(const Notice&)>& write) {
  const Notice changes =
      grouped([](const std::string& name) { return first_of(changed_cycle(name)); });
  const Notice holds = grouped([](const std::string& name) { return first_of(held_cycle(name)); });
  std::string all;
  for (const Notice& notice : {first_of(changed_cycle("prod")),
                               first_of(held_cycle("prod")),
                               failing_of(hostile_cycle()),
                               changes,
                               holds}) {
    all += pretty(write(notice));
  }
  return all;
}

void expect_golden(const std::string& name, const std::string& text) {
  EXPECT_EQ(text, golden::expected_text("tests/golden/status", name, ".expected", text));
}

TEST(Notices, AreMessagesOfSlack) {
  expect_golden("notice-slack", all_kinds(slack_message));
}

TEST(Notices, AreCardsOfTeams) {
  expect_golden("notice-teams", all_kinds(teams_message));
}

TEST(Notices, AreEventsOfPagerDuty) {
  const Secret key("the-key");
  std::string all = pretty(pagerduty_event(first_of(held_cycle("prod")), key));
  all += pretty(pagerduty_event(failing_of(hostile_cycle()), key));
  const Notice ended{NoticeKind::hold_ended, cycle_of("prod"), "nothing is held any more", {}};
  all += pretty(pagerduty_event(ended, key));
  expect_golden("notice-pagerduty", all);
}

TEST(Notices, AreEventsForPrograms) {
  std::string all = pretty(cloud_event(first_of(changed_cycle("prod")), "id-1"));
  all += pretty(cloud_event(first_of(held_cycle("prod")), "id-2"));
  expect_golden("notice-cloudevents", all);
}

TEST(Notices, FillATemplate) {
  const std::string body =
      R"({"content": "{text}", "embeds": [{"title": "{kind} {account} {accountId} {owner}",)"
      R"( "url": "{link}", "footer": {"text": "{author}: {subject} ({run}, {time}) {{}"}}], "n": 1})";
  expect_golden("notice-template",
                all_kinds([&](const Notice& notice) { return *filled_template(body, notice); }));
}

}  // namespace
}  // namespace authzd::test
