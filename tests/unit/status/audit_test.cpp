// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The audit log: its lines, and that no write reaches IAM without one.
#include "daemon/audit/audit_sinks.hpp"
#include "daemon/cycle/audit_trail.hpp"
#include "daemon/cycle/converge_driver.hpp"
#include "tests/support/fake_gateway.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace authzd {
namespace {

using nlohmann::json;
using test::FakeGateway;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const AccountId kAccount{"0123456789abcdef0123456789abcdef"};

PolicyContent content_for(const std::string& target, const std::string& role) {
  PolicyContent content;
  content.subject = {{"serviceName", "stringEquals", "server-protect"}};
  content.resource = {{"serviceName", "stringEquals", target}};
  content.roles = {role};
  content.description = "text (authzd: us/disks#0123456789ab)";
  return content;
}

/// Keeps its lines, and fails for the one with that number.
class ForgetfulSink final : public AuditSink {
 public:
  ForgetfulSink(std::vector<std::string>& lines, std::size_t fails_at)
      : lines_(lines), fails_at_(fails_at) {}

  Result<void> write(const AuditLine& line) override {
    if (++asked_ == fails_at_) return Error{ErrorCode::unavailable, "the disk is full"};
    lines_.push_back(line.json);
    return {};
  }

 private:
  std::vector<std::string>& lines_;
  std::size_t fails_at_;
  std::size_t asked_ = 0;
};

/// Three creates, three updates and three deletes against an IAM in memory.
class AuditedConvergence : public ConvergeObserver {
 public:
  explicit AuditedConvergence(std::size_t fails_at) {
    std::vector<std::unique_ptr<AuditSink>> sinks;
    sinks.push_back(std::make_unique<ForgetfulSink>(lines, fails_at));
    trail.emplace(std::move(sinks));
    for (const std::string target : {"kms", "hs-crypto", "cloud-object-storage"}) {
      Action create;
      create.verb = Verb::create;
      create.after = content_for(target, "Reader");
      create.key = key_of(kAccount, *create.after);
      plan.actions.push_back(create);
      add_existing(Verb::update, target + "-updated");
      add_existing(Verb::remove, target + "-removed");
    }
    // When IAM receives a write, its line must exist.
    gateway.before_call = [this](const std::string& call) {
      if (call.starts_with("GET") || call.starts_with("LIST")) return;
      ++writes;
      EXPECT_GE(count("intent"), writes) << call;
    };
  }

  std::vector<Outcome> converge_all() {
    const ConvergeTools tools{gateway,
                              gateway,
                              clock,
                              *this,
                              stop,
                              Timestamp::max(),
                              kSettleGrace,
                              {IamId{"iam-ServiceId-us"}}};
    boost::asio::io_context io;
    const auto outcomes = test::run(io, converge(plan, tools, 3, {}));
    return outcomes ? *outcomes : std::vector<Outcome>{};
  }

  Result<void> before_write(std::size_t action, const Command& command) override {
    const AuditContext why = context(action);
    return trail->before_write({why, plan.actions[action]}, command);
  }
  void after(const Outcome& outcome) override {
    const AuditContext why = context(outcome.action);
    const auto done = trail->after({why, plan.actions[outcome.action]}, outcome);
    failed_outcomes += done ? 0U : 1U;
  }

  [[nodiscard]] std::size_t count(const std::string& event) const {
    std::size_t found = 0;
    for (const std::string& line : lines) found += json::parse(line).at("event") == event ? 1U : 0U;
    return found;
  }

  FakeGateway gateway{kAccount, IamId{"iam-ServiceId-us"}};
  Plan plan = [] {
    Plan empty;
    empty.account = kAccount;
    return empty;
  }();
  std::vector<std::string> lines;
  std::size_t writes = 0;
  std::size_t failed_outcomes = 0;

 private:
  void add_existing(Verb verb, const std::string& target) {
    const Versioned stored =
        gateway.iam.seed(content_for(target, "Reader"), IamId{"iam-ServiceId-us"});
    Action action;
    action.verb = verb;
    action.id = stored.policy.id;
    action.before = stored.policy.content;
    action.last_modified_at = stored.policy.last_modified_at;
    action.key = key_of(kAccount, *action.before);
    if (verb == Verb::update) action.after = content_for(target, "Writer");
    plan.actions.push_back(action);
  }

