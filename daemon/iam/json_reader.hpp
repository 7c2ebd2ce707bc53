// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Reading JSON that someone else wrote: nothing here throws, whatever the text. For the codecs of
// this folder only; no other header shows nlohmann's types.
#pragma once

#include "reconciler/base/error.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace authzd {

using Json = nlohmann::json;

/// Nested deeper than this is no reply of IAM's.
inline constexpr int kMaxJsonDepth = 64;

/// Nothing where the text is not JSON, or is nested too deep.
std::optional<Json> parse_json(std::string_view text);

/// The member of that name; null where `json` is no object, lacks it, or holds JSON's null there.
const Json* find_member(const Json& json, std::string_view name);

/// The text of a member; empty where it is missing or something else.
std::string text_or_empty(const Json& json, std::string_view name);

/// The number of a member; nothing where it is missing, something else, or out of bounds.
std::optional<std::int64_t> whole_number(const Json& json, std::string_view name);

/// The first thing that is wrong with a document: a decoder reads straight on and asks at its end.
class Fault {
 public:
  void add(std::string what) {
    if (what_.empty()) what_ = std::move(what);
  }

  [[nodiscard]] bool any() const { return !what_.empty(); }

  /// bad_response, saying what is wrong with what.
  [[nodiscard]] Error error(std::string_view subject) const;

 private:
  std::string what_;
};

/// The text of a member; empty where it is missing, a fault where it is something else.
std::string read_text(const Json& json, std::string_view name, Fault& fault);

/// The same, and a fault where it is missing or empty.
std::string require_text(const Json& json, std::string_view name, Fault& fault);

/// The elements of an array member; null where it is missing, a fault where it is something else.
const Json::array_t* read_array(const Json& json, std::string_view name, Fault& fault);

/// Null, {}, [] or "": a member that is there and says nothing.
bool is_blank(const Json& json);

/// JSON text with sorted members, the same for the same content.
std::string canonical_text(const Json& json);

}  // namespace authzd
