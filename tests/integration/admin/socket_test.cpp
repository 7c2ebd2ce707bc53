// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What passes through the admin socket, whoever uses it.
#include "daemon/admin/frame.hpp"
#include "daemon/admin/unix_socket.hpp"
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

/// Waits until it is cancelled.
awaitable<void> wait_for_ever() {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                  boost::asio::steady_timer::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable);
}

/// A handler that does what its first argument says.
awaitable<int> obey(AdminCall call, Peer who, Console& console) {  // coroutine-ref: the server's
  const std::string& word = call.arguments.front();
  if (word == "say") {
    console.out << "to " << who.uid << '\n';
    console.err << "beware\n";
  } else if (word == "long") {
    console.out << std::string(3'000'000, 'x');
  } else if (word == "ask") {
    const auto yes = co_await console.ask("Really?");
    console.out << (yes && *yes ? "agreed\n" : "declined\n");
  } else if (word == "write") {
    const std::string text(1'000'000, 'y');
    const auto written = co_await console.write_file(call.arguments.at(1), text);
    console.out << (written ? "written" : written.error().message) << '\n';
  } else if (word == "wait") {
    co_await wait_for_ever();
  } else if (word == "throw") {
    throw std::logic_error("a bug");
  }
  co_return 5;
}

/// Sends bytes unchanged, and returns everything that it receives.
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
  serve(obey);
  TestConsole console;

  EXPECT_EQ(call({"say"}, console), 5);

  EXPECT_EQ(console.shown(), "to " + std::to_string(getuid()) + "\n");
  EXPECT_EQ(console.complained(), "beware\n");
}

TEST_F(AdminTest, CarriesMoreThanAFrameHolds) {
  serve(obey);
  TestConsole console;

  EXPECT_EQ(call({"long"}, console), 5);

  EXPECT_EQ(console.shown(), std::string(3'000'000, 'x'));
}

TEST_F(AdminTest, AsksThePersonAtTheOtherEnd) {
  serve(obey);
  TestConsole agrees;
  TestConsole declines;
  agrees.answers = {"yes"};
  declines.answers = {"maybe"};

  EXPECT_EQ(call({"ask"}, agrees), 5);
  EXPECT_EQ(call({"ask"}, declines), 5);

  EXPECT_EQ(agrees.questions, std::vector<std::string>{"Really?"});
  EXPECT_EQ(agrees.shown(), "agreed\n");
  EXPECT_EQ(declines.shown(), "declined\n");
}

TEST_F(AdminTest, WritesFilesAtTheOtherEnd) {
  serve(obey);
  TestConsole console;
  TestConsole full;
  full.disk_problem = "cannot write plan.json: no space";

  EXPECT_EQ(call({"write", "plan.json"}, console), 5);
  EXPECT_EQ(call({"write", "plan.json"}, full), 5);

  EXPECT_EQ(console.files.at("plan.json"), std::string(1'000'000, 'y'));
  EXPECT_EQ(full.shown(), "cannot write plan.json: no space\n");
}

TEST_F(AdminTest, WritesNoFileThatWasNotAskedFor) {
  serve(obey);
  TestConsole console;

  const auto code = call({"write", "/etc/passwd"}, console);

  ASSERT_FALSE(code);
  EXPECT_TRUE(console.files.empty());
}

TEST_F(AdminTest, ServesOneClientWhileAnotherThinks) {
  serve(obey);
  TestConsole first;
  TestConsole second;
  const auto call_too = [&]() -> awaitable<void> {
    const AdminCall says{{"say"}, "/c", true, false};
    const std::set<std::string> none;
    const auto stream = co_await connect_daemon(socket());
    const auto code = co_await call_daemon(**stream, says, second, none, "1.0.0");
    EXPECT_EQ(code, 5);
  };
  first.answers = {"yes"};
  first.meanwhile = call_too;

  EXPECT_EQ(call({"ask"}, first), 5);

  EXPECT_EQ(first.shown(), "agreed\n");
  EXPECT_THAT(second.shown(), HasSubstr("to "));
}

TEST_F(AdminTest, CancelsTheCommandOfAClientThatLeaves) {
  bool cancelled = false;
  const AdminHandler handler = [&](AdminCall, Peer, Console& console) -> awaitable<int> {
    console.out << "begun" << std::flush;
    try {
      co_await wait_for_ever();
    } catch (...) {
      cancelled = true;
      throw;
    }
    co_return 0;
  };
  serve(handler);
  const auto leave = [&]() -> awaitable<bool> {
    const std::string hello = encode_frame(FrameKind::hello, encode(Hello{"1.0.0"}));
    const std::string asked = encode_frame(FrameKind::call, encode(AdminCall{}));
    auto stream = co_await connect_unix(socket());
    const auto said = co_await (*stream)->write(hello);
    EXPECT_TRUE(said);
    const auto asking = co_await (*stream)->write(asked);
    EXPECT_TRUE(asking);
    FrameReader reader(**stream);
    while (true) {
      const auto frame = co_await reader.next();
      if (!frame || !*frame) co_return false;
      if ((*frame)->kind == FrameKind::out) co_return true;  // and the stream is closed
    }
  };

  EXPECT_TRUE(during(leave()));
  while (!cancelled && io.run_one() > 0) continue;

  EXPECT_TRUE(cancelled);
}

