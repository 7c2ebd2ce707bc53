// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/secret.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>
#include <utility>

namespace authzd {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(Secret, HasNoWayIntoAStreamOrAString) {
  EXPECT_FALSE(Printable<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
}

TEST(Secret, LeavesNothingBehindWhereItWasMovedFrom) {
  Secret first("a key that is long enough to live on the heap, not in place");
  const Secret second = std::move(first);

  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): this is the test
  EXPECT_EQ(second.reveal(), "a key that is long enough to live on the heap, not in place");
}

TEST(Secret, IsReplacedByAssignment) {
  Secret secret("old");
  secret = Secret("new");

  EXPECT_EQ(secret.reveal(), "new");
}

}  // namespace
}  // namespace authzd
