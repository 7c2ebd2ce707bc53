// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Commands that the daemon runs for its clients, with the sandbox.
#include "daemon/admin/unix_socket.hpp"
#include "daemon/net/http_codec.hpp"
#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <unistd.h>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using testing::HasSubstr;
using testing::Not;

/// The hashes that a text says to approve, each once.
/// Of each hold by itself.
std::vector<std::string> hashes_in(const std::string& text) {
  const std::string kCommand = "only this: authzd approve ";
  std::set<std::string> hashes;
  for (auto at = text.find(kCommand); at != std::string::npos; at = text.find(kCommand, at + 1)) {
    hashes.insert(text.substr(at + kCommand.size(), 64));
  }
  return {hashes.begin(), hashes.end()};
}

TEST_F(DeskTest, AppliesAfterAYesAndRecordsWhoSaidIt) {
  write_manifest("storage", {"kms", "hs-crypto"});
  start();
  TestConsole console;
  console.answers = {"yes"};

  EXPECT_EQ(call({"apply"}, console), 0);

  EXPECT_THAT(console.questions, testing::ElementsAre("Apply this plan?"));
  EXPECT_THAT(console.shown(), HasSubstr("Applied: 2 created"));
  EXPECT_EQ(ours(), 2U);
  const auto runs = state().runs.last(1);
  ASSERT_TRUE(runs && runs->size() == 1);
  EXPECT_EQ(runs->front().start.kind, RunKind::apply);
  EXPECT_THAT(runs->front().start.who, HasSubstr("(uid " + std::to_string(getuid()) + ")"));
}

TEST_F(DeskTest, WritesNothingAfterANo) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  console.answers = {"no"};

  EXPECT_EQ(call({"apply"}, console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("Nothing was done."));
  EXPECT_EQ(ours(), 0U);
}

TEST_F(DeskTest, WritesNothingWhereThePlanChangedWhileThePersonRead) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  console.answers = {"yes"};
  console.meanwhile = [this]() -> awaitable<void> {
    write_manifest("storage", {"kms", "hs-crypto"});
    co_return;
  };

  EXPECT_EQ(call({"apply"}, console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("it has changed since it was shown"));
  EXPECT_THAT(console.shown(), HasSubstr("Plan: 2 to create")) << "it is shown, and asked again";
  EXPECT_EQ(console.questions.size(), 2U);
  EXPECT_EQ(ours(), 0U);
}

TEST_F(DeskTest, AsksNobodyWhereThereIsNoTerminal) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  console.can_ask = false;

  EXPECT_EQ(call({"apply"}, console), 64);
  EXPECT_EQ(ours(), 0U);
  EXPECT_EQ(call({"apply", "--yes"}, console), 0);
  EXPECT_EQ(ours(), 1U);
}

TEST_F(DeskTest, EndsAnApplyBetweenTwoWritesWhenItsClientLeaves) {
  for (const char* source :
       {"server-protect", "messagehub", "schematics", "cloud-object-storage"}) {
    write_manifest(source, {"kms", "hs-crypto"}, source);
  }
  start();
  std::unique_ptr<ByteStream> stream;
  std::size_t posts = 0;
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    const bool is_create = request.method == "POST" && request.target == "/v2/policies";
    if (is_create && ++posts == 1) stream->reset();
    return std::nullopt;
  };
  const auto ask = [&]() -> awaitable<bool> {
    const CommandCall apply = call_of({"apply", "--yes"}).value();
    const auto asked = encode_request({.method = "POST",
                                       .target = "/api/v1/apply",
                                       .headers = {{"Host", "authzd"}},
                                       .body = encode_body(apply)});
    stream = std::move(*co_await connect_unix(socket()));
    const auto asking = co_await stream->write(*asked);
    EXPECT_TRUE(asking);
    std::array<char, 4096> part;
    while (true) {
      const auto size = co_await stream->read_some(part);
      if (!size || *size == 0) co_return true;
    }
  };

  const auto wait_for_turn = [&]() -> awaitable<bool> {
    const auto turn = co_await account->turn();
    co_return true;
  };

  EXPECT_TRUE(during(ask()));
  EXPECT_TRUE(during(wait_for_turn()))
      << "the apply ends, and the account is free for the next one";
  TestConsole after;
  EXPECT_EQ(call({"runs"}, after), 0);

  EXPECT_GE(posts, 1U);
  EXPECT_LE(posts, 3U) << "the rest was not begun";
  EXPECT_EQ(ours(), posts);
  const auto known = state().policies.known();
  ASSERT_TRUE(known);
  EXPECT_EQ((*known)->size(), posts) << "what was written is remembered";
}

