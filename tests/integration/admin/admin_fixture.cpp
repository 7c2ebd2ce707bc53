// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/admin/admin_fixture.hpp"

#include <boost/asio/post.hpp>

#include <stdexcept>
#include <utility>

namespace authzd::test {

Async<bool> TestConsole::ask(std::string question) {
  questions.push_back(std::move(question));
  if (meanwhile) co_await meanwhile();
  if (answers.empty()) co_return Error{ErrorCode::cancelled, "nobody is here"};
  const std::string answer = std::move(answers.front());
  answers.pop_front();
  co_return is_yes(answer);
}

Async<void> TestConsole::write_file(std::string path, std::string text) {
  if (!disk_problem.empty()) co_return Error{ErrorCode::unavailable, disk_problem};
  files[std::move(path)] = std::move(text);
  co_return Result<void>{};
}

AdminTest::AdminTest() {}

AdminTest::~AdminTest() {
  end_server();
  EXPECT_EQ(serving.running(), 0U) << "the server has not ended";
  EXPECT_FALSE(serving.failed());
  EXPECT_FALSE(std::filesystem::exists(socket())) << "the socket is left behind";
}

void AdminTest::end_server() {
  if (!server) return;
  // In the loop: with Asio 1.81 an outside cancellation may arrive after its coroutine's end.
  boost::asio::post(io, [this] { server->stop(); });
  io.restart();
  io.run();
  server.reset();
}

void AdminTest::serve(AdminHandler handler, SlotLimits seats, std::string version) {
  AdminServerOptions options;
  options.path = socket();
  options.version = std::move(version);
  options.seats = seats;
  auto made = make_admin_server(io.get_executor(), options);
  if (!made) throw std::runtime_error(made.error().message);
  server = std::move(*made);
  serving.start("server", server->serve(std::move(handler)));
}

namespace {

Async<int> connect_and_call(std::string path,
                            AdminCall call,
                            Console& console) {  // coroutine-ref: the awaiter's
  auto stream = co_await connect_daemon(path);
  if (!stream) co_return std::move(stream).error();
  std::set<std::string> files{"plan.json"};
  co_return co_await call_daemon(**stream, call, console, std::move(files), "1.0.0");
}

}  // namespace

Result<int> AdminTest::call(std::vector<std::string> arguments, TestConsole& console) {
  const AdminCall call{std::move(arguments), "/etc/authzd/authzd.yaml", console.can_ask, false};
  return during(connect_and_call(socket(), call, console));
}

}  // namespace authzd::test
