// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace authzd {
namespace {

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

}  // namespace
}  // namespace authzd
