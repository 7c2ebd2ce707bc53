// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/connect.hpp"
#include "daemon/net/supervisor.hpp"
#include "tests/support/run_async.hpp"

#include <gtest/gtest.h>

#include <future>
#include <memory>

namespace authzd {
namespace {

using boost::asio::ip::make_address;

TEST(HostLookUp, GivesWhatIsFound) {
  boost::asio::io_context io(1);
  const Resolve resolve = [](const std::string& host, std::uint16_t port) -> Result<Endpoints> {
    if (host != "iam.example") return Error{ErrorCode::unavailable, "no such host"};
    return Endpoints{{make_address("192.0.2.1"), port}, {make_address("2001:db8::1"), port}};
  };

  const auto found =
      test::run(io, look_up_host("iam.example", 443, std::chrono::minutes(1), resolve));
  const auto missing =
      test::run(io, look_up_host("other.example", 443, std::chrono::minutes(1), resolve));

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->size(), 2U);
  EXPECT_EQ(found->front(), boost::asio::ip::tcp::endpoint(make_address("192.0.2.1"), 443));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "no such host");
}

TEST(HostLookUp, AsksTheHostsResolver) {
  boost::asio::io_context io(1);

  const auto found = test::run(io, look_up_host("localhost", 80, std::chrono::minutes(1)));

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->front().address().is_loopback());
}

// If anything waited for it, this test would never end.
TEST(HostLookUp, ThatHangsKeepsNeitherItsCallerNorTheLoop) {
  const auto end = std::make_shared<std::promise<void>>();
  {
    boost::asio::io_context io(1);
    Supervisor tasks(io.get_executor(), Log());
    const Resolve hang = [end](const std::string&, std::uint16_t) -> Result<Endpoints> {
      end->get_future().wait();
      return Endpoints();
    };
    const auto look_up = [&]() -> boost::asio::awaitable<void> {
      const auto never = co_await look_up_host("iam.example", 443, std::chrono::minutes(1), hang);
      EXPECT_FALSE(never);
    };
    tasks.start("look-up", look_up());
    io.poll();
    EXPECT_EQ(tasks.running(), 1U);
    tasks.stop();
    io.restart();
    io.run();
    EXPECT_EQ(tasks.running(), 0U);
  }
  end->set_value();
}

}  // namespace
}  // namespace authzd
