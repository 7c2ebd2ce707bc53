// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/value_forms.hpp"

#include "reconciler/base/secret.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/base/unicode.hpp"
#include "reconciler/model/attribute.hpp"

#include <algorithm>
#include <optional>

namespace authzd {
namespace {

constexpr std::size_t kClusterIdLength = 20;

/// The number of characters; none if a character is not allowed in text.
std::optional<std::size_t> length_of(std::string_view text) {
  std::size_t length = 0;
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    const bool is_control =
        (c.value < 0x20 && c.value != '\n' && c.value != '\t') || c.value == 0x7F;
    if (!c.is_valid() || is_control) return std::nullopt;
    text.remove_prefix(c.bytes);
    ++length;
  }
  return length;
}

bool is_one_line(std::string_view text) {
  return text.find_first_of("\n\t") == std::string_view::npos;
}

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_service_char(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

/// "r006-", "r010-", …: a region of VPC.
bool has_region_in_front(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() > 5 && text[0] == 'r' && std::all_of(&text[1], &text[4], is_digit) &&
         text[4] == '-';
}

}  // namespace

bool is_text(std::string_view text) {
  return length_of(text).has_value();
}

bool is_attribute_value(std::string_view text) {
  const auto length = length_of(text);
  return length && *length > 0 && *length <= kMaxValueLength && is_one_line(text);
}

bool is_description(std::string_view text) {
  const auto length = length_of(text);
  return length && *length <= kMaxDescriptionLength && trim(text) == text &&
         text.find(kMarkerBegin) == std::string_view::npos;
}

bool is_role_text(std::string_view text) {
  return !text.empty() && trim(text) == text && is_text(text) && is_one_line(text);
}

bool is_crn(std::string_view text) {
  return text.starts_with("crn:");
}

bool is_subject_attribute(std::string_view name) {
  return std::ranges::find(kSubjectAttributes, name) != kSubjectAttributes.end();
}

std::string_view miscased_attribute(std::string_view name) {
  const auto found = std::ranges::find_if(
      kSubjectAttributes, [&](std::string_view known) { return iequals(known, name); });
  return found == kSubjectAttributes.end() || *found == name ? std::string_view() : *found;
}

bool is_service_name(std::string_view text) {
  const bool is_part_of_vpc = text.starts_with("is.") && text.size() > 3;
  return !is_part_of_vpc && std::ranges::all_of(text, is_service_char);
}

bool is_instance_id(std::string_view text) {
  return is_usual_instance_id(text) || (!is_crn(text) && without_secrets(text) == text);
}

bool is_usual_instance_id(std::string_view text) {
  if (is_guid(text)) return true;
  if (has_region_in_front(text)) return is_guid(text.substr(5));
  return text.size() == kClusterIdLength && std::ranges::all_of(text, is_lower_or_digit);
}

bool is_usual_resource_group_id(std::string_view text) {
  return is_account_id(text) || is_guid(text);
}

}  // namespace authzd