TEST_F(AdminTest, TellsClientsThatTheDaemonStops) {
  const AdminHandler handler = [this](AdminCall, Peer, Console&) -> awaitable<int> {
    boost::asio::post(io, [this] { server->stop(); });
    co_await wait_for_ever();
    co_return 0;
  };
  serve(handler);
  TestConsole console;

  EXPECT_EQ(call({"wait"}, console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("the daemon stops"));
}

TEST_F(AdminTest, SaysSoWhereTheCommandHasABug) {
  serve(obey);
  TestConsole console;

  EXPECT_EQ(call({"throw"}, console), 1);

  EXPECT_THAT(console.complained(), HasSubstr("internal error"));
}

TEST_F(AdminTest, RefusesAClientOfAnotherVersion) {
  serve(obey, {}, "0.9.0");
  TestConsole console;

  const auto code = call({"say"}, console);

  ASSERT_FALSE(code);
  EXPECT_THAT(code.error().message, HasSubstr("the daemon that runs is authzd 0.9.0"));
  EXPECT_EQ(console.shown(), "");
}

TEST_F(AdminTest, RefusesAnOversizedFrameAndOtherNonsense) {
  serve(obey);
  const std::string oversized("h\x7f\xff\xff\xff", 5);

  const auto answer = during(send_raw(socket(), oversized));
  const auto http = during(send_raw(socket(), "GET / HTTP/1.1\r\n\r\n"));
  TestConsole console;

  ASSERT_TRUE(answer);
  EXPECT_THAT(*answer, HasSubstr("2147483647 bytes"));
  ASSERT_TRUE(http);
  EXPECT_THAT(*http, HasSubstr("not the protocol"));
  EXPECT_EQ(call({"say"}, console), 5) << "the next client is served as ever";
}

/// So that the limits count for this user, even when run by root.
constexpr unsigned kNobody = 65534;

TEST_F(AdminTest, TellsOneClientTooManySo) {
  serve(obey, {.served = 1, .always_served = kNobody});
  TestConsole console;
  const auto crowd = [&]() -> awaitable<Result<int>> {
    const AdminCall says{{"say"}, "/c", true, false};
    const auto silent = co_await connect_daemon(socket());
    const auto second = co_await connect_daemon(socket());
    const std::set<std::string> none;
    co_return co_await call_daemon(**second, says, console, none, "1.0.0");
  };

  const auto code = during(crowd());

  ASSERT_FALSE(code);
  EXPECT_THAT(code.error().message, HasSubstr("1 at a time"));
}

TEST_F(AdminTest, ServesRootWhileOthersHoldEverySeatAndQueueForMore) {
  serve(obey, {.served = 0, .turned_away = 0, .always_served = geteuid()});
  TestConsole console;

  EXPECT_EQ(call({"say"}, console), 5);
}

TEST_F(AdminTest, SaysOnceThatItCannotAcceptAndServesAsSoonAsItCan) {
  std::vector<std::string> lines;
  const auto keep = [&lines](std::string_view line) { lines.emplace_back(line); };
  AdminServerOptions options;
  options.path = socket();
  options.version = "1.0.0";
  options.log = Log::to_sink(
      keep, [] { return Timestamp{}; }, false, LogLevel::warning);
  auto made = make_admin_server(io.get_executor(), options);
  ASSERT_TRUE(made) << made.error().message;
  server = std::move(*made);
  lines.clear();
  serving.start("server", server->serve(obey));
  boost::asio::local::stream_protocol::socket waiting(io);
  waiting.connect(boost::asio::local::stream_protocol::endpoint(socket()));
  {
    const NoDescriptors here;
    for (int turn = 0; turn < 100 && io.poll_one() > 0; ++turn) continue;
    io.run_one();
  }
  TestConsole console;

  EXPECT_EQ(call({"say"}, console), 5);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("cannot accept clients of the admin socket"));
}

TEST_F(AdminTest, GivesTheSocketToItsGroupOnly) {
  serve(obey);
  struct stat status {};

  ASSERT_EQ(stat(socket().c_str(), &status), 0);

  EXPECT_EQ(status.st_mode & 0777U, 0660U);
}

TEST_F(AdminTest, ReplacesWhatADeadDaemonLeft) {
  { boost::asio::local::stream_protocol::acceptor dead(io, socket()); }
  ASSERT_TRUE(std::filesystem::exists(socket()));

  serve(obey);
  TestConsole console;

  EXPECT_EQ(call({"say"}, console), 5);
}

TEST_F(AdminTest, LeavesALiveDaemonAlone) {
  serve(obey);
  AdminServerOptions options;
  options.path = socket();

  const auto second = make_admin_server(io.get_executor(), options);
  TestConsole console;

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_EQ(call({"say"}, console), 5);
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

  const auto code = call({"say"}, console);

  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ErrorCode::not_found);
}

TEST_F(AdminTest, SaysWhichGroupToJoin) {
  if (geteuid() != 0) GTEST_SKIP() << "no root here: only root can become another user";
  serve(obey);
  std::filesystem::permissions(directory, std::filesystem::perms(0755));
  TestConsole console;

  const auto code = as_nobody([&] { return call({"say"}, console); });

  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ErrorCode::forbidden);
  EXPECT_THAT(code.error().message, HasSubstr("usermod -aG authzd-admin nobody"));
}

}  // namespace
}  // namespace authzd::test
