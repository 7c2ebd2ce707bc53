// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// For any exchange: the trace contains no secret, id, address or name; equal texts have equal
// pseudonyms; and output parses back to the same value.

#include "reconciler/base/encoding.hpp"
#include "reconciler/trace/disguise.hpp"
#include "reconciler/trace/facts.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using Texts = std::vector<std::string>;

std::string any_of(const Texts& texts) {
  return *rc::gen::elementOf(texts);
}

std::string of_chars(std::string_view alphabet, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += *rc::gen::elementOf(std::string(alphabet));
  return text;
}

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kToken =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string guid() {
  return of_chars(kHex, 8) + "-" + of_chars(kHex, 4) + "-" + of_chars(kHex, 4) + "-" +
         of_chars(kHex, 4) + "-" + of_chars(kHex, 12);
}

/// What must not survive, of every kind. Each has a part that identifies it.
struct Planted {
  std::string text;
  std::string piece;
  bool is_secret = false;
};

Planted planted() {
  const std::string name = "q" + of_chars(kLower, 7) + "zq";  // not in any vocabulary
  switch (*rc::gen::inRange(0, 11)) {
    case 0: {
      const std::string id = guid();
      return {id, id};
    }
    case 1: {
      const std::string id = of_chars(kHex, 32);
      return {id, id};
    }
    case 2: return {name + "." + name + "@" + name + ".example", name};
    case 3:
      return {"eyJ" + of_chars(kToken, 20) + "." + of_chars(kToken, 30) + "." + name, name, true};
    case 4: return {of_chars(kToken, 36) + name, name, true};
    case 5: return {"IBMid-" + name, name};
    case 6: return {name + ".internal.example.com", name};
    case 7: {
      const std::string address = "10.2" + of_chars("0123", 1) + ".17." + of_chars("123456789", 2);
      return {address, address};
    }
    case 8: {
      const std::string number = "7" + of_chars("0123456789", 11);
      return {number, number};
    }
    case 9:
      return {
          "crn:v1:bluemix:public:" + name + ":" + name + ":a/" + name + ":" + name + ":x:" + name,
          name};
    default: return {name + " " + name, name};
  }
}

const Texts kNames{
    "description", "message", "code",  "type",  "state",        "operator", "display_name",
    "name",        "role_id", "crn",   "href",  "start",        "id",       "value",
    "serviceName", "region",  "etag",  "trace", "actions",      "details",  "last_permit_at",
    "created_at",  "format",  "scope", "limit", "access_token", "apikey",   "iss"};

/// A document with the text somewhere: as a value, in a value, as a name, in objects and lists.
TraceJson hiding(const Planted& what, int depth) {
  const std::string name = any_of(kNames);
  const bool is_number = what.text.find_first_not_of("0123456789") == std::string::npos;
  if (is_number && *rc::gen::arbitrary<bool>()) return TraceJson{{name, std::stoull(what.text)}};
  switch (*rc::gen::inRange(0, depth > 3 ? 3 : 8)) {
    case 0: return TraceJson{{name, what.text}};
    case 1: return TraceJson{{name, "the policy of " + what.text + ", which exists."}};
    case 2: return TraceJson{{what.text, any_of({"x", "active"})}};
    case 3: return TraceJson{{name, hiding(what, depth + 1)}};
    case 4: return TraceJson{{name, TraceJson::array({1, hiding(what, depth + 1), what.text})}};
    case 5:
      return TraceJson{
          {"attributes",
           TraceJson::array({TraceJson{{"key", any_of({"serviceName", "resourceType", what.text})},
                                       {"operator", any_of({"stringEquals", what.text})},
                                       {"value", what.text}}})}};
    case 6:
      return TraceJson{
          {"roles",
           TraceJson::array({TraceJson{{"role_id",
                                        "crn:v1:bluemix:public:" + any_of({"iam", what.text}) +
                                            "::::serviceRole:" + what.text},
                                       {"display_name", what.text},
                                       {"description", "As " + what.text}}})}};
    default:
      return TraceJson{{"id", what.text},
                       {"description", what.text + " (authzd: prod/backup#0123456789ab)"},
                       {"subject", hiding(what, depth + 1)},
                       {"resource", hiding(what, depth + 1)}};
  }
}

