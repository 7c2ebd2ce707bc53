// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/marker.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

const Marker kMarker{"acme", "block-storage", "0123456789ab", false};

TEST(Marker, ReadsBackWhatItWrote) {
  const std::string text = render_description("Block volumes use our keys.", kMarker);

  EXPECT_EQ(text, "Block volumes use our keys. (authzd: acme/block-storage#0123456789ab)");
  EXPECT_EQ(parse_description(text), (Description{"Block volumes use our keys.", kMarker}));
}

TEST(Marker, CarriesProtectionAsABangBeforeTheBracket) {
  Marker marker = kMarker;
  marker.is_protected = true;

  const std::string text = render_description("", marker);

  EXPECT_EQ(text, "(authzd: acme/block-storage#0123456789ab!)");
  EXPECT_EQ(parse_description(text).marker, marker);
}

TEST(Marker, IsFoundInTheMiddleOfATextToo) {
  const auto parsed = parse_description("before (authzd: acme/block-storage#0123456789ab) after");

  EXPECT_EQ(parsed.marker, kMarker);
  EXPECT_EQ(parsed.text, "before after");
}

TEST(Marker, CountsTheLastOfSeveralAndSaysWhereTheyDiffer) {
  const auto same = parse_description(
      "(authzd: acme/block-storage#0123456789ab) (authzd: acme/block-storage#0123456789ab)");
  const auto rival =
      parse_description("(authzd: other/x#aaaaaaaaaaaa) (authzd: acme/block-storage#0123456789ab)");

  EXPECT_TRUE(same.rivals.empty());
  ASSERT_EQ(rival.rivals.size(), 1U);
  EXPECT_EQ(rival.rivals[0].owner, "other");
  EXPECT_EQ(rival.marker, kMarker);
}

TEST(Marker, LeavesNoneBehindThatHadOneInsideIt) {
  const std::string ours = "acme/block-storage#0123456789ab";
  std::string nested = "(authzd: " + ours + ")";
  for (int depth = 1; depth <= 20; ++depth) {
    nested = "(authzd: " + nested + " " + ours + ")";

    const auto parsed = parse_description("before " + nested + " after");

    EXPECT_EQ(parsed.marker, kMarker) << depth;
    EXPECT_FALSE(parse_description(parsed.text).marker) << depth << ": " << parsed.text;
  }
  const auto other = parse_description("(authzd: (authzd: " + ours + ") other/x#aaaaaaaaaaaa)");
  ASSERT_EQ(other.rivals.size(), 1U);
  EXPECT_EQ(other.rivals[0].owner, "other");
  EXPECT_EQ(parse_description("(authzd: (authzd: x) y/z#123) t").text,
            "(authzd: (authzd: x) y/z#123) t")
      << "what is no marker stays";
}

TEST(Marker, TakesWhatOnlyLooksLikeOneForText) {
  for (const char* text : {"(authzd: acme/x)",
                           "(authzd: acme/x#123)",
                           "(authzd: acme/x#0123456789AB)",
                           "(authzd: /x#0123456789ab)",
                           "(authzd: acme/x#0123456789ab",
                           "(authzd:acme/x#0123456789ab)"}) {
    EXPECT_EQ(parse_description(text), (Description{text, std::nullopt})) << text;
  }
}

TEST(Marker, ReadsAHugeTextOfOpeningsInOnePass) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "(authzd: ";
  text += "acme/x#0123456789ab)";

  const Description found = parse_description(text);

  ASSERT_TRUE(found.marker);
  EXPECT_EQ(found.marker->name, "x");
}

TEST(Marker, MayHaveNamesOfFullLength) {
  const Marker longest{std::string(63, 'o'), std::string(63, 'n'), "0123456789ab", true};

  EXPECT_EQ(parse_description(render_description("a text", longest)).marker, longest);
}

TEST(Marker, IsReadInPlaceWhereItStandsAloneAtTheEnd) {
  const std::string text = render_description("Block volumes.", kMarker);

  const auto plain = plain_description(text);

  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->text, "Block volumes.");
  EXPECT_EQ(plain->owner, "acme");
  EXPECT_EQ(plain->name, "block-storage");
  EXPECT_EQ(plain->hash12, "0123456789ab");
  EXPECT_TRUE(is_rendering(text, *plain));
  EXPECT_FALSE(is_rendering(text + " ", *plain));
}

TEST(Marker, IsNotReadInPlaceWhereThereIsMoreToRead) {
  const std::string marker = render_description("", kMarker);
  for (const std::string& text : {std::string(),
                                  std::string("no marker"),
                                  marker + " after",
                                  marker + " " + marker,
                                  "(authzd: " + marker,
                                  marker.substr(0, marker.size() - 1),
                                  std::string("(authzd: Acme/x#0123456789ab)")}) {
    EXPECT_FALSE(plain_description(text)) << text;
  }
}

}  // namespace
}  // namespace authzd
