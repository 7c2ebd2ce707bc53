// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The sandbox's JSON: objects keep the order of their members, as in IAM's replies. The client has
// its own codec, on purpose: a shared one would only agree with itself.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace authzd::sandbox {

using Json = nlohmann::ordered_json;

/// The member; null if `object` is not an object or lacks it.
inline const Json* member(const Json& object, std::string_view name) {
  const auto found = object.is_object() ? object.find(std::string(name)) : object.end();
  return object.is_object() && found != object.end() ? &*found : nullptr;
}

/// The member's text; empty if it is missing or not a string.
inline std::string text_of(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

/// Bytes that are not UTF-8 are replaced, so that no input from a caller can make this throw.
inline std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace authzd::sandbox
