// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/key.hpp"

#include "reconciler/base/digest.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace authzd {
namespace {

/// Length-prefixed, so that no value can imitate a separator.
void append_text(std::string& out, std::string_view part) {
  std::array<char, 21> prefix{};
  char* end = std::to_chars(prefix.data(), prefix.data() + prefix.size() - 1, part.size()).ptr;
  *end++ = ':';
  out.append(prefix.data(), end);
  out += part;
}

void append_value(std::string& out, const AttributeValue& value) {
  if (const auto* exists = std::get_if<bool>(&value)) {
    out += *exists ? 't' : 'f';
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    append_text(out, *text);
  } else {
    const auto& list = std::get<std::vector<std::string>>(value);
    out += '[';
    for (const std::string& item : list) append_text(out, item);
    out += ']';
  }
}

void append_set(std::string& out, std::string_view side, const AttributeSet& attributes) {
  for (const Attribute& attribute : attributes.items()) {
    out += side;
    append_text(out, attribute.name);
    append_text(out, attribute.op);
    append_value(out, attribute.value);
    out += '\n';
  }
}

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kHashDigits = 12;
constexpr std::uint64_t kNotAsked = ~std::uint64_t{0};  // no number of 12 digits

std::uint64_t short_hash_of(std::string_view text) {
  const std::string hex = sha256_hex(text);
  std::uint64_t hash = 0;
  std::from_chars(hex.data(), hex.data() + kHashDigits, hash, 16);
  return hash;
}

}  // namespace

struct Key::Shared {
  explicit Shared(std::string_view of) : text(of) {}

  std::string text;
  mutable std::uint64_t short_hash = kNotAsked;
};

Key::Key(const AccountId& account, const AttributeSet& subject, const AttributeSet& resource) {
  static thread_local std::string text;  // grown once, so that a key has no more room than it needs
  text.clear();
  append_text(text, account.value);
  text += '\n';
  append_set(text, "s", subject);
  append_set(text, "r", resource);
  shared_ = std::make_shared<const Shared>(text);
}

Key Key::from_text(const std::string& text) {
  Key key;
  if (!text.empty()) key.shared_ = std::make_shared<const Shared>(text);
  return key;
}

const std::string& Key::text() const {
  static const std::string kNone;
  return shared_ == nullptr ? kNone : shared_->text;
}

std::uint64_t Key::short_hash() const {
  if (shared_ == nullptr) return short_hash_of({});
  if (shared_->short_hash == kNotAsked) shared_->short_hash = short_hash_of(shared_->text);
  return shared_->short_hash;
}

std::string Key::hash12() const {
  std::string digits(kHashDigits, '0');
  std::uint64_t rest = short_hash();
  for (std::size_t i = kHashDigits; i > 0; rest >>= 4U) digits[--i] = kHex[rest & 15U];
  return digits;
}

}  // namespace authzd