  [[nodiscard]] static AuditContext context(std::size_t action) {
    AuditContext context;
    context.account = kAccount;
    context.run_id = "run-1";
    context.action = action;
    return context;
  }

  test::VirtualClock clock;
  StopToken stop;
  std::optional<AuditTrail> trail;
};

TEST(Audit, HasALineForEachWriteBeforeIamSeesIt) {
  AuditedConvergence world(0);

  const auto outcomes = world.converge_all();

  EXPECT_THAT(outcomes, SizeIs(9));
  EXPECT_EQ(world.writes, 9U);
  EXPECT_EQ(world.gateway.write_count(), 9U);
  EXPECT_EQ(world.count("intent"), 9U);
  EXPECT_EQ(world.count("outcome"), 9U);
}

TEST(Audit, KeepsEveryWriteBackWhoseLineIsNotTaken) {
  for (std::size_t n = 1; n <= 18; ++n) {
    AuditedConvergence world(n);

    const auto outcomes = world.converge_all();

    std::size_t kept_back = 0;
    for (const Outcome& outcome : outcomes) {
      if (!outcome.error || outcome.error->message.find("disk is full") == std::string::npos) {
        continue;
      }
      ++kept_back;
      EXPECT_FALSE(outcome.wrote);
      EXPECT_THAT(outcome.error->message, HasSubstr("nothing is written to IAM that cannot be"));
    }
    EXPECT_EQ(kept_back + world.failed_outcomes, 1U) << "at line " << n;
    EXPECT_EQ(world.gateway.write_count(), 9 - kept_back) << "at line " << n;
    EXPECT_EQ(world.count("intent"), world.gateway.write_count()) << "at line " << n;
  }
}

TEST(Audit, HasALineForEachWriteWhateverGoesWrong) {
  const test::Fault faults[] = {
      test::lost_before(), test::lost_after(), test::refused(Error{ErrorCode::forbidden, "no"})};
  for (const std::string call : {"POST", "PUT", "DELETE", "GET"}) {
    for (const test::Fault& fault : faults) {
      AuditedConvergence world(0);
      world.gateway.faults[call] = {fault, fault};

      world.converge_all();

      EXPECT_EQ(world.count("intent"), world.gateway.write_count()) << call;
      EXPECT_EQ(world.count("outcome"), 9U) << call;
    }
  }
}

TEST(Audit, SaysWhoWhyAndWhatInEachLine) {
  AuditContext context;
  context.account = kAccount;
  context.account_name = "prod";
  context.owner = "us";
  context.identity = IamId{"iam-ServiceId-us"};
  context.run_id = "run-1";
  context.revision = "abc123";
  context.action = 4;
  Action action;
  action.verb = Verb::update;
  action.name = "disks";
  action.position = {"disks.yaml", 3, 1};
  action.before = content_for("kms", "Reader");
  action.after = content_for("kms", "Writer");
  Command write;
  write.kind = Command::Kind::replace;
  write.id = PolicyId{"p-1"};
  Outcome outcome;
  outcome.kind = OutcomeKind::failed;
  outcome.error = Error{ErrorCode::forbidden, "two\nlines"};
  outcome.transaction_id = "t-1";

  const std::string first = audit_intent(context, action, write);
  const std::string second = audit_outcome(context, action, outcome);

  EXPECT_EQ(second.find('\n'), std::string::npos);
  const json intent = json::parse(first);
  EXPECT_EQ(intent.at("write"), "replace");
  EXPECT_EQ(intent.at("policyId"), "p-1");
  EXPECT_EQ(intent.at("who").at("identity"), "iam-ServiceId-us");
  EXPECT_EQ(intent.at("who").at("askedBy"), "timer");
  EXPECT_EQ(intent.at("why").at("position"), "disks.yaml:3:1");
  EXPECT_EQ(intent.at("why").at("revision"), "abc123");
  EXPECT_NE(intent.at("before"), intent.at("after"));
  const json end = json::parse(second);
  EXPECT_EQ(end.at("run"), intent.at("run"));
  EXPECT_EQ(end.at("action"), 4);
  EXPECT_EQ(end.at("outcome"), "Failed");
  EXPECT_EQ(end.at("transactionId"), "t-1");
}

TEST(AuditJournal, SendsALineWithItsFields) {
  std::vector<std::string> sent;
  AuditJournal journal([&sent](std::span<const std::string> fields) {
    sent.assign(fields.begin(), fields.end());
    return 0;
  });

  EXPECT_TRUE(journal.write({R"({"a":1})", {{"AUTHZD_RUN", "run-1"}}, "intent: create disks"}));

  EXPECT_THAT(sent, Contains("MESSAGE=intent: create disks"));
  EXPECT_THAT(sent, Contains(R"(AUTHZD_AUDIT={"a":1})"));
  EXPECT_THAT(sent, Contains("MESSAGE_ID=" + std::string(kAuditMessageId)));
  EXPECT_THAT(sent, Contains("AUTHZD_RUN=run-1"));
}

TEST(AuditJournal, SaysThatALineWasNotTaken) {
  AuditJournal journal([](std::span<const std::string>) { return -ENOSPC; });

  const auto written = journal.write({"{}", {}});

  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("No space left on device"));
}

