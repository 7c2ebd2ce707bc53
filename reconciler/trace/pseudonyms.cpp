// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/pseudonyms.hpp"

#include "reconciler/base/digest.hpp"
#include "reconciler/base/unicode.hpp"
#include "reconciler/model/attribute.hpp"
#include "reconciler/trace/text_units.hpp"

#include <algorithm>
#include <array>

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

}  // namespace authzd
