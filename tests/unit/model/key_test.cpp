// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/key.hpp"

#include "reconciler/model/policy.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

const AccountId kAccount{"a1234567a1234567a1234567a1234567"};

TEST(Key, LeavesRolesAndDescriptionOut) {
  PolicyContent one{
      {{"serviceName", "stringEquals", "is"}}, {{"serviceName", "stringEquals", "kms"}}, {}, ""};
  PolicyContent two = one;
  two.roles = {"crn:x"};
  two.description = "text";

  EXPECT_EQ(key_of(kAccount, one), key_of(kAccount, two));
}

TEST(Key, DiffersBySideOperatorAndAccount) {
  const AttributeSet is{{"serviceName", "stringEquals", "is"}};
  const AttributeSet kms{{"serviceName", "stringEquals", "kms"}};
  const AttributeSet any{{"serviceName", "stringMatch", "kms"}};

  EXPECT_NE(Key(kAccount, is, kms), Key(kAccount, kms, is));
  EXPECT_NE(Key(kAccount, is, kms), Key(kAccount, is, any));
  EXPECT_NE(Key(kAccount, is, kms), Key(AccountId{"b"}, is, kms));
}

TEST(Key, CannotBeForgedByAValueThatLooksLikeASeparator) {
  const AttributeSet forged{{"a", "stringEquals", "x\nr1:b12:stringEquals1:y"}};
  const AttributeSet plain{{"a", "stringEquals", "x"}};
  const AttributeSet other{{"b", "stringEquals", "y"}};

  EXPECT_NE(Key(kAccount, forged, {}), Key(kAccount, plain, other));
}

TEST(Key, HashesToTwelveHexDigits) {
  const std::string hash = Key(kAccount, {}, {}).hash12();

  EXPECT_EQ(hash.size(), 12U);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
}

}  // namespace
}  // namespace authzd
