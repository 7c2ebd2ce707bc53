// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The quick and the thorough way of reading a page of the list of policies give the same page, or
// the same error: whatever members policies have or lack, and whatever becomes of the text.
#include "daemon/iam/policy_codec.hpp"
#include "tests/support/page_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

bool one_in(int n) {
  return *rc::gen::inRange(0, n) == 0;
}

std::string nested(int depth) {
  const auto levels = static_cast<std::size_t>(depth);
  return std::string(levels, '[') + std::string(levels, ']');
}

/// Any value, or what looks like one.
std::string odd_value() {
  static const std::vector<std::string> kValues{"null",
                                                "true",
                                                "false",
                                                R"("")",
                                                "{}",
                                                "[]",
                                                R"("x")",
                                                "0",
                                                "-1",
                                                "-0",
                                                "1.5",
                                                "01",
                                                "1.",
                                                "1e400",
                                                "1e-400",
                                                "18446744073709551615",
                                                "18446744073709551616",
                                                "-9223372036854775809",
                                                "1.7976931348623159e308",
                                                std::string(400, '9'),
                                                R"({"a":1})",
                                                R"({"a":1,"a":2})",
                                                "[1,2]",
                                                R"([""])",
                                                R"({"id":"t"})",
                                                R"("\ud83d\ude00")",
                                                R"("\udc00")",
                                                R"("\ud800")",
                                                R"("\ud800A")",
                                                R"("\uD83D\uDE0")",
                                                R"("\u00e9\u0000")",
                                                R"("\\ud800")",
                                                "\"\xc3\xa9\"",
                                                "\"\xff\"",
                                                "\"\xed\xa0\x80\"",
                                                "\"\t\"",
                                                "\"\x7f\"",
                                                R"("\x")",
                                                R"("\"")",
                                                R"("\/")",
                                                "tru",
                                                "NaN",
                                                "'x'",
                                                "\xef\xbb\xbf\"x\"",
                                                nested(20),
                                                nested(31),
                                                nested(33),
                                                nested(61),
                                                nested(66),
                                                "{,}",
                                                "[1,]",
                                                R"("a" "b")",
                                                "/**/1",
                                                std::string("\"\0\"", 3)};
  return *rc::gen::elementOf(kValues);
}

/// `usual`, but for one in `n`.
std::string mostly(const std::string& usual, int n = 200) {
  return one_in(n) ? odd_value() : usual;
}

/// An object of such members; now and then one is missing, there twice, or beside another.
std::string object_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string text = "{";
  const auto add = [&text](const std::string& name, const std::string& value) {
    text += (text.size() > 1 ? "," : "") + ('"' + name) + "\":" + value;
  };
  for (const auto& [name, value] : members) {
    if (one_in(200)) continue;
    add(name, mostly(value));
    if (one_in(200)) add(name, mostly(value, 3));
    if (one_in(200))
      add(*rc::gen::element<std::string>("extra", "id", "rule", "\\u0069d"), odd_value());
  }
  return text + (one_in(400) ? "" : "}");
}

std::string list_of(const std::vector<std::string>& elements) {
  std::string text = "[";
  for (const std::string& element : elements) {
    text += (text.size() > 1 ? "," : "") + mostly(element, 200);
  }
  return text + "]";
}

std::string attribute() {
  static const std::vector<std::string> kValues{R"("kms")",
                                                R"("51042D7F-F0DF-4915-BD39-6A49957C9175")",
                                                "true",
                                                R"("true")",
                                                R"(["b","a","b"])"};
  static const std::vector<std::string> kOperators{R"("stringEquals")",
                                                   R"("stringExists")",
                                                   R"("stringEqualsAnyOf")",
                                                   R"("stringMatchAnyOf")",
                                                   R"("stringMatch")",
                                                   R"("")",
                                                   "null",
                                                   R"("odd")"};
  static const std::vector<std::string> kNames{
      R"("serviceName")", R"("accountId")", R"("serviceInstance")", R"("volumeId")"};
  return object_of({{"key", *rc::gen::elementOf(kNames)},
                    {"operator", *rc::gen::elementOf(kOperators)},
                    {"value", *rc::gen::elementOf(kValues)}});
}

