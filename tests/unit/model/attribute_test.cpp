// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/attribute.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

TEST(AttributeSet, IsEqualWhateverTheOrder) {
  const AttributeSet one{{"serviceName", "stringEquals", "kms"},
                         {"accountId", "stringEquals", "a"}};
  const AttributeSet two{{"accountId", "stringEquals", "a"},
                         {"serviceName", "stringEquals", "kms"}};

  EXPECT_EQ(one, two);
}

TEST(AttributeSet, TakesAnAbsentOperatorForStringEquals) {
  EXPECT_EQ(AttributeSet({{"serviceName", "", "kms"}}),
            AttributeSet({{"serviceName", "stringEquals", "kms"}}));
}

TEST(AttributeSet, LowersGuidsAndAccountIdsAndNothingElse) {
  const AttributeSet set{
      {"serviceInstance", "stringEquals", "51042D7F-F0DF-4915-BD39-6A49957C9175"},
      {"accountId", "stringEquals", "A1234567A1234567A1234567A1234567"},
      {"resource", "stringEquals", "My-Bucket"}};

  EXPECT_EQ(set.equals_value("serviceInstance"), "51042d7f-f0df-4915-bd39-6a49957c9175");
  EXPECT_EQ(set.equals_value("accountId"), "a1234567a1234567a1234567a1234567");
  EXPECT_EQ(set.equals_value("resource"), "My-Bucket");
}

TEST(AttributeSet, HoldsAnyOfValuesAsASet) {
  using List = std::vector<std::string>;
  EXPECT_EQ(AttributeSet({{"region", "stringEqualsAnyOf", List{"eu-de", "us-south", "eu-de"}}}),
            AttributeSet({{"region", "stringEqualsAnyOf", List{"us-south", "eu-de"}}}));
}

TEST(AttributeSet, ReadsTheTextTrueOfStringExistsAsABoolean) {
  EXPECT_EQ(AttributeSet({{"volumeId", "stringExists", "true"}}),
            AttributeSet({{"volumeId", "stringExists", true}}));
}

TEST(AttributeSet, TellsALiteralStarFromExistence) {
  EXPECT_NE(AttributeSet({{"resourceGroupId", "stringEquals", "*"}}),
            AttributeSet({{"resourceGroupId", "stringExists", true}}));
}

TEST(Attribute, ReadsAsWords) {
  using List = std::vector<std::string>;
  EXPECT_EQ(to_string(Attribute{"serviceName", "stringEquals", "kms"}), "serviceName = kms");
  EXPECT_EQ(to_string(Attribute{"volumeId", "stringExists", true}), "volumeId exists");
  EXPECT_EQ(to_string(Attribute{"region", "stringEqualsAnyOf", List{"a", "b"}}),
            "region in {a, b}");
}

}  // namespace
}  // namespace authzd
