// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/record/trace_recorder.hpp"

#include "tests/support/run_async.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace authzd {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class TraceRecorderTest : public testing::Test {
 protected:
  TraceRecorder make(TraceRecorderOptions options) {
    return TraceRecorder(std::move(options), clock, randomness, log);
  }

  RawExchange exchange(std::size_t size = 10) {
    RawExchange raw;
    raw.method = "GET";
    raw.target = "/v2/policies";
    raw.at = clock.now();
    raw.reply = RawReply{200, {}, R"({"description":")" + std::string(size, 'x') + "\"}"};
    return raw;
  }

  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (fs::directory_iterator at(folder.path()), end; at != end; ++at) {
      names.push_back(at->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  test::TempFolder folder;
  test::VirtualClock clock;
  test::SeededRandomness randomness{3};
  std::vector<std::string> lines;
  Log log = Log::to_sink([this](std::string_view line) { lines.emplace_back(line); },
                         [this] { return clock.now(); },
                         true,
                         LogLevel::info);
};

TEST_F(TraceRecorderTest, KeepsATraceThatItsOwnerAloneMayRead) {
  const std::string file = folder.path() / "t.jsonl";
  TraceRecorder recorder = make({.file = file});
  ASSERT_TRUE(recorder.open());
  recorder.describe(Endpoint::open);

  recorder.keep(exchange());
  recorder.keep(exchange());

  struct stat facts {};
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  const auto trace = read_trace(text_of(file));
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_EQ(trace->exchanges.size(), 2U);
  EXPECT_EQ(trace->header.endpoint, Endpoint::open);
  EXPECT_EQ(recorder.kept(), 2U);
  EXPECT_TRUE(lines.empty());
}

TEST_F(TraceRecorderTest, FollowsNoLinkAndReplacesNoFile) {
  const fs::path link = folder.path() / "link";
  const fs::path elsewhere = folder.path() / "elsewhere";
  fs::create_symlink(elsewhere, link);
  std::ofstream(folder.path() / "there") << "mine";

  for (const char* name : {"link", "there"}) {
    TraceRecorder recorder = make({.file = folder.path() / name});
    const auto opened = recorder.open();
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr(name));
  }
  EXPECT_FALSE(fs::exists(elsewhere));
  EXPECT_EQ(text_of(folder.path() / "there"), "mine");
}