TEST(AuditTrail, HasALineOfEachApproval) {
  std::vector<std::string> lines;
  std::vector<std::unique_ptr<AuditSink>> sinks;
  sinks.push_back(std::make_unique<ForgetfulSink>(lines, 100));
  AuditTrail trail(std::move(sinks));
  AuditApproval approval;
  approval.account_name = "prod";
  approval.who = "alice (uid 1000)";
  approval.what = "10fc93c1";

  ASSERT_TRUE(trail.approved(approval));

  ASSERT_EQ(lines.size(), 1U);
  const json line = json::parse(lines[0]);
  EXPECT_EQ(line.at("event"), "approval");
  EXPECT_EQ(line.at("who").at("askedBy"), "alice (uid 1000)");
  EXPECT_EQ(line.at("what"), "10fc93c1");
}

class AuditFileTest : public ::testing::Test {
 protected:
  static std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  test::TempFolder temporary;
  const std::filesystem::path folder = temporary.path();
  const std::filesystem::path path = folder / "audit.log";
};

TEST_F(AuditFileTest, IsAppendedTo) {
  std::ofstream(path) << "old\n";
  AuditFile file(path);

  EXPECT_TRUE(file.write({"one", {}}));
  EXPECT_TRUE(file.write({"two", {}}));

  EXPECT_EQ(text_of(path), "old\none\ntwo\n");
}

TEST_F(AuditFileTest, IsNotForEveryone) {
  AuditFile file(path);
  EXPECT_TRUE(file.write({"one", {}}));

  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07U, 0U);
}

TEST_F(AuditFileTest, TakesAwayThePartOfALineThatACrashLeft) {
  std::ofstream(path) << "whole\n"
                      << R"({"half":)";
  AuditFile file(path);

  const auto tail = file.tail();
  ASSERT_TRUE(tail);
  EXPECT_TRUE(file.write({"one", {}}));

  EXPECT_EQ(tail->last, "whole");
  EXPECT_EQ(tail->cut, R"({"half":)");
  EXPECT_EQ(text_of(path), "whole\none\n");
}

TEST_F(AuditFileTest, GoesOnInANewFileAfterARotation) {
  AuditFile file(path);
  EXPECT_TRUE(file.write({"one", {}}));
  std::filesystem::rename(path, folder / "audit.log.1");

  EXPECT_TRUE(file.write({"two", {}}));

  EXPECT_EQ(text_of(folder / "audit.log.1"), "one\n");
  EXPECT_EQ(text_of(path), "two\n");
}

TEST_F(AuditFileTest, IsMadeAnewWhereSomeoneDeletedIt) {
  AuditFile file(path);
  EXPECT_TRUE(file.write({"one", {}}));
  std::filesystem::remove(path);

  EXPECT_TRUE(file.write({"two", {}}));

  EXPECT_EQ(text_of(path), "two\n");
}

TEST_F(AuditFileTest, SaysWhyALineIsNotTakenAndGoesOnLater) {
  AuditFile file(folder / "missing" / "audit.log");

  const auto refused = file.write({"one", {}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("missing/audit.log: cannot be opened: No such"));

  std::filesystem::create_directory(folder / "missing");
  EXPECT_TRUE(file.write({"two", {}}));
}

TEST_F(AuditFileTest, IsNoPipeAndNoFullDisk) {
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const auto pipe = AuditFile(path).write({"one", {}});
  ASSERT_FALSE(pipe);
  EXPECT_THAT(pipe.error().message, HasSubstr("is no regular file"));

  EXPECT_FALSE(AuditFile("/dev/full").write({"one", {}}));
}

}  // namespace
}  // namespace authzd
