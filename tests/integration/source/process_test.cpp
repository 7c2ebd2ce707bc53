// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/source/process.hpp"

#include "daemon/net/process_limits.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/source/confinement.hpp"
#include "daemon/source/git_call.hpp"
#include "tests/support/no_descriptors.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

ProcessSpec shell(std::string script) {
  ProcessSpec spec;
  spec.program = "sh";
  spec.arguments = {"-c", std::move(script)};
  return spec;
}

rlim_t soft_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

class ProcessTest : public testing::Test {
 protected:
  Result<ProcessOutcome> run(ProcessSpec spec, std::chrono::milliseconds limit = 60s) {
    return test::run(io_, run_process(std::move(spec), limit, "trying"));
  }

  boost::asio::io_context io_{1};
};

/// Waits until the process is gone.
void expect_ended(pid_t pid) {
  const Descriptor process = open_process(pid);
  if (process.get() < 0) return;  // already gone
  pollfd ended{process.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 60'000), 1) << "process " << pid << " goes on";
}

TEST_F(ProcessTest, GivesOutputErrorsAndExitCode) {
  ProcessSpec spec = shell("cat; echo oops >&2; exit 3");
  spec.input = std::string("in\0put", 6);

  const auto outcome = run(std::move(spec));

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->output, std::string("in\0put", 6));
  EXPECT_EQ(outcome->errors, "oops\n");
  EXPECT_EQ(outcome->exit_code, 3);
}

TEST_F(ProcessTest, TakesAMegabyteBothWays) {
  ProcessSpec spec = shell("cat");
  spec.input.assign(1U << 20U, 'x');
  const std::string text = spec.input;

  const auto outcome = run(std::move(spec));

  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->output == text);
}

TEST_F(ProcessTest, GivesTheEnvironmentThatItWasGivenAndNothingElse) {
  ::setenv("AUTHZD_TEST_LEAK", "leaked", 1);
  ProcessSpec spec;
  spec.program = "env";
  spec.environment.emplace_back("ONE=1");

  const auto outcome = run(std::move(spec));

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->output, "ONE=1\n");
}

TEST_F(ProcessTest, HandsDownNoDescriptor) {
  const Descriptor null(::open("/dev/null", O_RDONLY));
  const Descriptor open(::fcntl(null.get(), F_DUPFD, 77));  // without O_CLOEXEC
  ASSERT_GE(open.get(), 77);

  const auto outcome = run(shell("for f in /proc/self/fd/*; do echo ${f##*/}; done; exec 2>&1"));

  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->output, Not(HasSubstr(std::to_string(open.get()))));
}

TEST_F(ProcessTest, RefusesMoreOutputThanIsAllowed) {
  ProcessSpec spec = shell("yes");
  spec.most_output = 1000;

  const auto outcome = run(std::move(spec));

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::bad_response);
  EXPECT_EQ(outcome.error().message, "trying: more than 1000 bytes of output");
}

TEST_F(ProcessTest, ReadsEndlessErrorsAndKeepsTheFirst) {
  const auto outcome = run(shell("echo first >&2; yes | head -c 1000000 >&2"));

  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->errors, testing::StartsWith("first\n"));
  EXPECT_EQ(outcome->errors.size(), 32U << 10U);
}

TEST_F(ProcessTest, KillsTheWholeGroupAtTheLimit) {
  const std::string file = testing::TempDir() + "authzd-process-" + std::to_string(::getpid());
  const auto outcome = run(shell("sleep 1000 & echo $! >" + file + "; wait"), 300ms);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::timeout);
  const auto pid = run(shell("cat " + file + "; rm " + file));
  expect_ended(std::stoi(pid->output));
}

TEST_F(ProcessTest, LeavesNoGrandchildBehindWhenItEnds) {
  const auto outcome = run(shell("sleep 1000 & echo $!"));

  ASSERT_TRUE(outcome);
  expect_ended(std::stoi(outcome->output));
}

TEST_F(ProcessTest, KillsItWhenTheCallerIsCancelled) {
  Supervisor tasks(io_.get_executor(), Log{});
  std::optional<Result<ProcessOutcome>> outcome;
  const auto wait = [&]() -> boost::asio::awaitable<void> {
    outcome.emplace(co_await run_process(shell("sleep 1000"), 60s, "trying"));
  };
  tasks.start("process", wait());
  io_.poll();
  tasks.stop();
  io_.restart();
  io_.run();

  EXPECT_EQ(tasks.running(), 0U);
  EXPECT_FALSE(outcome);
}

TEST_F(ProcessTest, SaysWhatToInstall) {
  ProcessSpec spec;
  spec.program = "no-such-program";
  spec.package = "such-program";

  const auto outcome = run(std::move(spec));

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message,
            "trying: no-such-program is not installed: apt-get install such-program");
}

TEST_F(ProcessTest, SaysWhichStepKeptItFromBeingRun) {
  ProcessSpec nowhere = shell("true");
  nowhere.directory = "/no/such/folder";
  ProcessSpec no_program;
  no_program.program = "/etc/passwd";

  const auto lost = run(std::move(nowhere));
  const auto unfit = run(std::move(no_program));

  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::unavailable);
  EXPECT_EQ(lost.error().message,
            "trying: sh cannot be run: entering its directory: No such file or directory");
  ASSERT_FALSE(unfit);
  EXPECT_THAT(unfit.error().message, HasSubstr("executing it: Permission denied"));
}

