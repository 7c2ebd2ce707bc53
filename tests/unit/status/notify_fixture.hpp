// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A server on loopback that takes notices and statuses of commits; waiting is virtual, the sockets
// are real.
#pragma once

#include "daemon/net/http_server.hpp"
#include "daemon/net/supervisor.hpp"
#include "daemon/notify/outbox.hpp"
#include "daemon/notify/summary.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace authzd::test {

class NotifyFixture : public ::testing::Test {
 protected:
  static constexpr const char* kPath = "/hooks/s3cret-path";

  NotifyFixture();
  ~NotifyFixture() override;

  std::string write(const std::string& name, const std::string& text) const {
    return temporary.write(name, text);
  }
  [[nodiscard]] std::string origin() const;
  [[nodiscard]] NotifierSeams seams();

  /// Once that many requests have arrived or messages were dropped, `finish` runs, and then
  /// everything that still runs ends, and so io.run(). Call it first.
  void end_after(std::size_t ends, std::function<boost::asio::awaitable<void>()> finish);

  /// A change of one policy in account "prod".
  static CycleSummary change(const std::string& run);

  boost::asio::io_context io{1};
  VirtualClock clock;
  SeededRandomness randomness{5};
  Supervisor tasks{io.get_executor(), Log()};
  std::unique_ptr<HttpServer> server;
  TempFolder temporary;
  const std::filesystem::path folder = temporary.path();
  std::deque<HttpResponse> replies;  // the next ones; then 204
  bool hangs = false;                // it never answers
  std::vector<HttpRequest> requests;
  std::vector<std::string> lines;  // of the log

 private:
  boost::asio::awaitable<HttpReply> answer(HttpRequest request);
  boost::asio::awaitable<void> end();
  void end_at_last();

  std::size_t left_ = 0;
  std::function<boost::asio::awaitable<void>()> finish_;
};

}  // namespace authzd::test
