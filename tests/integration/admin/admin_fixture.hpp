// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The real admin socket: a server and its clients over a Unix socket in the test's own directory,
// on one io_context.
#pragma once

#include "daemon/admin/admin_client.hpp"
#include "daemon/admin/admin_server.hpp"
#include "daemon/admin/command_stream.hpp"
#include "daemon/net/supervisor.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <sstream>
#include <string>

namespace authzd::test {

struct Texts {
  std::ostringstream out_text;
  std::ostringstream err_text;
};

/// A terminal with the test as its user.
struct TestConsole : Texts, Console {
  TestConsole() : Console(out_text, err_text) { can_ask = true; }

  Async<bool> ask(Question question) override;
  Async<void> write_file(std::string path, std::string text) override;
  Async<void> write_new_file(std::string path, std::string text) override;

  [[nodiscard]] std::string shown() const { return out_text.str(); }
  [[nodiscard]] std::string complained() const { return err_text.str(); }

  std::deque<std::string> answers;  // the person's, in order
  std::vector<std::string> questions;
  std::function<boost::asio::awaitable<void>()> meanwhile;  // while the person thinks
  std::map<std::string, std::string> files;
  std::string disk_problem;  // why no file can be written
};

class AdminTest : public ::testing::Test {
 protected:
  AdminTest();
  ~AdminTest() override;

  /// Ends every session while its objects still exist.
  void end_server();

  [[nodiscard]] std::string socket() const { return (directory / "admin.sock").string(); }

  /// What a call is answered with.
  using Opener = std::function<Result<CommandStream::Command>(const CommandCall&, Peer)>;

  /// Listens, and serves until the test ends. Call it before the first client.
  void serve(Opener opener, SlotLimits seats = {});

  /// The handler of such a server.
  AdminHandler handler_of(Opener opener);

  /// Has the daemon perform a command, while everything else continues.
  Result<int> call(CommandCall asked, TestConsole& console);

  /// Runs `step` along with the server.
  template <class T>
  T during(boost::asio::awaitable<T> step) {
    std::optional<T> value;
    const auto keep = [&value](const std::exception_ptr& thrown, T result) {
      if (thrown) std::rethrow_exception(thrown);
      value.emplace(std::move(result));
    };
    boost::asio::co_spawn(io, std::move(step), keep);
    io.restart();
    while (!value && io.run_one() > 0) continue;
    if (!value) throw std::runtime_error("nothing is left to do, and it has not ended");
    return std::move(*value);
  }

  boost::asio::io_context io{1};
  test::TempFolder temporary;
  const std::filesystem::path directory = temporary.path();
  std::unique_ptr<AdminServer> server;
  UnreadEvents unread;
  Supervisor serving{io.get_executor(), Log()};
};

}  // namespace authzd::test