TEST_F(ProcessTest, RunsWithItsOwnStreamsOrNotAtAllHoweverFewDescriptorsAreLeft) {
  ASSERT_TRUE(run(shell("true")));  // so that the loop's own descriptors are open from now on
  bool has_run = false;
  for (unsigned left = 0; left < 32 && !has_run; ++left) {
    std::optional<Result<ProcessOutcome>> outcome;
    {
      const test::NoDescriptors few(left);
      outcome.emplace(run(shell("echo mine")));
    }
    has_run = outcome->has_value();
    if (has_run) {
      EXPECT_EQ((*outcome)->output, "mine\n") << "with " << left << " left";
    }
  }
  EXPECT_TRUE(has_run);
}

TEST_F(ProcessTest, LimitsTheSizeOfAFile) {
  ProcessSpec spec = shell("yes >authzd-too-large; true");
  spec.directory = testing::TempDir();
  spec.most_file_bytes = 4096;

  const auto outcome = run(std::move(spec));

  ASSERT_TRUE(outcome);
  const auto size =
      run(shell("cd " + testing::TempDir() + "; wc -c <authzd-too-large; rm authzd-too-large"));
  EXPECT_EQ(size->output, "4096\n");
}

/// A folder that a child may write to, next to one that it must not reach.
class ConfinedProcessTest : public ProcessTest {
 protected:
  void SetUp() override {
    if (!can_confine()) GTEST_SKIP() << "no Landlock here: the kernel lacks it";
    std::filesystem::create_directories(root_ / "mine/inner");
    std::filesystem::create_directories(root_ / "given");
    std::ofstream(root_ / "secret") << "s3cret";
    std::ofstream(root_ / "given/key") << "key";
    std::ofstream(root_ / "given/other") << "other";
  }

  Result<ProcessOutcome> run_confined(const std::string& script) {
    ProcessSpec spec = shell("cd " + root_.string() + "; " + script);
    spec.environment.emplace_back("PATH=/usr/bin:/bin");
    spec.confinement = Confinement{.readable = {(root_ / "given/key").string()},
                                   .writable = {(root_ / "mine").string()}};
    return run(std::move(spec));
  }

  test::TempFolder temporary_;
  const std::filesystem::path root_ = temporary_.path();
};

TEST_F(ConfinedProcessTest, WorksInItsFolderAndReadsWhatItWasGiven) {
  const auto outcome = run_confined(
      "set -e; cat given/key; echo text >mine/a; mv mine/a mine/inner/b; cat mine/inner/b;"
      " mkdir mine/c; rm -r mine/c; ln mine/inner/b mine/d; echo gone >/dev/null; ls /usr "
      ">/dev/null");

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->exit_code, 0) << outcome->errors;
  EXPECT_EQ(outcome->output, "keytext\n");
}

TEST_F(ConfinedProcessTest, CannotDoWhatItWasNotAllowed) {
  const std::vector<std::string> attempts{
      "cat secret",
      "cat given/other",
      "cat mine/../secret",
      "ln -s ../secret mine/link && cat mine/link",
      "ls .",
      "ls /etc/authzd /root /var/lib /home",
      "cat /etc/shadow",
      "cat /proc/" + std::to_string(::getpid()) + "/environ",
      "echo x >secret",
      "echo x >>given/key",
      "echo x >new",
      "rm secret",
      "mv secret mine/secret",
      "ln secret mine/secret",
      "mkdir folder",
      "echo 'cat secret' >mine/run && chmod +x mine/run && sh mine/run",
  };
  for (const std::string& attempt : attempts) {
    const auto outcome = run_confined(attempt);
    ASSERT_TRUE(outcome);
    EXPECT_NE(outcome->exit_code, 0) << attempt;
    EXPECT_THAT(outcome->output, Not(HasSubstr("s3cret"))) << attempt;
  }
  const auto secret = run(shell("cat " + (root_ / "secret").string()));
  EXPECT_EQ(secret->output, "s3cret");
  EXPECT_FALSE(std::filesystem::exists(root_ / "new"));
}

TEST_F(ConfinedProcessTest, IsHowGitRuns) {
  const GitPlace place{root_ / "mine/repository.git", root_ / "mine/inner"};
  const auto git = [&](const std::string& script) {
    GitCall call;
    call.arguments = {"-c", "alias.try=!" + script, "try"};
    call.access.files = {(root_ / "given/key").string()};
    return test::run(io_, call_git(place, std::move(call)));
  };
  const auto made = test::run(io_, call_git(place, {.arguments = {"init", "--bare", "-q"}}));
  ASSERT_TRUE(made);
  ASSERT_EQ(made->exit_code, 0) << made->errors;

  EXPECT_EQ(git("cat " + (root_ / "given/key").string())->output, "key");
  EXPECT_NE(git("cat " + (root_ / "secret").string())->exit_code, 0);
  EXPECT_NE(git("touch " + (root_ / "state.db").string())->exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(root_ / "state.db"));
}

TEST_F(ProcessTest, GivesAChildTheLimitOfDescriptorsThatThereWas) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit before = limit;
  limit.rlim_cur = 200;
  ASSERT_LT(limit.rlim_cur, limit.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  raise_descriptor_limit();

  const auto outcome = run(shell("ulimit -Sn"));
  const auto own = soft_limit();
  ::setrlimit(RLIMIT_NOFILE, &before);

  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->output, "200\n");
  EXPECT_EQ(own, before.rlim_max);
}

}  // namespace
}  // namespace authzd
