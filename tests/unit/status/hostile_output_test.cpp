// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Text that people wrote in IAM and in the repository, in all output of the daemon.
#include "daemon/console/account_page.hpp"
#include "daemon/console/overview.hpp"
#include "daemon/log.hpp"
#include "daemon/notify/notice_formats.hpp"
#include "daemon/status/status_report.hpp"
#include "tests/support/hostile_text.hpp"
#include "tests/support/status_world.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace authzd::test {
namespace {

const std::string kCommit = "4f2a91c0d3e18877665544332211ffeeddccbbaa";

Condition condition_with(const std::string& text) {
  return {true, text, text, kStatusNow};
}

DaemonStatus status_with(const std::string& text) {
  AccountStatus account = troubled_account();
  account.name = text;
  account.id = AccountId{text};
  account.ready = account.stalled = account.held = condition_with(text);
  account.attempted_revision = account.applied_revision = text;
  account.attempted_commit = account.applied_commit = {kCommit, text, text, kStatusNow, text};
  account.holds = {HeldActions{text, text, text, 1}};
  account.failing = {FailingObject{text, PolicyId{text}, text, text, {}}};
  DaemonStatus daemon;
  daemon.accounts = {std::move(account)};
  daemon.refused_reload = RefusedReload{kStatusNow, text};
  daemon.rollout = some_rollout();
  daemon.rollout->revision = daemon.rollout->stopped = text;
  daemon.rollout->waves[0].text = daemon.rollout->waves[0].match = text;
  daemon.rollout->waves[0].why = text;
  return daemon;
}

CycleSummary cycle_with(const std::string& text) {
  CycleSummary cycle;
  cycle.owner = cycle.account_name = cycle.run = cycle.revision = text;
  cycle.account = AccountId{text};
  cycle.drifts = {{text, PolicyId{text}, IamId{text}, text}};
  cycle.holds = {{text, text, 1}};
  cycle.failure = cycle.error = text;
  cycle.revision = cycle.newest = kCommit;
  cycle.commit = cycle.newest_commit = {kCommit, text, text, {}, text};
  return cycle;
}

std::string log_line(const std::string& text, bool json) {
  std::string line;
  const Log log = Log::to_sink([&line](std::string_view written) { line += written; },
                               [] { return kStatusNow; },
                               json,
                               LogLevel::info);
  log.with("account", text).warning(text, {{"error", text}});
  return line;
}

std::string accounts_page(const DaemonStatus& daemon, const std::string& text) {
  return console::overview_page({text, kStatusNow}, {daemon, {text, "", "", 1}, {}});
}

std::string account_page(const DaemonStatus& daemon, const std::string& text) {
  const AccountView account{daemon.accounts.front(), std::chrono::minutes(5), nullptr};
  return console::account_page({text, kStatusNow}, {account, {}, {}, {}});
}

using Outputs = std::vector<std::pair<std::string, std::string>>;

Outputs outputs_of(const std::string& text) {
  const DaemonStatus daemon = status_with(text);
  Outputs outputs{{"status_text", status_text(daemon, kStatusNow, {})},
                  {"status_json", status_json(daemon)},
                  {"the page of all accounts", accounts_page(daemon, text)},
                  {"the page of an account", account_page(daemon, text)},
                  {"log", log_line(text, false)},
                  {"log as JSON", log_line(text, true)}};
  for (const Notice& notice : notices_of(cycle_with(text))) {
    const std::string kind(to_string(notice.kind));
    outputs.emplace_back(kind + " as an event", cloud_event(notice, "1"));
    outputs.emplace_back(kind + " for Slack", slack_message(notice));
    outputs.emplace_back(kind + " for Teams", teams_message(notice));
    outputs.emplace_back(kind + " for PagerDuty", pagerduty_event(notice, Secret("key")));
    const auto filled = filled_template(R"({"a": "{text} {subject} {author} {link}"})", notice);
    outputs.emplace_back(kind + " by a template", filled ? *filled : "\x1b[2J");
  }
  return outputs;
}

TEST(EveryOutput, PassesNothingOnThatDrivesATerminalOrHides) {
  for (const auto& [name, output] : outputs_of(hostile_text())) {
    EXPECT_EQ(find_hostile(output), "") << name << ":\n" << output;
  }
}

TEST(EveryOutput, IsOneLineWhereItIsALine) {
  for (const bool json : {false, true}) {
    EXPECT_EQ(log_line(hostile_text(), json).find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace authzd::test