TEST_F(DeskTest, WritesThePlanWhereTheClientIs) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;

  EXPECT_EQ(call({"plan", "--out", "json=plan.json", "--detailed-exitcode"}, console), 2);

  EXPECT_THAT(console.files.at("plan.json"), HasSubstr("\"formatVersion\""));
  EXPECT_FALSE(std::filesystem::exists("plan.json"));
}

TEST_F(DeskTest, SaysWhatItDoesNotDoForAClient) {
  start();
  TestConsole console;

  EXPECT_EQ(call({"run"}, console), 64);
  EXPECT_EQ(call({"plan", "--mode", "sync"}, console), 64);
  EXPECT_EQ(call({"list", "--account", "elsewhere"}, console), 64);
  EXPECT_EQ(call({"nonsense"}, console), 64);

  EXPECT_THAT(console.complained(), HasSubstr("a daemon has no command \"run\""));
  EXPECT_THAT(console.complained(), HasSubstr("add --local"));
  EXPECT_THAT(console.complained(), HasSubstr("no account elsewhere"));
}

TEST_F(DeskTest, RefusesAClientOfAnotherConfiguration) {
  start();
  TestConsole console;
  const CommandCall status{.command = "status", .config = "/etc/authzd/other.yaml"};

  const auto code = AdminTest::call(status, console);

  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ErrorCode::rejected);
  EXPECT_THAT(code.error().message, HasSubstr("runs /etc/authzd/authzd.yaml, not"));
}

TEST_F(DeskTest, HoldsFirstDeletesUntilTheyAreApproved) {
  write_manifest("storage", {"kms"});
  write_manifest("backup", {"hs-crypto"});
  start();
  TestConsole console;
  ASSERT_EQ(call({"apply", "--yes"}, console), 0);
  ASSERT_EQ(ours(), 2U);
  std::filesystem::remove(directory / "manifests" / "backup.yaml");
  TestConsole held;
  EXPECT_EQ(call({"apply", "--yes"}, held), 3) << "--yes approves nothing";
  ASSERT_EQ(ours(), 2U);
  const std::string text = held.shown();
  const auto at = text.find("authzd approve ");
  ASSERT_NE(at, std::string::npos) << text;
  const std::string hash = text.substr(at + 15, 64);

  TestConsole unknown;
  EXPECT_EQ(call({"approve", "0123456789abcdef"}, unknown), 1);
  TestConsole approved;
  EXPECT_EQ(call({"approve", hash.substr(0, 32), "--yes"}, approved), 0);
  EXPECT_EQ(call({"apply", "--yes"}, console), 0);

  EXPECT_THAT(unknown.complained(), HasSubstr(hash)) << "says what is held now";
  EXPECT_THAT(approved.shown(), HasSubstr("server-protect → hs-crypto : Reader"));
  EXPECT_THAT(approved.shown(), HasSubstr("Approved by "));
  EXPECT_EQ(ours(), 1U);
}

TEST_F(DeskTest, ApprovesSeveralHoldsOrNone) {
  write_manifest("storage", {"kms", "hs-crypto"});
  write_manifest("backup", {"hs-crypto"}, "messagehub");
  spec.rails.limits.max_create = 2;
  spec.rails.allow.targets = std::set<std::string>{"kms"};
  start();
  TestConsole held;
  EXPECT_EQ(call({"apply", "--yes"}, held), 3);
  ASSERT_EQ(ours(), 0U);
  const std::vector<std::string> hashes = hashes_in(held.shown());
  ASSERT_EQ(hashes.size(), 2U) << held.shown();

  TestConsole half;
  EXPECT_EQ(call({"approve", "--yes", hashes[0], "0123456789abcdef"}, half), 1);
  EXPECT_THAT(half.complained(), HasSubstr("Nothing was approved."));
  EXPECT_EQ(call({"apply", "--yes"}, held), 3);
  EXPECT_EQ(ours(), 0U);

  TestConsole both;
  EXPECT_EQ(call({"approve", "--yes", hashes[0], hashes[1].substr(0, 40)}, both), 0);
  EXPECT_EQ(call({"apply", "--yes"}, both), 0);
  EXPECT_EQ(ours(), 3U);
}

TEST_F(DeskTest, SaysThatThereIsNothingToRelease) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  EXPECT_EQ(call({"apply", "--yes"}, console), 0);

  EXPECT_EQ(call({"release", "storrage", "--yes"}, console), 1);

  EXPECT_THAT(console.complained(),
              HasSubstr("no policy of ours has the id storrage or is of an authorization"));
  EXPECT_EQ(ours(), 1U);
}