std::string side() {
  std::vector<std::pair<std::string, std::string>> members;
  members.emplace_back("attributes", list_of({attribute(), attribute()}));
  if (one_in(3)) members.emplace_back("tags", list_of({attribute()}));
  return object_of(members);
}

std::string control() {
  const auto role = [] {
    return object_of({{"role_id", *rc::gen::element<std::string>(R"("r1")", R"("r2")")},
                      {"display_name", R"("Reader")"}});
  };
  return object_of({{"grant", object_of({{"roles", list_of({role(), role()})}})}});
}

std::string policy() {
  static const std::vector<std::string> kDescriptions{
      R"json("backups (authzd: platform/backup#0123456789ab)")json",
      R"("a \"quoted\" \u00e9 text")",
      "null"};
  std::vector<std::pair<std::string, std::string>> members{
      {"id", *rc::gen::element<std::string>(R"("p1")", R"("p2")", R"("p3")")},
      {"type", one_in(20) ? R"("access")" : R"("authorization")"},
      {"description", *rc::gen::elementOf(kDescriptions)},
      {"state", *rc::gen::element<std::string>(R"("active")", R"("deleted")", R"("")", "null")},
      {"created_by_id", R"("IBMid-1")"},
      {"created_at", R"("2023-04-24T17:26:35.077Z")"},
      {"last_modified_by_id", R"("IBMid-2")"},
      {"last_modified_at", R"("2023-04-24T17:26:35.077Z")"},
      {"last_permit_at", *rc::gen::element<std::string>(R"("2024-01-31T08:00:00.5Z")", R"("?")")},
      {"last_permit_frequency", "3"},
      {"subject", side()},
      {"resource", side()},
      {"control", control()}};
  if (one_in(30)) members.emplace_back("template", R"({"id":"t1"})");
  if (one_in(30)) members.emplace_back("pattern", R"("time-based")");
  return object_of(members);
}

std::string page() {
  std::vector<std::string> policies;
  const int count = *rc::gen::inRange(0, 10);
  for (int i = 0; i < count; ++i) policies.push_back(policy());
  return object_of({{"limit", "50"},
                    {"next", *rc::gen::element<std::string>(R"({"start":"2"})", "null", "{}")},
                    {"policies", list_of(policies)}});
}

/// A few bytes changed, added or removed.
std::string spoilt(std::string text) {
  const int changes = *rc::gen::inRange(0, 4);
  for (int i = 0; i < changes && !text.empty(); ++i) {
    const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
    const char byte = *rc::gen::element(
        '"', '\\', '{', '}', '[', ']', ',', ':', 'u', 'd', '0', ' ', '\0', '\x80', '\xff', 'x');
    switch (*rc::gen::inRange(0, 3)) {
      case 0: text[at] = byte; break;
      case 1: text.insert(at, 1, byte); break;
      default: text.erase(at, static_cast<std::size_t>(*rc::gen::inRange(1, 4)));
    }
  }
  return text;
}

void expect_the_same(const std::string& body) {
  const auto quick = decode_policy_page(body, PageReading::quick);
  const auto thorough = decode_policy_page(body, PageReading::thorough);
  RC_ASSERT(test::text_of(quick) == test::text_of(thorough));
  if (quick && thorough) RC_ASSERT(quick->policies == thorough->policies);
}

RC_GTEST_PROP(ListCodecLaws, BothWaysReadTheSameOfAnyList, ()) {
  expect_the_same(page());
}

RC_GTEST_PROP(ListCodecLaws, BothWaysReadTheSameOfASpoiltList, ()) {
  expect_the_same(spoilt(page()));
}

}  // namespace
}  // namespace authzd
