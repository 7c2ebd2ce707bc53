// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace authzd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Lines {
  Log log(bool json, LogLevel level = LogLevel::info) {
    const auto sink = [this](std::string_view line) { text += std::string(line) + "\n"; };
    const auto now = [] { return *parse_rfc3339("2026-11-23T22:51:12.345Z"); };
    return Log::to_sink(sink, now, json, level);
  }
  std::string text;
};

TEST(Log, WritesForPeopleWithWhoInBrackets) {
  Lines lines;
  const auto log = lines.log(false).with("account", "prod").with("run", "r1");

  log.info("policy created", {{"name", "a b"}, {"id", "42"}});

  EXPECT_EQ(lines.text, "2026-11-23T22:51:12Z INFO  [prod r1] policy created name=\"a b\" id=42\n");
}

TEST(Log, WritesJsonWhateverTheBytes) {
  Lines lines;

  lines.log(true).with("run", "r1").error("say \"no\"\\", {{"body", "a\nb\xff\x1b"}});

  EXPECT_EQ(lines.text,
            R"({"time":"2026-11-23T22:51:12.345Z","level":"error","run":"r1",)"
            R"("message":"say \"no\"\\","body":"a\\x0Ab\\xFF\\x1B"})"
            "\n");
}

TEST(Log, LetsNoRemoteTextForgeALine) {
  Lines lines;

  lines.log(false).warning("IAM said", {{"text", "x\n2026 ERROR fake"}});

  EXPECT_EQ(std::count(lines.text.begin(), lines.text.end(), '\n'), 1);
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  Lines lines;
  const auto log = lines.log(false, LogLevel::warning);

  log.info("unseen");
  Log().error("unseen");

  EXPECT_EQ(lines.text, "");
}

/// A journal in memory.
struct Entries {
  Log log(LogLevel level = LogLevel::info) {
    const auto send = [this](std::span<const std::string> fields) {
      entries.emplace_back(fields.begin(), fields.end());
      return result;
    };
    return Log::to_journal(send, level);
  }
  std::vector<std::vector<std::string>> entries;
  int result = 0;
};

TEST(LogToJournal, IsATextWithFields) {
  Entries journal;
  const auto log = journal.log().with("account", "prod").with("run", "r1");

  log.warning("asked too often", {{"perSecond", "2"}, {"error", "a b"}});

  ASSERT_EQ(journal.entries.size(), 1U);
  EXPECT_THAT(journal.entries[0],
              ElementsAre("MESSAGE=[prod r1] asked too often perSecond=2 error=\"a b\"",
                          "PRIORITY=4",
                          "SYSLOG_IDENTIFIER=authzd",
                          "AUTHZD_ACCOUNT=prod",
                          "AUTHZD_RUN=r1",
                          "AUTHZD_PER_SECOND=2",
                          "AUTHZD_ERROR=a b"));
}

TEST(LogToJournal, LetsNoRemoteTextForgeAFieldOrFillTheDisk) {
  Entries journal;
  const std::string body = "x\nPRIORITY=0\x1b" + std::string(1'000'000, 'y');

  journal.log().error("IAM said", {{"body", body}});

  ASSERT_EQ(journal.entries.size(), 1U);
  std::size_t size = 0;
  for (const std::string& field : journal.entries[0]) {
    EXPECT_EQ(field.find('\n'), std::string::npos);
    EXPECT_EQ(field.find('\x1b'), std::string::npos);
    size += field.size();
  }
  EXPECT_LT(size, 64'000U);
}

TEST(LogToJournal, WritesToStandardErrorWhatTheJournalDoesNotTake) {
  Entries journal;
  journal.result = -ENOENT;
  testing::internal::CaptureStderr();

  journal.log().with("account", "prod").error("no token");

  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("ERROR [prod] no token\n"));
}

TEST(Journal, KnowsTheDescriptorThatSystemdConnected) {
  struct stat status {};
  ASSERT_EQ(fstat(STDERR_FILENO, &status), 0);
  const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);

  EXPECT_TRUE(is_connected_to_journal(STDERR_FILENO, stream));
  EXPECT_FALSE(is_connected_to_journal(STDERR_FILENO, stream + "1"));
  EXPECT_FALSE(is_connected_to_journal(STDERR_FILENO, ""));
  EXPECT_FALSE(is_connected_to_journal(-1, stream));
}

}  // namespace
}  // namespace authzd
