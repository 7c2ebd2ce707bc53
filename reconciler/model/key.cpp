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

}  // namespace

Key::Key(const AccountId& account, const AttributeSet& subject, const AttributeSet& resource) {
  text_.reserve(256);
  append_text(text_, account.value);
  text_ += '\n';
  append_set(text_, "s", subject);
  append_set(text_, "r", resource);
}

Key Key::from_text(std::string text) {
  Key key;
  key.text_ = std::move(text);
  return key;
}

std::string Key::hash12() const {
  return sha256_hex(text_).substr(0, 12);
}

}  // namespace authzd
