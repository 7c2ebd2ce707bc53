// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/integration/admin/admin_fixture.hpp"

#include "daemon/admin/api_error.hpp"

#include <boost/asio/post.hpp>

#include <stdexcept>
#include <utility>

namespace authzd::test {

Async<bool> TestConsole::ask(Question question) {
  questions.push_back(std::move(question.text));
  if (meanwhile) co_await meanwhile();
  if (answers.empty()) co_return Error{ErrorCode::cancelled, "nobody is here"};
  const std::string answer = std::move(answers.front());
  answers.pop_front();
  co_return is_yes(answer);
}

Async<void> TestConsole::write_new_file(std::string path, std::string text) {
  return write_file(std::move(path), std::move(text));
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

void AdminTest::serve(Opener opener, SlotLimits seats) {
  AdminServerOptions options;
  options.path = socket();
  options.seats = seats;
  auto made = make_admin_server(io.get_executor(), options);
  if (!made) throw std::runtime_error(made.error().message);
  server = std::move(*made);
  serving.start("server", server->serve(handler_of(std::move(opener))));
}

AdminHandler AdminTest::handler_of(Opener opener) {
  return [this, opener = std::move(opener)](HttpRequest request,
                                            Peer who) -> boost::asio::awaitable<HttpReply> {
    const std::string command = request.target.substr(request.target.rfind('/') + 1);
    const auto call = parse_call(command, request.body);
    if (!call) co_return HttpReply{.response = api_error(400, call.error())};
    auto opened = opener(*call, std::move(who));
    if (!opened) co_return HttpReply{.response = api_error(400, opened.error())};
    HttpReply reply;
    reply.response.status = 200;
    reply.source = std::make_shared<CommandStream>(
        io.get_executor(), Log(), unread, *call, *std::move(opened));
    co_return reply;
  };
}

Result<int> AdminTest::call(CommandCall asked, TestConsole& console) {
  asked.can_ask = console.can_ask;
  return during(call_daemon(socket(), std::move(asked), console, {.files = {"plan.json"}}));
}

}  // namespace authzd::test
