// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The audit log as a chain: any later change to it is detected.

#include "daemon/audit/audit_chain.hpp"

#include "daemon/audit/audit_sinks.hpp"
#include "daemon/cycle/audit_trail.hpp"
#include "tests/support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Lines = std::vector<std::string>;

/// A sink that the test reads, and that may fail.
class MemorySink final : public AuditSink {
 public:
  MemorySink(Lines& lines, const bool& refuses) : lines_(lines), refuses_(refuses) {}

  Result<void> write(const AuditLine& line) override {
    if (refuses_) return Error{ErrorCode::unavailable, "no"};
    lines_.push_back(line.json);
    return {};
  }

 private:
  Lines& lines_;
  const bool& refuses_;
};

class AuditChainTest : public ::testing::Test {
 protected:
  /// A process that writes the log.
  AuditTrail process() const {
    std::vector<std::unique_ptr<AuditSink>> sinks;
    sinks.push_back(std::make_unique<AuditFile>(log));
    return AuditTrail(std::move(sinks), chain);
  }

  static void write(AuditTrail& trail, const std::string& what) {
    AuditApproval approval;
    approval.what = what;
    ASSERT_TRUE(trail.approved(approval));
  }

  void write_five() const {
    AuditTrail trail = process();
    for (const char* what : {"a", "b", "c", "d", "e"}) write(trail, what);
  }

  static Lines lines_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    Lines lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

  void replace(const Lines& lines) const {
    std::ofstream stream(log, std::ios::trunc);
    for (const std::string& line : lines) stream << line << '\n';
  }

  Lines problems(std::uint64_t first = 1, const Lines& older = {}) const {
    ChainCheck check(first);
    std::size_t number = 0;
    for (const std::string& line : older) check.add(line, "old:" + std::to_string(++number));
    number = 0;
    for (const std::string& line : lines_of(log))
      check.add(line, "log:" + std::to_string(++number));
    const auto kept = kept_head(chain);
    EXPECT_TRUE(kept);
    check.end(*kept);
    return check.problems();
  }

  test::TempFolder temporary;
  const std::filesystem::path folder = temporary.path();
  const std::filesystem::path log = folder / "audit.log";
  const std::filesystem::path chain = folder / "state.db.audit";
};

TEST_F(AuditChainTest, IsWholeAsItWasWritten) {
  write_five();

  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(lines_of(log), SizeIs(5));
}

TEST_F(AuditChainTest, WaitsOnceForAProcessThatDoesNotLetGoAndNotWithEachLine) {
  static int pauses;
  pauses = 0;
  AuditChain ours(chain, [] { ++pauses; });
  const auto nothing = [](const ChainHead&) { return AuditChain::Written{}; };
  ASSERT_TRUE(ours.extend(nothing));
  const int other = ::open(chain.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);

  EXPECT_FALSE(ours.extend(nothing));
  const int waited = std::exchange(pauses, 0);
  EXPECT_FALSE(ours.extend(nothing));
  EXPECT_GT(waited, 0);
  EXPECT_EQ(pauses, 0);

  ::close(other);
  EXPECT_TRUE(ours.extend(nothing));
}

TEST_F(AuditChainTest, IsOneOverSeveralProcesses) {
  write_five();
  AuditTrail one = process();
  AuditTrail other = process();
  write(one, "f");
  write(other, "g");
  write(one, "h");

  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(lines_of(log), SizeIs(8));
}

TEST_F(AuditChainTest, FindsAChangeOfAnyLine) {
  write_five();
  const Lines whole = lines_of(log);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Lines changed = whole;
    const auto at = changed[i].find("\"what\":\"") + 8;
    changed[i][at] = 'X';
    replace(changed);

    EXPECT_THAT(problems(), SizeIs(1)) << "line " << i + 1;
  }
}

TEST_F(AuditChainTest, FindsAnyLineThatWasTakenOut) {
  write_five();
  const Lines whole = lines_of(log);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    Lines cut = whole;
    cut.erase(cut.begin() + static_cast<std::ptrdiff_t>(i));
    replace(cut);

    EXPECT_THAT(problems(), SizeIs(1)) << "line " << i + 1;
  }
}

TEST_F(AuditChainTest, FindsALineThatWasPutInOrMoved) {
  write_five();
  Lines lines = lines_of(log);
  lines.insert(lines.begin() + 2, R"({"event":"approval"})");
  replace(lines);
  EXPECT_THAT(problems(), ElementsAre("log:3: this is no line of the log"));

  lines.erase(lines.begin() + 2);
  std::swap(lines[1], lines[2]);
  replace(lines);
  EXPECT_FALSE(problems().empty());
}

TEST_F(AuditChainTest, FindsThatTheEndOrAllOfItIsGone) {
  write_five();
  Lines lines = lines_of(log);
  lines.resize(3);
  replace(lines);
  EXPECT_THAT(problems(), ElementsAre("the end: lines number 4 to 5 are missing"));

  std::filesystem::remove(log);
  EXPECT_THAT(problems(), ElementsAre("the end: lines number 1 to 5 are missing"));
}

