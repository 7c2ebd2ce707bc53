// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/account_traits.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {
namespace {

constexpr std::size_t kMaxWord = 63;  // as in Kubernetes

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_alphanumeric(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [others](char c) {
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

void append_texts(std::string& out, const AccountTraits::Texts& texts) {
  append_part(out, std::to_string(texts.size()));
  for (const auto& [name, value] : texts) {
    append_part(out, name);
    append_part(out, value);
  }
}

}  // namespace

bool is_label_key(std::string_view text) {
  return !text.empty() && is_label_value(text);
}

bool is_label_value(std::string_view text) {
  if (text.empty()) return true;
  return text.size() <= kMaxWord && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         consists_of(text, "-_./");
}

bool is_param_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxWord && is_letter(text.front()) &&
         consists_of(text, "-_");
}

std::string traits_text(const AccountTraits& traits) {
  std::string text;
  append_part(text, traits.name);
  append_texts(text, traits.labels);
  append_texts(text, traits.params);
  return text;
}

}  // namespace authzd
