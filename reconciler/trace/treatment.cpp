// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/treatment.hpp"

#include "reconciler/base/encoding.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/base/time.hpp"

#include <algorithm>
#include <array>

namespace authzd {
namespace {

struct Rule {
  std::string_view name;  // only letters and digits, in lower case
  Treatment treatment;
};

constexpr std::array<Rule, 43> kRules{{
    // what it is
    {"type", Treatment::plain},
    {"state", Treatment::plain},
    {"operator", Treatment::plain},
    {"format", Treatment::plain},
    {"sort", Treatment::plain},
    {"policytype", Treatment::plain},
    {"servicetype", Treatment::plain},
    {"resourcetype", Treatment::plain},
    {"region", Treatment::plain},
    {"version", Treatment::plain},
    {"limit", Treatment::plain},
    {"level", Treatment::plain},
    {"category", Treatment::plain},
    {"actions", Treatment::plain},
    // errors
    {"code", Treatment::plain},
    {"error", Treatment::plain},
    {"errorcode", Treatment::plain},
    {"message", Treatment::plain},
    {"errormessage", Treatment::plain},
    {"errordetails", Treatment::plain},
    {"errordescription", Treatment::plain},
    {"moreinfo", Treatment::plain},
    {"reason", Treatment::plain},
    {"status", Treatment::plain},
    {"statuscode", Treatment::plain},
    {"requesttype", Treatment::plain},
    // tokens
    {"granttype", Treatment::plain},
    {"responsetype", Treatment::plain},
    {"tokentype", Treatment::plain},
    {"subtype", Treatment::plain},
    {"scope", Treatment::plain},
    {"iss", Treatment::plain},
    {"amr", Treatment::plain},
    {"alg", Treatment::plain},
    {"typ", Treatment::plain},
    {"realmid", Treatment::plain},
    {"expiresin", Treatment::plain},
    // names
    {"servicename", Treatment::service},
    {"sourceservicename", Treatment::service},
    {"targetservicename", Treatment::service},
    {"etag", Treatment::etag},
    {"ifmatch", Treatment::etag},
    {"lastpermitat", Treatment::hidden},
}};

constexpr std::array<std::string_view, 11> kSecretParts{"apikey",
                                                        "token",
                                                        "secret",
                                                        "password",
                                                        "passcode",
                                                        "passphrase",
                                                        "credential",
                                                        "cookie",
                                                        "authorization",
                                                        "assertion",
                                                        "privatekey"};
/// Names that only describe the kind of a secret.
constexpr std::array<std::string_view, 2> kNoSecrets{"tokentype", "granttype"};

/// Headers whose values are words, numbers and dates.
constexpr std::array<std::string_view, 30> kPlainHeaders{"accept",
                                                         "acceptencoding",
                                                         "acceptlanguage",
                                                         "acceptranges",
                                                         "age",
                                                         "allow",
                                                         "cachecontrol",
                                                         "connection",
                                                         "contentencoding",
                                                         "contentlanguage",
                                                         "contentlength",
                                                         "contenttype",
                                                         "date",
                                                         "expires",
                                                         "keepalive",
                                                         "lastmodified",
                                                         "metadataflavor",
                                                         "pragma",
                                                         "ratelimitlimit",
                                                         "ratelimitremaining",
                                                         "ratelimitreset",
                                                         "responsetime",
                                                         "retryafter",
                                                         "stricttransportsecurity",
                                                         "transferencoding",
                                                         "useragent",
                                                         "vary",
                                                         "xcontenttypeoptions",
                                                         "xratelimitlimit",
                                                         "xratelimitremaining"};

std::string folded_name(std::string_view name) {
  std::string folded;
  for (const char c : to_lower(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) folded += c;
  }
  return folded;
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_secret(std::string_view folded) {
  if (contains(kNoSecrets, folded)) return false;
  return std::ranges::any_of(kSecretParts, [folded](std::string_view part) {
    return folded.find(part) != std::string_view::npos;
  });
}

/// "2022-03-01", the version of an API.
bool is_day(std::string_view text) {
  return text.size() == 10 && parse_rfc3339(std::string(text) + "T00:00:00Z").has_value();
}

bool is_date(std::string_view text) {
  return is_day(text) || parse_rfc3339(text).has_value() || parse_http_date(text).has_value();
}

}  // namespace

Treatment treatment_of(std::string_view name) {
  const std::string folded = folded_name(name);
  if (is_secret(folded)) return Treatment::secret;
  const auto rule = std::ranges::find(kRules, std::string_view(folded), &Rule::name);
  return rule == kRules.end() ? Treatment::hidden : rule->treatment;
}

std::string treated(const Pseudonyms& pseudonyms, Treatment treatment, std::string_view text) {
  if (treatment == Treatment::secret) return std::string(kSecretMask);
  if (is_date(text)) return std::string(text);
  if (text.starts_with("crn:v1:")) return pseudonyms.crn(text);
  if (text.starts_with("https://") || text.starts_with("http://")) return pseudonyms.url(text);
  switch (treatment) {
    case Treatment::secret:
    case Treatment::hidden: return pseudonyms.hidden(text);
    case Treatment::plain: return pseudonyms.plain(text);
    case Treatment::service: return pseudonyms.service(text);
    case Treatment::etag: return pseudonyms.etag(text);
  }
  return pseudonyms.hidden(text);
}

std::string treated_header(const Pseudonyms& pseudonyms,
                           std::string_view name,
                           std::string_view value) {
  const std::string folded = folded_name(name);
  if (folded == "authorization") {
    const bool is_bearer = to_lower(value.substr(0, 7)) == "bearer ";
    return is_bearer ? "Bearer " + std::string(kTokenMask) : std::string(kSecretMask);
  }
  if (is_secret(folded)) return std::string(kSecretMask);
  if (folded == "etag" || folded == "ifmatch") return pseudonyms.etag(value);
  if (is_date(value)) return std::string(value);
  constexpr std::size_t kLongestNumber = 10;
  if (contains(kPlainHeaders, folded)) return pseudonyms.plain(value, kLongestNumber);
  return treated(pseudonyms, Treatment::hidden, value);
}

QueryPairs parse_query(std::string_view text) {
  QueryPairs pairs;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    pairs.emplace_back(percent_decoded(pair.substr(0, equals), Plus::blank),
                       percent_decoded(value, Plus::blank));
  }
  return pairs;
}

std::string to_query(const QueryPairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += '&';
    text += percent_encoded(name) + "=" + percent_encoded(value);
  }
  return text;
}

QueryPairs hidden_query(const Pseudonyms& pseudonyms, const QueryPairs& pairs) {
  QueryPairs made;
  for (const auto& [name, value] : pairs) {
    made.emplace_back(pseudonyms.name(name), treated(pseudonyms, treatment_of(name), value));
  }
  return made;
}

}  // namespace authzd
