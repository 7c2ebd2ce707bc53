// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/encoding.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace authzd {
namespace {

/// Section 10 of RFC 4648.
const std::pair<std::string, std::string> kVectors[] = {{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}};

TEST(Base64, WritesAndReadsTheVectorsOfTheStandard) {
  for (const auto& [bytes, text] : kVectors) {
    const std::string bare = text.substr(0, text.find('='));
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(base64url(bytes), bare);
    EXPECT_EQ(base64_decoded(text), bytes);
    EXPECT_EQ(base64_decoded(bare), bytes);
  }
}

TEST(Base64, HasTwoAlphabetsAndReadsBoth) {
  EXPECT_EQ(base64("\xff\xef"), "/+8=");
  EXPECT_EQ(base64url("\xff\xef"), "_-8");
  EXPECT_EQ(base64_decoded("_-8="), "\xff\xef");
  EXPECT_EQ(base64_decoded("/+8"), "\xff\xef");
}

TEST(Base64, KeepsEveryByte) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  EXPECT_EQ(base64_decoded(base64(bytes)), bytes);
  EXPECT_EQ(base64_decoded(base64url(bytes)), bytes);
  EXPECT_EQ(base64url(bytes).find_first_of("+/="), std::string::npos);
}

TEST(Base64, RefusesAnyOtherCharacter) {
  for (const std::string text : {"YW I", "YW\nI", "YW=I", "YW.I", "YW\xc3\xa9"}) {
    EXPECT_EQ(base64_decoded(text), std::nullopt) << text;
  }
}

TEST(Base64, DropsBitsThatMakeNoByte) {
  EXPECT_EQ(base64_decoded("Zm9vY"), "foo");
  EXPECT_EQ(base64_decoded("Z"), "");
}

}  // namespace
}  // namespace authzd