TEST_F(AuditChainTest, DoesNotCloseAGapByWritingOn) {
  write_five();
  Lines lines = lines_of(log);
  lines.resize(3);
  replace(lines);
  AuditTrail trail = process();
  write(trail, "f");

  EXPECT_THAT(problems(), ElementsAre("log:4: lines number 4 to 5 are missing before it"));
}

TEST_F(AuditChainTest, GoesOnInTheFileAfterARotation) {
  write_five();
  std::filesystem::rename(log, folder / "audit.log.1");
  AuditTrail trail = process();
  write(trail, "f");

  EXPECT_THAT(problems(1, lines_of(folder / "audit.log.1")), IsEmpty());
  EXPECT_THAT(problems(6), IsEmpty()) << "older files were deleted, and that is said";
  EXPECT_THAT(problems(1), ElementsAre("log:1: lines number 1 to 5 are missing before it"));
}

TEST_F(AuditChainTest, KeepsThePartOfALineThatAFullDiskLeft) {
  write_five();
  std::ofstream(log, std::ios::app) << R"({"event":"outcome","tim)";
  AuditTrail trail = process();
  write(trail, "f");

  EXPECT_THAT(problems(), IsEmpty());
  const auto last = nlohmann::json::parse(lines_of(log).back());
  EXPECT_EQ(last.at("chain").at("cut"), R"({"event":"outcome","tim)");
}

TEST_F(AuditChainTest, GoesOnAfterAProcessThatDiedBeforeItKeptItsLine) {
  write_five();
  const auto kept = *kept_head(chain);
  ASSERT_TRUE(kept);
  std::string line = chained(R"({"event":"outcome"})", *kept, {});
  std::ofstream(log, std::ios::app) << line << '\n';
  AuditTrail trail = process();
  write(trail, "g");

  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(lines_of(log), SizeIs(7));
}

TEST_F(AuditChainTest, BeginsBehindTheLinesOfAnOlderVersion) {
  replace({R"({"event":"intent"})", R"({"event":"outcome"})"});
  write_five();

  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(AuditChainTest, GoesOnFromTheFileWhereItsEndWasLost) {
  write_five();
  std::filesystem::remove(chain);
  AuditTrail trail = process();
  write(trail, "f");

  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(AuditChainTest, TakesNoLineWhereItsEndWasScribbledOver) {
  write_five();
  const std::string whole = "5 " + std::string(64, 'a') + "\n";
  for (const std::size_t place : {0U, 1U, 40U, 66U}) {  // number, space, hash, newline
    std::string kept = whole;
    kept[place] = '\x80';
    std::ofstream(chain, std::ios::trunc) << kept;
    AuditTrail trail = process();

    const auto written = trail.approved({});

    ASSERT_FALSE(written) << place;
    EXPECT_THAT(written.error().message, HasSubstr("it is damaged; move it away")) << place;
  }
}

TEST_F(AuditChainTest, TakesNoLineWhereItsEndCannotBeKept) {
  std::filesystem::create_directory(chain);
  AuditTrail trail = process();

  const auto refused = trail.approved({});

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("state.db.audit"));
  EXPECT_THAT(lines_of(log), IsEmpty());
}

TEST(AuditTrailChain, ReadsALineOfManyMembersInOnePass) {
  std::string line = "{";
  for (int i = 0; i < 200'000; ++i) line += "\"" + std::to_string(i) + "\":1,";
  line += R"("chain":{"number":1,"previous":"x"}})";

  const auto link = link_of(line);

  ASSERT_TRUE(link);
  EXPECT_EQ(link->number, 1U);
}

TEST(AuditTrailChain, IsTheSameForAllSinksAndNumbersWhatOneOfThemMissed) {
  Lines first;
  Lines second;
  bool first_refuses = false;
  const bool never = false;
  std::vector<std::unique_ptr<AuditSink>> sinks;
  sinks.push_back(std::make_unique<MemorySink>(first, first_refuses));
  sinks.push_back(std::make_unique<MemorySink>(second, never));
  AuditTrail trail(std::move(sinks));

  EXPECT_TRUE(trail.approved({}));
  first_refuses = true;
  EXPECT_FALSE(trail.approved({}));
  first_refuses = false;
  EXPECT_TRUE(trail.approved({}));

  EXPECT_EQ(first[0], second[0]);
  ASSERT_TRUE(link_of(first.back()));
  EXPECT_EQ(link_of(first.back())->number, 3U);
  ChainCheck missed(1);
  for (const std::string& line : first) missed.add(line, "log");
  EXPECT_THAT(missed.problems(), ElementsAre("log: line number 2 is missing before it"));
  ChainCheck whole(1);
  for (const std::string& line : second) whole.add(line, "log");
  EXPECT_THAT(whole.problems(), IsEmpty());
}

}  // namespace
}  // namespace authzd
