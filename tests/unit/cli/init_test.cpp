// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What `init` asks, and what it makes of the answers.
#include "daemon/cli/commands.hpp"
#include "daemon/net/system_clock.hpp"
#include "tests/support/run_async.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <sstream>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kId = "51042d7ff0df4915bd396a49957c9175";
const std::string kSomeKey = "qRZkVd3PxWc8mLh2_tUoYb7NsJgE-Fa1TiKvCe5HpXwA";

struct Streams {
  std::ostringstream out_text;
  std::ostringstream err_text;
};

/// A person who types these lines.
struct Person : Streams, Console {
  explicit Person(std::deque<std::string> lines)
      : Console(out_text, err_text), answers(std::move(lines)) {
    can_ask = true;
  }

  Async<bool> ask(Question) override { co_return Error{ErrorCode::cancelled, "not asked"}; }
  Async<std::string> ask_text(std::string question, std::string otherwise) override {
    questions.push_back(std::move(question));
    if (answers.empty()) co_return Error{ErrorCode::cancelled, "no line came"};
    std::string answer = std::move(answers.front());
    answers.pop_front();
    co_return answer.empty() ? otherwise : answer;
  }
  Async<void> write_file(std::string, std::string) override { co_return Result<void>{}; }
  Async<void> write_new_file(std::string path, std::string text) override {
    files[path] = std::move(text);
    co_return Result<void>{};
  }

  std::deque<std::string> answers;
  std::vector<std::string> questions;
  std::map<std::string, std::string> files;
};

ExitCode init(Person& person, InitCommand command) {
  boost::asio::io_context io;
  SystemClock clock;
  SystemRandomness randomness;
  const CommonOptions options;
  const Environment environment;
  const CommandContext context{
      person, options, environment, io.get_executor(), clock, randomness, Log(), "a test"};
  return run(io, run_command(context, std::move(command)));
}

InitCommand options_of(std::optional<std::string> git, std::string key_file) {
  InitCommand command;
  command.account = kId;
  command.key_file = std::move(key_file);
  command.git = std::move(git);
  return command;
}

TEST(Init, AsksAgainAndKeepsWhatWasAnswered) {
  Person person({"not-an-id", kId, "prod", "two words", "platform", kSomeKey, "./key", ""});

  EXPECT_EQ(init(person, {}), ExitCode::done) << person.err_text.str();

  EXPECT_EQ(person.questions.size(), 8U);
  const std::string& written = person.files.at("./authzd.yaml");
  for (const std::string& part : {kId, std::string("prod"), std::string("./key")}) {
    EXPECT_THAT(written, HasSubstr(part));
  }
  EXPECT_THAT(person.err_text.str(), HasSubstr("32 hex digits"));
  EXPECT_THAT(person.err_text.str(), HasSubstr("looks like an API key"));
  EXPECT_THAT(person.err_text.str() + written, Not(HasSubstr(kSomeKey)));
}

TEST(Init, RefusesAKeyInThePlaceOfItsFileAndNeverShowsIt) {
  Person person({});

  EXPECT_EQ(init(person, options_of({}, kSomeKey)), ExitCode::usage);

  EXPECT_THAT(person.err_text.str(), HasSubstr("--key-file: this looks like an API key"));
  EXPECT_THAT(person.err_text.str(), Not(HasSubstr(kSomeKey)));
  EXPECT_TRUE(person.files.empty());
}

TEST(Init, TakesAnEmptyRepositoryForTheFolder) {
  Person person({});

  InitCommand all = options_of("", "./key");
  all.owner = "platform";
  all.name = "prod";
  EXPECT_EQ(init(person, std::move(all)), ExitCode::done) << person.err_text.str();

  EXPECT_TRUE(person.questions.empty());
  EXPECT_THAT(person.files.at("./authzd.yaml"), HasSubstr("{directory: {path: \"./manifests\"}}"));
}

TEST(Init, NamesTheOptionThatIsWrong) {
  Person person({});

  EXPECT_EQ(init(person, options_of("no url at all", "")), ExitCode::usage);

  EXPECT_THAT(person.err_text.str(), HasSubstr("--git: "));
}

}  // namespace
}  // namespace authzd::test
