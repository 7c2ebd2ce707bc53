// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The sandbox's JSON: objects keep the order of their members, as IAM's replies do. The client has
// its own codec, on purpose: one that is shared would only agree with itself.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace authzd::sandbox {

using Json = nlohmann::ordered_json;

/// The member, or null where `object` is no object or has none.
inline const Json* member(const Json& object, std::string_view name) {
  const auto found = object.is_object() ? object.find(std::string(name)) : object.end();
  return object.is_object() && found != object.end() ? &*found : nullptr;
}

/// The member's text; empty where it is missing or not a string.
inline std::string text_of(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

/// Bytes that are not UTF-8 are replaced, so that nothing a caller sent can make this throw.
inline std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace authzd::sandbox
