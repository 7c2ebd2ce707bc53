// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/service/stop_signals.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>

namespace authzd {
namespace {

/// Whether the signal would end this process now.
bool is_deadly(int signal) {
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  return now.sa_handler == SIG_DFL;
}

class StopSignal : public testing::TestWithParam<int> {};

TEST_P(StopSignal, AsksForAnEndAndTheNextOneMakesIt) {
  boost::asio::io_context io{1};
  const StopSignals signals(io.get_executor(), Log());
  EXPECT_FALSE(signals.token().is_requested());

  std::raise(GetParam());
  io.run();

  EXPECT_TRUE(signals.token().is_requested());
  EXPECT_TRUE(is_deadly(GetParam()));
}

TEST_P(StopSignal, IsNotKeptFromAProcessThatHasDoneItsWork) {
  boost::asio::io_context io{1};
  std::optional<StopSignals> signals(std::in_place, io.get_executor(), Log());
  ASSERT_FALSE(is_deadly(GetParam()));

  signals.reset();

  EXPECT_TRUE(is_deadly(GetParam()));
  EXPECT_EQ(io.run(), 1U) << "nothing is waited for";
}

INSTANTIATE_TEST_SUITE_P(Each, StopSignal, testing::Values(SIGTERM, SIGINT), [](const auto& test) {
  return test.param == SIGTERM ? "Term" : "Int";
});

}  // namespace
}  // namespace authzd
