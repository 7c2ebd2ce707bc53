// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Pseudonyms for texts with parts: CRNs, URLs, paths, ETags and numbers.

#include "reconciler/base/encoding.hpp"
#include "reconciler/trace/pseudonyms.hpp"
#include "reconciler/trace/query_text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace authzd {
namespace {

constexpr std::size_t kSmallNumber = 4;  // digits: limits, counts, statuses

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The path segments of authzd's requests, and of IAM's replies (iam-api §2, §7).
bool is_known_segment(std::string_view segment) {
  constexpr std::array<std::string_view, 13> kKnown{"identity",
                                                    "instance_identity",
                                                    "token",
                                                    "iam_token",
                                                    "iam_tokens",
                                                    "policies",
                                                    "roles",
                                                    "v1",
                                                    "v2",
                                                    "policy_templates",
                                                    "policy_assignments",
                                                    "resource_instances",
                                                    "profiles"};
  return std::ranges::find(kKnown, segment) != kKnown.end();
}

/// Which parts of a CRN are words (the others are ids): crn:version:cname:ctype:service:region:
/// scope:instance:type:resource.
enum class CrnPart { word, service, region, scope, id };

CrnPart part_of_crn(std::size_t index) {
  if (index < 4 || index == 8) return CrnPart::word;
  if (index == 4) return CrnPart::service;
  if (index == 5) return CrnPart::region;
  return index == 6 ? CrnPart::scope : CrnPart::id;
}

}  // namespace

std::string Pseudonyms::crn(std::string_view text) const {
  if (names_.role_crns.contains(text)) return std::string(text);
  const bool is_role = is_crn_of_ibm_role(text);
  const std::vector<std::string_view> parts = split(text, ':');
  std::string made;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    if (i > 0) made += ':';
    switch (part_of_crn(i)) {
      case CrnPart::word: made += i == 1 && part == "v1" ? "v1" : name(part); break;
      case CrnPart::service: made += service(part); break;
      case CrnPart::region: made += is_plain_run(part, 1) ? std::string(part) : hidden(part); break;
      case CrnPart::scope: {
        const bool says_of_what =
            part.starts_with("a/") || part.starts_with("s/") || part.starts_with("o/");
        made +=
            says_of_what ? std::string(part.substr(0, 2)) + hidden(part.substr(2)) : hidden(part);
        break;
      }
      case CrnPart::id: made += is_role && i == 9 ? name(part) : hidden(part); break;
    }
  }
  return made;
}

std::string Pseudonyms::path(std::string_view text) const {
  std::string made;
  bool is_first = true;
  for (const std::string_view segment : split(text, '/')) {
    if (!is_first) made += '/';
    is_first = false;
    made += is_known_segment(segment) ? std::string(segment)
                                      : percent_encoded(hidden(percent_decoded(segment)));
  }
  return made;
}

std::string Pseudonyms::url(std::string_view text) const {
  const auto slashes = text.find("://");
  if (slashes == std::string_view::npos) return plain(text);
  std::string made(text.substr(0, slashes) == "http" ? "http://" : "https://");
  text.remove_prefix(slashes + 3);
  std::string_view host = text.substr(0, text.find_first_of("/?#"));
  text.remove_prefix(host.size());
  std::string_view port;
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && is_digits(host.substr(colon + 1))) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  made += is_known_host(host) ? std::string(host) : hidden(host);
  made += port;
  const auto question = std::min(text.find_first_of("?#"), text.size());
  made += path(text.substr(0, question));
  text.remove_prefix(question);
  if (text.empty()) return made;
  if (text.front() == '#') return made + hidden(text);
  return made + "?" + to_query(hidden_query(*this, parse_query(text.substr(1))));
}

std::string Pseudonyms::etag(std::string_view text) const {
  std::string_view inner = text;
  if (inner.starts_with("W/")) inner.remove_prefix(2);
  const bool is_quoted = inner.size() > 1 && inner.front() == '"' && inner.back() == '"';
  if (is_quoted) inner = inner.substr(1, inner.size() - 2);
  const auto dash = inner.find('-');
  constexpr std::size_t kDigits = 32;
  const bool is_usual = dash != std::string_view::npos && dash <= kSmallNumber &&
                        is_digits(inner.substr(0, dash)) && inner.size() == dash + 1 + kDigits &&
                        is_hex(inner.substr(dash + 1));
  if (!is_usual) return hidden(text);
  std::string made(text.substr(0, static_cast<std::size_t>(inner.data() - text.data())));
  made += inner.substr(0, dash + 1);
  made += hidden(inner.substr(dash + 1));
  if (is_quoted) made += '"';
  return made;
}

std::string Pseudonyms::number(std::string_view digits) const {
  const bool is_small = digits.size() <= kSmallNumber;
  if (is_small || !is_digits(digits)) return std::string(is_small ? digits : std::string_view("0"));
  std::string made = stand_in(digits, Alphabet::letters);
  if (made.front() == '0') made.front() = '1';  // a JSON number must not begin with it
  return made;
}

}  // namespace authzd
