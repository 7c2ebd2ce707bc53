// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/options.hpp"

#include "daemon/app/command_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace authzd {
namespace {

using testing::HasSubstr;

std::variant<Invocation, EarlyExit> parse(const std::vector<const char*>& words) {
  return parse_command_line({words.begin(), words.end()}, command_table());
}

template <class T>
T command(const std::vector<const char*>& words) {
  return std::get<T>(std::get<Invocation>(parse(words)).command);
}

EarlyExit mistake(const std::vector<const char*>& words) {
  return std::get<EarlyExit>(parse(words));
}

TEST(Options, ReadAPlanWithAllItsOutputs) {
  const auto plan = command<PlanCommand>({"plan",
                                          "--detailed-exitcode",
                                          "--output",
                                          "json",
                                          "--out",
                                          "markdown=p.md",
                                          "--out",
                                          "text=p.txt"});

  EXPECT_TRUE(plan.detailed_exitcode);
  EXPECT_EQ(plan.output, OutputForm::json);
  ASSERT_EQ(plan.files.size(), 2U);
  EXPECT_EQ(plan.files[0].path, "p.md");
  EXPECT_EQ(plan.files[1].form, OutputForm::text);
}

TEST(Options, ReadACallWithoutAConfiguration) {
  const auto parsed = parse({"apply",
                             "--manifests",
                             "m",
                             "--account",
                             "a1",
                             "--owner",
                             "acme",
                             "--mode",
                             "upsert-only",
                             "--yes"});

  const auto& invocation = std::get<Invocation>(parsed);
  EXPECT_EQ(invocation.common.manifests, "m");
  EXPECT_EQ(invocation.common.owner, "acme");
  EXPECT_EQ(invocation.common.mode, Mode::upsert_only);
  EXPECT_TRUE(std::get<ApplyCommand>(invocation.command).yes);
}

TEST(Options, NameTheGoodValuesForABadOne) {
  const EarlyExit mode = mistake({"plan", "--mode", "force"});
  const EarlyExit out = mistake({"plan", "--out", "yaml=x"});

  EXPECT_EQ(mode.code, ExitCode::usage);
  EXPECT_THAT(mode.text, HasSubstr("observe|create-only|upsert-only|sync"));
  EXPECT_EQ(out.code, ExitCode::usage);
  EXPECT_THAT(out.text, HasSubstr("text|json|markdown=FILE"));
}

TEST(Options, RefuseAMisspeltFlagAndNameTheHelp) {
  const EarlyExit exit = mistake({"plan", "--dry"});

  EXPECT_EQ(exit.code, ExitCode::usage);
  EXPECT_THAT(exit.text, HasSubstr("authzd plan --help"));
}

TEST(Options, GuessWhichCommandWasMeant) {
  const EarlyExit exit = mistake({"plna"});

  EXPECT_EQ(exit.code, ExitCode::usage);
  EXPECT_THAT(exit.text, HasSubstr("did you mean \"plan\"?"));
  EXPECT_THAT(exit.text, HasSubstr("validate, init, plan, diff, apply"));
}

TEST(Options, KnowTheWordsOfOtherTools) {
  EXPECT_THAT(mistake({"preview"}).text, HasSubstr("'authzd plan' shows the difference"));
  EXPECT_THAT(mistake({"get", "policies"}).text, HasSubstr("'authzd list'"));
  EXPECT_THAT(mistake({"plan", "-f", "x"}).text, HasSubstr("--manifests PATH"));
  EXPECT_THAT(mistake({"apply", "--dry-run"}).text, HasSubstr("'authzd plan'"));
  EXPECT_THAT(mistake({"apply", "--auto-approve"}).text, HasSubstr("--yes"));
}

TEST(Options, AdviseNoOptionThatTheCommandLacks) {
  EXPECT_THAT(mistake({"export", "--force"}).text, Not(HasSubstr("--yes")));
  EXPECT_THAT(mistake({"export", "--json"}).text, Not(HasSubstr("-o")));
}

TEST(Options, ReadTheCommandsOfADaemon) {
  EXPECT_TRUE(command<ApproveCommand>({"approve", "3fa9c1d2", "--yes"}).yes);
  EXPECT_EQ(command<ApproveCommand>({"approve", "3fa9c1d2", "77665544"}).what,
            (std::vector<std::string>{"3fa9c1d2", "77665544"}));
  EXPECT_EQ(command<ApprovalsCommand>({"approvals", "--revoke", "a", "--revoke", "b"}).revoked,
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(command<AuditVerifyCommand>({"audit", "verify", "log.1", "log", "--first", "7"}).files,
            (std::vector<std::string>{"log.1", "log"}));
  EXPECT_EQ(command<ShowCommand>({"show", "3b70", "--output", "json"}).output, OutputForm::json);
  EXPECT_EQ(command<RunsCommand>({"runs", "-n", "5"}).count, 5U);
  EXPECT_TRUE(command<UnpinCommand>({"unpin", "--all"}).all);
  EXPECT_EQ(command<ReleaseCommand>({"release", "backup"}).name, "backup");
  EXPECT_TRUE(command<ReleaseCommand>({"release", "--all", "--yes"}).name.empty());
}

TEST(Options, ReadHowLongASyncWaits) {
  const auto sync = command<SyncCommand>({"sync", "prod", "--wait", "--timeout", "1m30s"});
  EXPECT_TRUE(sync.wait);
  EXPECT_EQ(sync.timeout, std::chrono::seconds(90));
  EXPECT_FALSE(command<SyncCommand>({"sync"}).wait);

  const EarlyExit bad = mistake({"sync", "--wait", "--timeout", "soon"});
  EXPECT_EQ(bad.code, ExitCode::usage);
  EXPECT_THAT(bad.text, HasSubstr("not a duration such as 90s"));
}

TEST(Options, ReadWhichAccountsAreMeant) {
  const auto parsed = parse({"suspend", "prod", "staging", "--state", "s.db"});

  const auto& invocation = std::get<Invocation>(parsed);
  EXPECT_EQ(invocation.common.accounts, (std::vector<std::string>{"prod", "staging"}));
  EXPECT_EQ(invocation.common.state, "s.db");
  EXPECT_EQ(invocation.given,
            (std::vector<GivenOption>{{"account", {"prod", "staging"}}, {"state", {"s.db"}}}));
}

TEST(Options, RecordACommandAsIfItWereTypedAlone) {
  const auto parsed =
      parse({"record", "--to", "t.jsonl", "--", "plan", "--account", "x", "--detailed-exitcode"});

  const auto& invocation = std::get<Invocation>(parsed);
  EXPECT_EQ(invocation.common.trace, "t.jsonl");
  EXPECT_EQ(invocation.common.accounts, std::vector<std::string>{"x"});
  EXPECT_TRUE(std::get<PlanCommand>(invocation.command).detailed_exitcode);
  EXPECT_EQ(std::get<Invocation>(parse({"record", "--", "list"})).common.trace, "");
  EXPECT_EQ(std::get<Invocation>(parse({"list"})).common.trace, std::nullopt);
}

TEST(Options, ReadWhichTraceIsChecked) {
  const auto check = command<RecordCheckCommand>({"record", "check", "t.jsonl", "-o", "json"});

  EXPECT_EQ(check.file, "t.jsonl");
  EXPECT_EQ(check.output, OutputForm::json);
  EXPECT_EQ(mistake({"record"}).code, ExitCode::usage);
  EXPECT_EQ(mistake({"record", "--", "plam"}).code, ExitCode::usage);
  EXPECT_EQ(mistake({"record", "--", "record", "check", "x"}).code, ExitCode::usage);
}

TEST(Options, WantToKnowWhatToReleaseOrToApprove) {
  EXPECT_EQ(mistake({"release"}).code, ExitCode::usage);
  EXPECT_EQ(mistake({"release", "backup", "--all"}).code, ExitCode::usage);
  EXPECT_EQ(mistake({"approve"}).code, ExitCode::usage);
  EXPECT_EQ(mistake({"show"}).code, ExitCode::usage);
}

TEST(Options, WantACommand) {
  EXPECT_EQ(mistake({}).code, ExitCode::usage);
}

TEST(Options, HelpGoesToStandardOutputAndNamesTheExitCodes) {
  const EarlyExit help = mistake({"--help"});

  EXPECT_EQ(help.code, ExitCode::done);
  EXPECT_THAT(help.text, HasSubstr("3 held by a rail"));
}

TEST(Options, MayStandBeforeTheCommand) {
  const auto parsed = parse({"--config", "plan", "-n", "5", "runs", "--account", "prod"});

  const auto& invocation = std::get<Invocation>(parsed);
  EXPECT_EQ(invocation.row->name, "runs");
  EXPECT_EQ(invocation.common.config, "plan");
  EXPECT_EQ(invocation.common.accounts, std::vector<std::string>{"prod"});
  EXPECT_EQ(std::get<RunsCommand>(invocation.command).count, 5U);
}

TEST(Options, TakeOneValueAndLeaveTheNextWord) {
  const auto parsed = parse({"release", "--account", "prod", "backup"});

  const auto& invocation = std::get<Invocation>(parsed);
  EXPECT_EQ(invocation.common.accounts, std::vector<std::string>{"prod"});
  EXPECT_EQ(std::get<ReleaseCommand>(invocation.command).name, "backup");
  const auto twice = parse({"list", "--account", "a", "--account", "b"});
  EXPECT_EQ(std::get<Invocation>(twice).common.accounts, (std::vector<std::string>{"a", "b"}));
}

TEST(Options, AnswerHelpAndVersionAsWords) {
  EXPECT_EQ(mistake({"help"}).text, mistake({"--help"}).text);
  EXPECT_EQ(mistake({"help", "plan"}).text, mistake({"plan", "--help"}).text);
  EXPECT_EQ(mistake({"--help", "plan"}).text, mistake({"plan", "--help"}).text);
  EXPECT_EQ(mistake({"version"}).text, mistake({"--version"}).text);
  EXPECT_EQ(mistake({"version"}).code, ExitCode::done);
  EXPECT_THAT(mistake({"help", "plna"}).text, HasSubstr("did you mean \"plan\"?"));
  EXPECT_EQ(mistake({"help", "plna"}).code, ExitCode::usage);
}

}  // namespace
}  // namespace authzd
