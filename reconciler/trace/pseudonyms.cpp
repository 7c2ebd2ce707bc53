// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/pseudonyms.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/encoding.hpp"
#include "reconciler/base/unicode.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/trace/text_units.hpp"
#include "reconciler/trace/treatment.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace authzd {
namespace {

unsigned nibble(char c) {
  return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
}

/// A character with the same number of bytes, from a block of letters; for invalid UTF-8, a
/// question mark.
std::string letter_of(const CodePoint& c, unsigned chance) {
  if (!c.is_valid()) return "?";
  if (c.bytes == 2) return {'\xC3', static_cast<char>(0xA0U + chance % 16U)};
  if (c.bytes == 3) return {'\xE4', '\xB8', static_cast<char>(0x80U + chance % 64U)};
  return {'\xF0', '\x9F', '\x98', static_cast<char>(0x80U + chance % 64U)};
}

char replaced_char(char c, unsigned chance, bool is_hex) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto pick = [chance](char first, unsigned count) {
    return static_cast<char>(first + static_cast<char>(chance % count));
  };
  if (is_hex && kHex.find(c) != std::string_view::npos) return kHex[chance % 16U];
  if (c >= '0' && c <= '9') return pick('0', 10);
  if (c >= 'a' && c <= 'z') return pick('a', 26);
  if (c >= 'A' && c <= 'Z') return pick('A', 26);
  return c;
}

/// The prefix that marks a kind of id; empty: none.
std::string_view kind_in_front(std::string_view run) {
  constexpr std::array<std::string_view, 7> kKinds{"IBMid-",
                                                   "iam-ServiceId-",
                                                   "iam-Profile-",
                                                   "ServiceId-",
                                                   "AccessGroupId-",
                                                   "AccountId-",
                                                   "Profile-"};
  for (const std::string_view kind : kKinds) {
    if (run.starts_with(kind)) return kind;
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool is_of_region = run.size() == 41 && run[0] == 'r' && is_digit(run[1]) &&
                            is_digit(run[2]) && is_digit(run[3]) && run[4] == '-' &&
                            is_guid(run.substr(5));
  return is_of_region ? run.substr(0, 5) : std::string_view();
}

}  // namespace

/// Two nibbles of a keyed hash per character. Never equal to the unit itself.
std::string Pseudonyms::stand_in(std::string_view unit, Alphabet alphabet) const {
  const bool is_hex = alphabet == Alphabet::hex;
  for (unsigned salt = 0; salt < 16; ++salt) {
    std::string made;
    std::string chances;
    std::size_t used = 0;
    unsigned block = 0;
    for (std::string_view rest = unit; !rest.empty();) {
      if (used + 1 >= chances.size()) {
        const std::string seed =
            std::to_string(salt) + ":" + std::to_string(block++) + ":" + std::string(unit);
        chances = hmac_sha256_hex(key_.reveal(), seed);
        used = 0;
      }
      const unsigned chance = nibble(chances[used]) * 16U + nibble(chances[used + 1]);
      used += 2;
      const CodePoint c = first_code_point(rest);
      if (c.bytes == 1 && c.is_valid()) {
        made += replaced_char(rest.front(), chance, is_hex);
      } else {
        made += letter_of(c, chance);
      }
      rest.remove_prefix(c.bytes);
    }
    if (made != unit) return made;
  }
  return std::string(unit);  // nothing to replace: it has neither letters nor digits
}

std::string Pseudonyms::stand_in_of_address(std::string_view address) const {
  const std::string hash = hmac_sha256_hex(key_.reveal(), address);
  const auto byte = [&hash](std::size_t i) {
    return nibble(hash[2 * i]) * 16U + nibble(hash[2 * i + 1]);
  };
  if (address.find(':') == std::string_view::npos) {
    return "10." + std::to_string(byte(0)) + "." + std::to_string(byte(1)) + "." +
           std::to_string(byte(2));
  }
  return "2001:db8::" + hash.substr(0, 4) + ":" + hash.substr(4, 4);
}

std::string Pseudonyms::hidden_run(std::string_view run) const {
  if (run == "IAM") return std::string(run);
  const std::string_view kind = kind_in_front(run);
  if (!kind.empty() && kind.size() < run.size()) {
    return std::string(kind) + hidden_run(run.substr(kind.size()));
  }
  std::string text;
  for (const TextUnit& unit : units_of(run)) {
    text += stand_in(unit.text, unit.is_hex ? Alphabet::hex : Alphabet::letters);
  }
  return text;
}

bool Pseudonyms::is_kept(std::string_view run, std::size_t digits) const {
  if (names_.services.contains(run) || names_.roles.contains(run) || is_known_host(run))
    return true;
  return !is_address(run) && is_plain_run(run, digits) && !plain_secrets_.contains(run);
}

std::string Pseudonyms::replaced(std::string_view text,
                                 bool keeps_plain,
                                 std::size_t digits) const {
  std::string made;
  made.reserve(text.size());
  while (!text.empty()) {
    if (text.starts_with(kSecretMask) || text.starts_with(kTokenMask)) {
      const auto size = text.find(']') + 1;
      made += text.substr(0, size);
      text.remove_prefix(size);
      continue;
    }
    const std::string_view address = address_in_front(text);
    const std::string_view run = address.empty() ? run_in_front(text) : address;
    if (!address.empty()) {
      made += keeps_plain && is_known_host(address) ? std::string(address)
                                                    : stand_in_of_address(address);
    } else if (run.empty()) {
      made += text.front();
      text.remove_prefix(1);
      continue;
    } else if (text.starts_with("crn:v1:")) {
      const std::string_view whole = text.substr(0, text.find_first_of(" \t\r\n\"'<>,;()"));
      made += crn(whole);
      text.remove_prefix(whole.size());
      continue;
    } else if (keeps_plain && is_kept(run, digits)) {
      made += run;
    } else {
      made += hidden_run(run);
    }
    text.remove_prefix(run.size());
  }
  return made;
}

/// Names in a request come back in messages.
void Pseudonyms::remember(std::string_view text) const {
  constexpr std::size_t kMost = 10'000;
  const bool is_name = text.find_first_of("-_.") != std::string_view::npos &&
                       run_in_front(text).size() == text.size() && is_plain_run(text, 10);
  if (is_name && plain_secrets_.size() < kMost) plain_secrets_.emplace(text);
}

std::string Pseudonyms::hidden(std::string_view text) const {
  remember(text);
  return replaced(text, false, 0);
}

std::string Pseudonyms::plain(std::string_view text, std::size_t digits) const {
  if (names_.services.contains(text) || names_.roles.contains(text)) return std::string(text);
  return replaced(text, true, digits);
}

std::string Pseudonyms::service(std::string_view text) const {
  const bool is_harmless = names_.services.contains(text) || is_plain_run(text, 0);
  return is_harmless ? std::string(text) : hidden(text);
}

std::string Pseudonyms::name(std::string_view text) const {
  return is_plain_run(text, 0) ? std::string(text) : hidden(text);
}

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
