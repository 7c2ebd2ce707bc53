// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reads JSON from outside: nothing here throws, whatever the text. For the codecs of this folder
// only; no other header shows nlohmann's types.
#pragma once

#include "reconciler/base/error.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace authzd {

using Json = nlohmann::json;

/// A reply of IAM's is never nested deeper.
inline constexpr int kMaxJsonDepth = 64;

/// Empty if the text is not JSON, or is nested too deep.
std::optional<Json> parse_json(std::string_view text);

/// The member with that name; null if `json` is not an object, lacks it, or has JSON's null there.
const Json* find_member(const Json& json, std::string_view name);

/// The text of a member; empty if it is missing or something else.
std::string text_or_empty(const Json& json, std::string_view name);

/// The number of a member; empty if it is missing, something else, or out of bounds.
std::optional<std::int64_t> whole_number(const Json& json, std::string_view name);

/// The first error in a document: a decoder continues to the end, and then checks.
class Fault {
 public:
  void add(std::string what) {
    if (what_.empty()) what_ = std::move(what);
  }

  [[nodiscard]] bool any() const { return !what_.empty(); }

  /// bad_response, with what is wrong in `subject`.
  [[nodiscard]] Error error(std::string_view subject) const;

 private:
  std::string what_;
};

/// The text of a member; empty if it is missing, a fault if it is something else.
std::string read_text(const Json& json, std::string_view name, Fault& fault);

/// The same, and a fault if it is missing or empty.
std::string require_text(const Json& json, std::string_view name, Fault& fault);

/// The elements of an array member; null if it is missing, a fault if it is something else.
const Json::array_t* read_array(const Json& json, std::string_view name, Fault& fault);

/// Null, {}, [] or "": a member without content.
bool is_blank(const Json& json);

/// JSON text with sorted members, the same for the same content.
std::string canonical_text(const Json& json);

/// JSON as the text of its parts, without decoding them. So one policy that no parser accepts (a
/// number of 400 digits, half a surrogate pair, 200,000 brackets) is a fault of that policy and not
/// of its list.
struct SplitDocument {
  std::vector<std::string_view> elements;  // of the array, each unchanged
  std::string rest;                        // the document, with that array empty
};

/// Takes the elements of the member `array` out of an object. Without such a member, or if it is
/// not an array, there are no elements and `rest` is the original document. Empty if brackets or
/// quotes do not match, or if the member exists twice: then the parts cannot be separated. What is
/// between the brackets is left to the parser of each part.
std::optional<SplitDocument> split_array(std::string_view document, std::string_view array);

/// The text of a member of an object; empty if it is missing, repeated, or cannot be found.
std::optional<std::string_view> find_text_of(std::string_view object, std::string_view member);

}  // namespace authzd
