// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who may approve what their own commit may have caused.

#include "daemon/config/approvers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;

Approvers two_people() {
  Approvers approvers;
  approvers.not_the_author = true;
  approvers.addresses = {{1000, {"ada@example.com"}}, {1001, {"bob@example.com", "bob@home"}}};
  return approvers;
}

TEST(Approvers, AreAllWhereNothingIsSaidOfAuthors) {
  EXPECT_EQ(why_not_approver({}, std::nullopt, {{"ada@example.com"}, {}, false}), "");
}

TEST(Approvers, AreThoseWhoDidNotWriteIt) {
  const Authors ada{{"ada@example.com"}, {"noreply@forge.example"}, true};

  EXPECT_THAT(why_not_approver(two_people(), 1000, ada),
              HasSubstr("login uid 1000 is ada@example.com, an author"));
  EXPECT_EQ(why_not_approver(two_people(), 1001, ada), "");
}

TEST(Approvers, AreNotThoseWhoCommittedItForAnother) {
  const Authors by_bob{{"ada@example.com"}, {"bob@home"}, true};

  EXPECT_THAT(why_not_approver(two_people(), 1001, by_bob), HasSubstr("is bob@home"));
}

TEST(Approvers, AreNobodyOfWhomItCannotBeSaid) {
  const Authors ada{{"ada@example.com"}, {}, true};

  EXPECT_THAT(why_not_approver(two_people(), std::nullopt, ada), HasSubstr("from no login"));
  EXPECT_THAT(why_not_approver(two_people(), 1002, ada), HasSubstr("no addresses of login uid"));
  EXPECT_THAT(why_not_approver(two_people(), 1001, {{"eve@example.com"}, {}, true}),
              HasSubstr("eve@example.com is nobody's"));
  EXPECT_THAT(why_not_approver(two_people(), 1001, {{"ada@example.com"}, {}, false}),
              HasSubstr("nobody knows who wrote"));
}

}  // namespace
}  // namespace authzd
