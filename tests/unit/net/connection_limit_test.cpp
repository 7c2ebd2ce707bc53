// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/connection_limit.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace authzd {
namespace {

bool is_dropped(const ConnectionLimit::Member& member) {
  return member.dropped().stop_requested();
}

TEST(ConnectionLimit, DropsTheOneWhoseClientHasBeenAtItForLongest) {
  ConnectionLimit crowd;
  const auto first = crowd.join("a");
  const auto second = crowd.join("a");

  crowd.drop_one();
  EXPECT_TRUE(is_dropped(first));
  EXPECT_FALSE(is_dropped(second));

  crowd.drop_one();
  EXPECT_TRUE(is_dropped(second));
}

TEST(ConnectionLimit, CountsFromTheBeginningOfEachTurn) {
  ConnectionLimit crowd;
  auto first = crowd.join("a");
  const auto second = crowd.join("a");
  first.works();
  first.waits_for_client();

  crowd.drop_one();

  EXPECT_FALSE(is_dropped(first));
  EXPECT_TRUE(is_dropped(second));
}

TEST(ConnectionLimit, DropsOfTheAddressWithTheMostConnections) {
  ConnectionLimit crowd;
  const auto scraper = crowd.join("prometheus");
  const auto one_of_many = crowd.join("slow");
  const auto another = crowd.join("slow");

  crowd.drop_one();

  EXPECT_FALSE(is_dropped(scraper)) << "though it is the oldest";
  EXPECT_TRUE(is_dropped(one_of_many));
  EXPECT_FALSE(is_dropped(another));
}

TEST(ConnectionLimit, DropsNobodyAtWorkAndAsksTheFirstThatEndsForItsPlace) {
  ConnectionLimit crowd;
  auto busy = crowd.join("a");
  busy.works();

  crowd.drop_one();
  EXPECT_FALSE(is_dropped(busy));
  EXPECT_TRUE(busy.is_wanted());

  const auto newcomer = crowd.join("b");
  EXPECT_FALSE(busy.is_wanted()) << "the place was found";
}

TEST(ConnectionLimit, ForgetsWhoHasLeft) {
  ConnectionLimit crowd;
  std::optional<ConnectionLimit::Member> left(crowd.join("a"));
  const auto stays = crowd.join("b");
  left.reset();

  crowd.drop_one();

  EXPECT_TRUE(is_dropped(stays));
}

}  // namespace
}  // namespace authzd
