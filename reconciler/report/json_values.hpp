// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The JSON forms that several writers and codecs share. It includes nlohmann: for source files
// only.
#pragma once

#include "reconciler/base/commit.hpp"
#include "reconciler/plan/plan.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>

namespace authzd::report {

using Json = nlohmann::ordered_json;

Json attributes_json(const AttributeSet& attributes);
Json content_json(const std::optional<PolicyContent>& content);  // null for none
Json position_json(const SourcePos& position);                   // null if there is none
Json time_json(const std::optional<Timestamp>& time);            // null for none
Json optional_text(const std::string& text);                     // null if it is empty
Json body_json(const std::optional<PolicyContent>& content);     // as a POST or PUT would send it

Json rationale_json(const Rationale& rationale);  // null if it is empty

Json commit_json(const Commit& commit);  // null if it is not known

Json assertion_json(const AssertionResult& result);
Json assertion_change_json(const AssertionChange& change);

/// Never throws: bytes that are not UTF-8 become U+FFFD. `indent` -1 makes one line.
std::string dump(const Json& json, int indent);

// The readers for the forms above. They throw nlohmann's exceptions; the parser of the whole
// document catches them.
AttributeSet read_attributes(const Json& json);
std::optional<PolicyContent> read_content(const Json& json);
SourcePos read_position(const Json& json);
std::optional<Timestamp> read_time(const Json& json);
PolicyId read_id(const Json& json);  // empty for null
Rationale read_rationale(const Json& json);
AssertionResult read_assertion(const Json& json);
AssertionChange read_assertion_change(const Json& json);

/// An integer in the range of the type. nlohmann's own conversion accepts any number.
template <class Number>
Number read_number(const Json& json) {
  const auto* count = json.get_ptr<const Json::number_unsigned_t*>();
  if (count != nullptr && std::in_range<Number>(*count)) return static_cast<Number>(*count);
  const auto* number = json.get_ptr<const Json::number_integer_t*>();
  const bool fits = count == nullptr && number != nullptr && std::in_range<Number>(*number);
  if (fits) return static_cast<Number>(*number);
  throw Json::other_error::create(501, "a number is not whole, or too great", nullptr);
}

/// The enumerator for a word, searched among all values from 0 to `last`.
template <class Enum>
Enum read_word(const Json& json, Enum last) {
  const auto word = json.get<std::string>();
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
  }
  throw Json::other_error::create(501, "unknown word " + word, nullptr);
}

}  // namespace authzd::report
