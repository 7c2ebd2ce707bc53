// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/user_names.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <exception>
#include <future>
#include <optional>

namespace authzd {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

std::string ask(boost::asio::io_context& io, UserNames& names, unsigned uid) {
  std::optional<std::string> name;
  const auto keep = [&name](const std::exception_ptr& thrown, std::string text) {
    if (thrown) std::rethrow_exception(thrown);
    name = std::move(text);
  };
  boost::asio::co_spawn(io, names.of(uid), keep);
  io.restart();
  io.run();
  return name.value_or("never came");
}

TEST(UserNames, AreThoseOfThisHost) {
  boost::asio::io_context io{1};
  UserNames names(io.get_executor(), look_up_user_name, hours(1));

  EXPECT_EQ(ask(io, names, 0), "root");
  EXPECT_EQ(ask(io, names, 4'000'000'000), "");
}

TEST(UserNames, AreLookedUpOnce) {
  boost::asio::io_context io{1};
  const auto count = std::make_shared<std::atomic<int>>(0);
  const auto look_up = [count](unsigned uid) {
    ++*count;
    return "user" + std::to_string(uid);
  };
  UserNames names(io.get_executor(), look_up, hours(1));

  EXPECT_EQ(ask(io, names, 7), "user7");
  EXPECT_EQ(ask(io, names, 7), "user7");
  EXPECT_EQ(*count, 1);
}

/// A directory service that does not answer until the test allows it.
TEST(UserNames, AreDoneWithoutWhereTheLookUpHangs) {
  boost::asio::io_context io{1};
  const auto answers = std::make_shared<std::promise<void>>();
  const auto count = std::make_shared<std::atomic<int>>(0);
  const auto hang = [count, wait = answers->get_future().share()](unsigned) {
    ++*count;
    wait.wait();
    return std::string("late");
  };
  UserNames names(io.get_executor(), hang, milliseconds(1));

  for (unsigned uid = 1; uid <= 10; ++uid) EXPECT_EQ(ask(io, names, uid), "");
  EXPECT_LE(*count, 4) << "hanging threads are bounded";
  answers->set_value();
}

}  // namespace
}  // namespace authzd
