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

}  // namespace authzd