TEST_F(DeskTest, ShowsWhatAnUndoLeavesPinned) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  EXPECT_EQ(call({"apply", "--yes"}, console), 0);
  const std::string run = state().runs.last(1)->front().start.id;
  EXPECT_EQ(call({"undo", run, "--yes"}, console), 0);

  TestConsole plan;
  EXPECT_EQ(call({"plan"}, plan), 0);
  EXPECT_THAT(plan.shown(), Not(HasSubstr("IAM is as the manifests say")));
  EXPECT_THAT(plan.shown(), HasSubstr("but for what is shown above"));
}

TEST_F(DeskTest, SuspendsAndResumes) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;

  EXPECT_EQ(call({"suspend", "demo"}, console), 0);
  EXPECT_EQ(call({"apply", "--yes"}, console), 1);
  EXPECT_EQ(ours(), 0U);
  TestConsole status;
  EXPECT_EQ(call({"status"}, status), 0);
  EXPECT_EQ(call({"resume", "demo"}, console), 0);
  EXPECT_EQ(call({"apply", "--yes"}, console), 0);

  EXPECT_THAT(status.shown(), HasSubstr("Suspended"));
  EXPECT_THAT(console.complained(), HasSubstr("authzd resume demo"));
  EXPECT_EQ(ours(), 1U);
}

TEST_F(DeskTest, WaitsForTheCycleOfASyncAndShowsWhatBecameOfIt) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;

  EXPECT_EQ(call_with_cycles({"sync", "--wait"}, console), 0);

  EXPECT_THAT(console.shown(), HasSubstr("+ server-protect → kms : Reader"));
  EXPECT_THAT(console.shown(), HasSubstr("Applied: 1 created, 0 updated, 0 deleted"));
  EXPECT_EQ(ours(), 1U);
}

TEST_F(DeskTest, EndsASyncAsItsCycleEnded) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  ASSERT_EQ(call({"apply", "--yes"}, console), 0);

  std::filesystem::remove(directory / "manifests" / "storage.yaml");
  write_manifest("backup", {"hs-crypto"});
  TestConsole held;
  EXPECT_EQ(call_with_cycles({"sync", "--wait"}, held), 3);
  EXPECT_THAT(held.shown(), HasSubstr("Held by firstDeletes"));
}

TEST_F(DeskTest, EndsASyncWithTheRefusalOfItsManifests) {
  std::ofstream(directory / "manifests" / "bad.yaml") << "kind: Nonsense\n";
  start();
  TestConsole console;

  EXPECT_EQ(call_with_cycles({"sync", "--wait"}, console), 4);

  EXPECT_THAT(console.complained(), HasSubstr("bad.yaml:1"));
}

TEST_F(DeskTest, WaitsForASyncNoLongerThanItWasTold) {
  start();
  TestConsole console;

  EXPECT_EQ(call({"sync", "--wait", "--timeout", "1ms"}, console), 1) << "no cycle runs here";

  EXPECT_THAT(
      console.complained(),
      HasSubstr("account demo: its cycle has not ended within --timeout (1ms), and continues"));
}

TEST_F(DeskTest, ShowsARunByTheBeginningOfItsId) {
  write_manifest("storage", {"kms"});
  start();
  TestConsole console;
  ASSERT_EQ(call({"apply", "--yes"}, console), 0);
  const auto runs = state().runs.last(1);
  ASSERT_TRUE(runs && !runs->empty());
  TestConsole shown;
  TestConsole json;
  TestConsole unknown;

  EXPECT_EQ(call({"show", runs->front().start.id.substr(0, 6)}, shown), 0);
  EXPECT_EQ(call({"show", runs->front().start.id, "--output", "json"}, json), 0);
  EXPECT_EQ(call({"show", "zzzz"}, unknown), 1);

  EXPECT_THAT(shown.shown(), HasSubstr("+ server-protect → kms : Reader"));
  EXPECT_THAT(shown.shown(), HasSubstr("outcome      done"));
  EXPECT_EQ(sandbox::Json::parse(json.shown())["actions"].size(), 1U);
  EXPECT_THAT(unknown.complained(), HasSubstr("'authzd runs' lists them"));
}

TEST_F(DeskTest, ReleasesWhatWasNamedAndLeavesThePolicy) {
  write_manifest("storage", {"kms"});
  write_manifest("backup", {"hs-crypto"});
  start();
  TestConsole console;
  ASSERT_EQ(call({"apply", "--yes"}, console), 0);

  EXPECT_EQ(call({"release", "backup", "--yes"}, console), 0);

  EXPECT_EQ(ours(), 1U);
  EXPECT_THAT(console.shown(), HasSubstr("Applied: 0 created, 1 updated"));
}

}  // namespace
}  // namespace authzd::test
