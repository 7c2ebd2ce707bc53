// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What passes through the admin socket.
#include "daemon/admin/unix_socket.hpp"
#include "daemon/net/http_codec.hpp"
#include "tests/integration/admin/admin_fixture.hpp"
#include "tests/support/no_descriptors.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include <array>
#include <fstream>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace authzd::test {
namespace {

using boost::asio::awaitable;
using testing::HasSubstr;

/// Of a length that no power of two is a multiple of, with characters of two bytes and more.
const std::string kLine = "server-protect → kms : Reader · ü\n";

/// Waits until it is cancelled.
awaitable<void> wait_for_ever() {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                  boost::asio::steady_timer::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable);
}

/// What a client says to confirm.
constexpr const char* kAbout = "0123456789abcdef";

/// Does what the command's name says.
awaitable<int> obey(CommandCall call, Peer who, Console& console) {  // coroutine-ref: the server's
  const std::string& word = call.command;
  if (word == "say") {
    console.out << "to " << who.uid << '\n';
    console.err << "beware\n";
  } else if (word == "long") {
    for (int line = 0; line < 100'000; ++line) console.out << kLine;
  } else if (word == "ask") {
    console.out << "Think.\n";
    Question question{"Really?", kAbout};
    const auto yes = co_await console.ask(std::move(question));
    console.out << (yes && *yes ? "agreed\n" : "declined\n");
  } else if (word == "write") {
    const std::string text(1'000'000, 'y');
    const auto written = co_await console.write_file(call.options.at(0).values.at(0), text);
    console.out << (written ? "written" : written.error().message) << '\n';
  } else if (word == "wait") {
    console.out << "begun\n";
    co_await wait_for_ever();
  } else if (word == "throw") {
    throw std::logic_error("a bug");
  }
  co_return 5;
}

Result<CommandStream::Command> open(const CommandCall& call, Peer who) {
  if (call.command == "nonsense") return Error{ErrorCode::rejected, "there is no such command"};
  return [call, who = std::move(who)](Console& console) { return obey(call, who, console); };
}

CommandCall command(std::string name, std::vector<std::string> values = {}) {
  CommandCall call{.command = std::move(name)};
  if (!values.empty()) call.options = {{"what", std::move(values)}};
  return call;
}

std::string request(const std::string& name, const std::string& body = {}) {
  const HttpRequest post{"POST", "/api/v1/" + name, {{"Host", "authzd"}}, body};
  return encode_request(post).value();
}

/// Sends bytes as they are, and returns all that comes back.
Async<std::string> send_raw(std::string path, std::string bytes) {
  auto stream = co_await connect_unix(path);
  if (!stream) co_return std::move(stream).error();
  const auto sent = co_await (*stream)->write(bytes);
  if (!sent) co_return sent.error();
  std::string received;
  std::array<char, 4096> part;
  while (true) {
    const auto size = co_await (*stream)->read_some(part);
    if (!size || *size == 0) co_return received;
    received.append(part.data(), *size);
  }
}

/// Runs `what` without root's rights. Only root may call it.
template <class What>
auto as_nobody(What what) {
  constexpr unsigned kNobody = 65534;
  std::vector<gid_t> groups(64);
  groups.resize(static_cast<std::size_t>(getgroups(64, groups.data())));
  EXPECT_EQ(setgroups(0, nullptr) + setegid(kNobody) + seteuid(kNobody), 0);
  auto result = what();
  EXPECT_EQ(seteuid(0) + setegid(0) + setgroups(groups.size(), groups.data()), 0);
  return result;
}

TEST_F(AdminTest, CarriesOutputErrorsAndTheExitCode) {
  serve(open);
  TestConsole console;

  EXPECT_EQ(call(command("say"), console), 5);

  EXPECT_EQ(console.shown(), "to " + std::to_string(getuid()) + "\n");
  EXPECT_EQ(console.complained(), "beware\n");
}

TEST_F(AdminTest, CarriesManyPiecesAndDividesNoCharacter) {
  serve(open);
  TestConsole console;
  std::string all;
  for (int line = 0; line < 100'000; ++line) all += kLine;

  EXPECT_EQ(call(command("long"), console), 5);

  EXPECT_EQ(console.shown(), all);
}

TEST_F(AdminTest, AsksThePersonAndShowsThePlanOnce) {
  serve(open);
  TestConsole agrees;
  TestConsole declines;
  agrees.answers = {"yes"};
  declines.answers = {"maybe"};

  EXPECT_EQ(call(command("ask"), agrees), 5);
  EXPECT_EQ(call(command("ask"), declines), 1);

  EXPECT_EQ(agrees.questions, std::vector<std::string>{"Really?"});
  EXPECT_EQ(agrees.shown(), "Think.\nagreed\n");
  EXPECT_EQ(declines.shown(), "Think.\n");
  EXPECT_EQ(declines.complained(), "Nothing was done.\n");
}

TEST_F(AdminTest, DoesNothingForAYesToSomethingElse) {
  serve(open);
  TestConsole console;
  console.answers = {"yes"};
  CommandCall asked = command("ask");
  asked.confirmed = "what-was-shown-an-hour-ago";

  EXPECT_EQ(call(asked, console), 5);

  EXPECT_EQ(console.questions.size(), 1U) << "it is asked about what it is now";
  EXPECT_THAT(console.complained(), HasSubstr("it has changed since it was shown"));
  EXPECT_EQ(console.shown(), "Think.\nagreed\n");
}

TEST_F(AdminTest, DoesNotSayThatNothingWasDoneWhereNothingWasAsked) {
  serve(open);
  TestConsole console;
  CommandCall asked = command("say");
  asked.confirmed = "what-another-call-showed";

  EXPECT_EQ(call(asked, console), 5);

  EXPECT_THAT(console.complained(), HasSubstr("there was nothing to confirm"));
  EXPECT_THAT(console.complained(), testing::Not(HasSubstr("nothing was done")));
  EXPECT_THAT(console.shown(), HasSubstr("to ")) << "the answer is whole";
}

TEST_F(AdminTest, WritesFilesWhereTheClientIs) {
  serve(open);
  TestConsole console;
  TestConsole full;
  full.disk_problem = "cannot write plan.json: no space";

  EXPECT_EQ(call(command("write", {"plan.json"}), console), 5);
  EXPECT_EQ(call(command("write", {"plan.json"}), full), 1);

  EXPECT_EQ(console.files.at("plan.json"), std::string(1'000'000, 'y'));
  EXPECT_THAT(full.complained(), HasSubstr("cannot write plan.json: no space"));
}

TEST_F(AdminTest, WritesNoFileThatTheCallDoesNotName) {
  serve(open);
  TestConsole console;

  EXPECT_EQ(call(command("write", {"/etc/passwd"}), console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("it was not written"));
  EXPECT_TRUE(console.files.empty());
}

TEST_F(AdminTest, HoldsNoCommandWhileAPersonThinks) {
  int at_work = 0;
  serve([&at_work](const CommandCall& call, Peer who) -> Result<CommandStream::Command> {
    return [&at_work, call, who](Console& console) -> awaitable<int> {
      ++at_work;
      const int code = co_await obey(call, who, console);
      --at_work;
      co_return code;
    };
  });
  TestConsole console;
  TestConsole other;
  console.answers = {"yes"};
  console.meanwhile = [&]() -> awaitable<void> {
    EXPECT_EQ(at_work, 0);
    const auto code = co_await call_daemon(socket(), command("say"), other, {});
    EXPECT_EQ(code, 5);
  };

  EXPECT_EQ(call(command("ask"), console), 5);

  EXPECT_THAT(other.shown(), HasSubstr("to "));
}

TEST_F(AdminTest, CancelsTheCommandOfAClientThatLeaves) {
  bool cancelled = false;
  serve([&](const CommandCall&, Peer) -> Result<CommandStream::Command> {
    return [&](Console& console) -> awaitable<int> {
      console.out << "begun" << std::flush;
      try {
        co_await wait_for_ever();
      } catch (...) {
        cancelled = true;
        throw;
      }
      co_return 0;
    };
  });
  const auto leave = [&]() -> awaitable<bool> {
    auto stream = co_await connect_unix(socket());
    const std::string asked = request("wait");
    const auto sent = co_await (*stream)->write(asked);
    EXPECT_TRUE(sent);
    std::string received;
    std::array<char, 4096> part;
    while (received.find("begun") == std::string::npos) {
      const auto size = co_await (*stream)->read_some(part);
      if (!size || *size == 0) co_return false;
      received.append(part.data(), *size);
    }
    co_return true;  // and the stream is closed
  };

  EXPECT_TRUE(during(leave()));
  while (!cancelled && io.run_one() > 0) continue;

  EXPECT_TRUE(cancelled);
}

TEST_F(AdminTest, AnswersAClientThatOnlySaysThatItSendsNothingMore) {
  serve(open);
  const auto half_close = [&]() -> Async<std::string> {
    auto stream = co_await connect_unix(socket());
    const std::string asked = request("say");
    const auto sent = co_await (*stream)->write(asked);
    if (!sent) co_return sent.error();
    co_await (*stream)->finish();
    std::string received;
    std::array<char, 4096> part;
    while (received.find("{\"exit\":5}") == std::string::npos) {
      const auto size = co_await (*stream)->read_some(part);
      if (!size || *size == 0) break;
      received.append(part.data(), *size);
    }
    co_return received;
  };

  const auto received = during(half_close());

  ASSERT_TRUE(received);
  EXPECT_THAT(*received, HasSubstr("{\"exit\":5}"));
}

TEST_F(AdminTest, TellsClientsThatTheDaemonStops) {
  serve([this](const CommandCall&, Peer) -> Result<CommandStream::Command> {
    return [this](Console&) -> awaitable<int> {
      boost::asio::post(io, [this] { server->stop(); });
      co_await wait_for_ever();
      co_return 0;
    };
  });
  TestConsole console;

  EXPECT_EQ(call(command("wait"), console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("the daemon stops"));
}

TEST_F(AdminTest, SaysSoWhereTheCommandHasABug) {
  serve(open);
  TestConsole console;

  EXPECT_EQ(call(command("throw"), console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("internal error"));
}

TEST_F(AdminTest, RefusesACallThatIsWrong) {
  serve(open);
  TestConsole console;

  const auto code = call(command("nonsense"), console);

  ASSERT_FALSE(code);
  EXPECT_EQ(code.error(), (Error{ErrorCode::rejected, "there is no such command"}));
}

TEST_F(AdminTest, RefusesWhatIsNoHttpAndWhatIsTooLong) {
  serve(open);

  const auto frame = during(send_raw(socket(), std::string("h\x7f\xff\xff\xff\r\n\r\n", 9)));
  const auto body = during(send_raw(socket(), request("say", std::string((1U << 20U) + 1, ' '))));
  TestConsole console;

  ASSERT_TRUE(frame);
  EXPECT_THAT(*frame, HasSubstr("HTTP/1.1 400"));
  ASSERT_TRUE(body);
  EXPECT_THAT(*body, HasSubstr("HTTP/1.1 413"));
  EXPECT_EQ(call(command("say"), console), 5) << "the next client is served as ever";
}

/// So that the limits count for this user, even when run by root.
constexpr unsigned kNobody = 65534;

TEST_F(AdminTest, TellsOneClientTooManySo) {
  serve(open, {.served = 1, .always_served = kNobody});
  TestConsole console;
  const auto crowd = [&]() -> awaitable<Result<int>> {
    const auto silent = co_await connect_unix(socket());
    co_return co_await call_daemon(socket(), command("say"), console, {});
  };

  const auto code = during(crowd());

  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ErrorCode::rate_limited);
  EXPECT_THAT(code.error().message, HasSubstr("1 at a time"));
}

TEST_F(AdminTest, ServesRootWhileOthersHoldEverySeatAndQueueForMore) {
  serve(open, {.served = 0, .turned_away = 0, .always_served = geteuid()});
  TestConsole console;

  EXPECT_EQ(call(command("say"), console), 5);
}

TEST_F(AdminTest, SaysOnceThatItCannotAcceptAndServesAsSoonAsItCan) {
  std::vector<std::string> lines;
  const auto keep = [&lines](std::string_view line) { lines.emplace_back(line); };
  AdminServerOptions options;
  options.path = socket();
  options.log = Log::to_sink(
      keep, [] { return Timestamp{}; }, false, LogLevel::warning);
  auto made = make_admin_server(io.get_executor(), options);
  ASSERT_TRUE(made) << made.error().message;
  server = std::move(*made);
  lines.clear();
  serving.start("server", server->serve(handler_of(open)));
  boost::asio::local::stream_protocol::socket waiting(io);
  waiting.connect(boost::asio::local::stream_protocol::endpoint(socket()));
  {
    const NoDescriptors here;
    for (int turn = 0; turn < 100 && io.poll_one() > 0; ++turn) continue;
    io.run_one();
  }
  TestConsole console;

  EXPECT_EQ(call(command("say"), console), 5);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("cannot accept clients of the admin socket"));
}

TEST_F(AdminTest, GivesTheSocketToItsGroupOnly) {
  serve(open);
  struct stat status {};

  ASSERT_EQ(stat(socket().c_str(), &status), 0);

  EXPECT_EQ(status.st_mode & 0777U, 0660U);
}

TEST_F(AdminTest, ReplacesWhatADeadDaemonLeft) {
  { boost::asio::local::stream_protocol::acceptor dead(io, socket()); }
  ASSERT_TRUE(std::filesystem::exists(socket()));

  serve(open);
  TestConsole console;

  EXPECT_EQ(call(command("say"), console), 5);
}

TEST_F(AdminTest, LeavesALiveDaemonAlone) {
  serve(open);
  AdminServerOptions options;
  options.path = socket();

  const auto second = make_admin_server(io.get_executor(), options);
  TestConsole console;

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_EQ(call(command("say"), console), 5);
}

TEST_F(AdminTest, WaitsForNoDaemonThatIsStopped) {
  using boost::asio::local::stream_protocol;
  stream_protocol::acceptor stopped(io, socket());  // it never accepts
  stopped.listen(1);
  std::vector<stream_protocol::socket> waiting;
  boost::system::error_code full;
  while (!full) {
    waiting.emplace_back(io, stream_protocol());
    const int client = waiting.back().native_handle();
    waiting.back().native_non_blocking(true);
    const auto there = stopped.local_endpoint();
    const bool is_in = ::connect(client, there.data(), static_cast<socklen_t>(there.size())) == 0;
    if (!is_in) full = {errno, boost::system::system_category()};
  }
  AdminServerOptions options;
  options.path = socket();

  const auto made = make_admin_server(io.get_executor(), options);
  std::filesystem::remove(socket());

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::conflict);
}

TEST_F(AdminTest, LeavesAFileThatIsNoSocketAlone) {
  const std::string path = (directory / "notes.txt").string();
  std::ofstream(path) << "mine";
  AdminServerOptions options;
  options.path = path;

  const auto made = make_admin_server(io.get_executor(), options);

  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("no socket"));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(AdminTest, SaysWhereNoDaemonListens) {
  TestConsole console;

  const auto code = call(command("say"), console);

  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ErrorCode::not_found);
}

TEST_F(AdminTest, SaysWhichGroupToJoin) {
  if (geteuid() != 0) GTEST_SKIP() << "no root here: only root can become another user";
  serve(open);
  std::filesystem::permissions(directory, std::filesystem::perms(0755));
  TestConsole console;

  const auto code = as_nobody([&] { return call(command("say"), console); });

  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ErrorCode::forbidden);
  EXPECT_THAT(code.error().message, HasSubstr("usermod -aG authzd-admin nobody"));
}

}  // namespace
}  // namespace authzd::test