RawExchange exchange_with(const Planted& what) {
  RawExchange raw;
  raw.method = any_of({"GET", "POST", "PUT"});
  raw.target = any_of({"/v2/policies",
                       "/v1/policies/" + percent_encoded(what.text),
                       "/identity/token",
                       "/v2/roles",
                       "/" + percent_encoded(what.text)});
  raw.target +=
      "?" +
      any_of({"account_id", "type", "start", "limit", "version", percent_encoded(what.text)}) +
      "=" + percent_encoded(what.text);
  const std::string header = any_of({"Date",
                                     "ETag",
                                     "Retry-After",
                                     "Server",
                                     "Location",
                                     "Set-Cookie",
                                     "Content-Type",
                                     "Transaction-Id",
                                     "X-Request-Id",
                                     what.text});
  // A sent token is searched everywhere; anything else must be recognised by its form.
  const bool is_token = what.is_secret && *rc::gen::arbitrary<bool>();
  raw.headers = {{"Authorization", "Bearer " + (is_token ? what.text : "of-nobody")},
                 {any_of({"If-Match", "Accept", "Cookie"}), what.text}};
  RawReply& reply = raw.reply.emplace();
  reply.status = any_of({"a", "b"}) == "a" ? 200 : 403;
  reply.headers = {
      {header, any_of({what.text, "https://" + what.text + "/x", "a; b=" + what.text})}};
  if (*rc::gen::arbitrary<bool>()) {
    raw.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    raw.body = "grant_type=" + percent_encoded(what.text) + "&" + percent_encoded(what.text) + "=1";
  } else {
    raw.body = hiding(what, 0).dump();
  }
  switch (*rc::gen::inRange(0, 3)) {
    case 0: reply.body = "<html><b>" + what.text + "</b> " + what.text; break;
    case 1: reply.body = TraceJson::array({hiding(what, 0), what.text}).dump(); break;
    default: reply.body = hiding(what, 0).dump();
  }
  return raw;
}

PublishedNames published() {
  return {{"kms", "iam"}, {"Reader"}, {"crn:v1:bluemix:public:iam::::serviceRole:Reader"}};
}

RC_GTEST_PROP(TraceLaws, NothingPrivateSurvives, ()) {
  Disguise disguise(Secret("key of the laws"), published());
  for (int i = 0; i < 3; ++i) {
    const Planted what = planted();
    const TraceExchange shown = disguise.of(exchange_with(what));
    const std::string line = exchange_line(shown, 1);
    if (line.find(what.piece) != std::string::npos) RC_FAIL(what.piece + " is in " + line);
  }
}

RC_GTEST_PROP(TraceLaws, WhatIsWrittenIsReadAsTheSame, ()) {
  Disguise disguise(Secret("key of the laws"), published());
  const std::string header = header_line({"0.1.0", {}, Endpoint::open});
  const std::string line = exchange_line(disguise.of(exchange_with(planted())), 1);

  const auto trace = read_trace(header + "\n" + line + "\n");

  if (!trace) RC_FAIL(trace.error().message + ": " + line);
  RC_ASSERT(trace->exchanges.size() == 1U);
  RC_ASSERT(exchange_line(trace->exchanges.front(), 1) == line);
  (void)judge_trace(*trace);
}

RC_GTEST_PROP(TraceLaws, TheSameTextHasTheSameStandIn, ()) {
  const PublishedNames names = published();
  const Pseudonyms pseudonyms(Secret("key of the laws"), names);
  const Planted what = planted();
  const std::string hidden = pseudonyms.hidden(what.text);

  RC_ASSERT(pseudonyms.hidden(what.text) == hidden);
  RC_ASSERT(pseudonyms.hidden("for " + what.text + ".").find(hidden) != std::string::npos);
  RC_ASSERT(hidden.size() == what.text.size() || what.text.starts_with("10."));
}

}  // namespace
}  // namespace authzd
