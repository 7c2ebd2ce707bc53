// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/client_slots.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace authzd {
namespace {

constexpr SlotLimits kFew{.served = 3, .of_one_user = 2, .turned_away = 1, .always_served = 0};
constexpr unsigned kAlice = 1000;
constexpr unsigned kBob = 1001;

TEST(ClientSlots, LeaveRoomForOthersBesideOneUserWithManyClients) {
  ClientSlots seats(kFew);
  const auto first = seats.take(kAlice);
  const auto second = seats.take(kAlice);
  const auto third = seats.take(kAlice);
  const auto of_bob = seats.take(kBob);

  EXPECT_TRUE(first->is_served());
  EXPECT_TRUE(second->is_served());
  EXPECT_FALSE(third->is_served());
  EXPECT_TRUE(of_bob->is_served());
}

TEST(ClientSlots, AreNeverTooFewForRoot) {
  ClientSlots seats(kFew);
  std::vector<std::optional<ClientSlots::Slot>> taken;
  for (unsigned uid = 1000; uid < 1010; ++uid) taken.push_back(seats.take(uid));

  for (int n = 0; n < 20; ++n) {
    taken.push_back(seats.take(0));
    ASSERT_TRUE(taken.back());
    EXPECT_TRUE(taken.back()->is_served());
  }
}

TEST(ClientSlots, AreGivenBack) {
  ClientSlots seats(kFew);
  for (int n = 0; n < 10; ++n) {
    const auto first = seats.take(kAlice);
    const auto second = seats.take(kAlice);
    const auto turned_away = seats.take(kAlice);
    ASSERT_TRUE(turned_away);
    EXPECT_TRUE(second->is_served());
    EXPECT_FALSE(turned_away->is_served());
    EXPECT_FALSE(seats.take(kAlice)) << "there is not even time to say so";
  }
}

}  // namespace
}  // namespace authzd
