// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/text.hpp"
#include "tests/support/hostile_text.hpp"

#include <gtest/gtest.h>

namespace authzd::test {
namespace {

TEST(Printable, EscapesAllThatAPersonCannotSee) {
  for (const std::string_view hostile : kHostile) {
    EXPECT_EQ(find_hostile(printable("a" + std::string(hostile) + "b")), "");
  }
}

TEST(JsonSafe, WritesTheSameDocumentInVisibleCharacters) {
  EXPECT_EQ(json_safe("{\"a\": \"\xe2\x80\xae\xc3\xbc\"}\n"), "{\"a\": \"\\u202e\xc3\xbc\"}\n");
  EXPECT_EQ(json_safe("\"\xf3\xa0\x81\xa1\""), "\"\\udb40\\udc61\"");  // a pair of surrogates
  EXPECT_EQ(json_safe("\"\x7f\""), "\"\\u007f\"");
  EXPECT_EQ(json_safe("\"\xff\""), "\"\\ufffd\"");
}

TEST(QuoteValue, QuotesWhatCouldBeTakenForTheTextAroundIt) {
  EXPECT_EQ(quote_value("51042d7f-f0df-4915-bd39-6a49957c9175"),
            "51042d7f-f0df-4915-bd39-6a49957c9175");
  EXPECT_EQ(quote_value("a b"), "\"a b\"");
  EXPECT_EQ(quote_value("a)"), "\"a)\"");
  EXPECT_EQ(quote_value("a\"\\"), "\"a\\\"\\\\\"");
  EXPECT_EQ(quote_value(""), "\"\"");
}

}  // namespace
}  // namespace authzd::test