TEST_F(TraceRecorderTest, EndsAFileThatIsFullAndSaysSoOnce) {
  const std::string file = folder.path() / "t.jsonl";
  TraceRecorder recorder = make({.file = file, .most_bytes = 4'000});
  ASSERT_TRUE(recorder.open());

  for (int i = 0; i < 50; ++i) recorder.keep(exchange(200));

  const auto trace = read_trace(text_of(file));
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_TRUE(trace->was_cut);
  EXPECT_GT(trace->exchanges.size(), 3U);
  EXPECT_LT(text_of(file).size(), 4'100U);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("what follows is not recorded"));
}

TEST_F(TraceRecorderTest, GoesOnInAFolderAndKeepsTheNewestTraces) {
  std::ofstream(folder.path() / "notes.txt") << "mine";
  std::ofstream(folder.path() / "authzd-20250101T000000Z.trace.jsonl") << "old";
  TraceRecorder recorder = make({.folder = folder.path(), .most_bytes = 2'000, .most_traces = 3});

  for (int i = 0; i < 50; ++i) {
    recorder.keep(exchange(200));
    clock.advance(std::chrono::seconds(1));
  }

  EXPECT_EQ(recorder.kept(), 50U);
  EXPECT_EQ(files().size(), 4U);
  EXPECT_TRUE(fs::exists(folder.path() / "notes.txt"));
  EXPECT_FALSE(fs::exists(folder.path() / "authzd-20250101T000000Z.trace.jsonl"));
  for (const std::string& name : files()) {
    if (!is_trace_name(name)) continue;
    const auto trace = read_trace(text_of(folder.path() / name));
    ASSERT_TRUE(trace) << name << ": " << trace.error().message;
  }
  EXPECT_TRUE(lines.empty());
}

TEST_F(TraceRecorderTest, SaysOnceWhereNothingCanBeWritten) {
  TraceRecorder recorder = make({.folder = folder.path() / "not-there" / "deeper"});

  recorder.keep(exchange());
  recorder.keep(exchange());

  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("No such file or directory"));
  EXPECT_EQ(recorder.kept(), 0U);
}

TEST_F(TraceRecorderTest, MakesItsFolder) {
  TraceRecorder recorder = make({.folder = folder.path() / "traces"});

  recorder.keep(exchange());

  struct stat facts {};
  ASSERT_EQ(::stat((folder.path() / "traces").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
  EXPECT_EQ(recorder.kept(), 1U);
}

TEST_F(TraceRecorderTest, LeavesNoEmptyFile) {
  TraceRecorder recorder = make({.file = folder.path() / "t.jsonl"});
  ASSERT_TRUE(recorder.open());

  recorder.discard();

  EXPECT_TRUE(files().empty());
}

TEST_F(TraceRecorderTest, MakesNoFileInAFolderBeforeThereIsAnExchange) {
  { const TraceRecorder recorder = make({.folder = folder.path()}); }

  EXPECT_TRUE(files().empty());
}

TEST(TraceName, SortsByTimeAndIsKnownAgain) {
  const auto time = *parse_rfc3339("2026-11-30T06:48:13.5Z");

  EXPECT_EQ(trace_name(time, 0), "authzd-20261130T064813Z.trace.jsonl");
  EXPECT_EQ(trace_name(time, 1), "authzd-20261130T064813Z-2.trace.jsonl");
  EXPECT_TRUE(is_trace_name(trace_name(time, 0)));
  EXPECT_TRUE(is_trace_name(trace_name(time, 7)));
  for (const char* name : {"authzd.trace.jsonl",
                           "authzd-2026.trace.jsonl",
                           "authzd-20261130T064813Z-.trace.jsonl",
                           "authzd-20261130T064813Zx.trace.jsonl",
                           "authzd-20261130T064813Z.jsonl",
                           "notes.txt"}) {
    EXPECT_FALSE(is_trace_name(name)) << name;
  }
}

TEST(PublishedNames, HoldServicesAndRoles) {
  const PublishedNames names = published_names();

  EXPECT_TRUE(names.services.contains("kms"));
  EXPECT_TRUE(names.services.contains("server-protect"));
  EXPECT_TRUE(names.roles.contains("Reader"));
  EXPECT_TRUE(names.roles.contains("Service ID creator"));
  EXPECT_TRUE(names.role_crns.contains(
      "crn:v1:bluemix:public:iam-identity::::serviceRole:ServiceIdCreator"));
}

/// Answers as scripted.
class OneReply final : public HttpClient {
 public:
  explicit OneReply(Result<HttpResponse> reply) : reply_(std::move(reply)) {}
  Async<HttpResponse> send(HttpRequest) override { co_return reply_; }

 private:
  Result<HttpResponse> reply_;
};

TEST_F(TraceRecorderTest, ChangesNothingOfWhatTheClientGets) {
  boost::asio::io_context io;
  const std::string file = folder.path() / "t.jsonl";
  const auto recorder =
      std::make_shared<TraceRecorder>(TraceRecorderOptions{.file = file}, clock, randomness, log);
  const Error lost{ErrorCode::timeout, "too late"};
  const auto good =
      make_recording_client(std::make_shared<OneReply>(HttpResponse{200, {{"ETag", "1-x"}}, "{}"}),
                            recorder,
                            TracePeer::iam,
                            clock);
  const auto bad =
      make_recording_client(std::make_shared<OneReply>(lost), recorder, TracePeer::metadata, clock);

  const auto answered = test::run(io, good->send({"GET", "/v2/policies"}));
  const auto failed = test::run(io, bad->send({"GET", "/v2/policies"}));

  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->body, "{}");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), lost);
  const auto trace = read_trace(text_of(file));
  ASSERT_TRUE(trace) << trace.error().message;
  ASSERT_EQ(trace->exchanges.size(), 2U);
  EXPECT_EQ(trace->exchanges[0].reply->status, 200);
  EXPECT_EQ(trace->exchanges[1].error, "Timeout");
  EXPECT_EQ(trace->exchanges[1].peer, TracePeer::metadata);
}

}  // namespace
}  // namespace authzd
