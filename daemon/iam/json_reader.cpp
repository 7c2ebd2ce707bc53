// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/json_reader.hpp"

#include "reconciler/base/text.hpp"

#include <cstdint>
#include <limits>

namespace authzd {
std::optional<Json> parse_json(std::string_view text) {
  // Not with a parser callback: with one it examines, at the end of each object, all earlier ones
  // in the same list.
  if (is_nested_deeper(text, kMaxJsonDepth)) return std::nullopt;
  Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

const Json* find_member(const Json& json, std::string_view name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return nullptr;
  return &*found;
}

std::string text_or_empty(const Json& json, std::string_view name) {
  const Json* value = find_member(json, name);
  if (value == nullptr || !value->is_string()) return {};
  return *value->get_ptr<const std::string*>();
}

std::optional<std::int64_t> whole_number(const Json& json, std::string_view name) {
  const Json* value = find_member(json, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  const auto* big = value->get_ptr<const std::uint64_t*>();
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (big != nullptr && *big > kMost) return std::nullopt;
  return *value->get_ptr<const std::int64_t*>();
}

Error Fault::error(std::string_view subject) const {
  return Error{ErrorCode::bad_response, std::string(subject) + " " + what_};
}

std::string read_text(const Json& json, std::string_view name, Fault& fault) {
  const Json* value = find_member(json, name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    fault.add("has a member '" + std::string(name) + "' that is not text");
    return {};
  }
  return *value->get_ptr<const std::string*>();
}

std::string require_text(const Json& json, std::string_view name, Fault& fault) {
  std::string text = read_text(json, name, fault);
  if (text.empty()) fault.add("has no '" + std::string(name) + "'");
  return text;
}

const Json::array_t* read_array(const Json& json, std::string_view name, Fault& fault) {
  const Json* value = find_member(json, name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) fault.add("has a member '" + std::string(name) + "' that is not a list");
  return value->get_ptr<const Json::array_t*>();
}

bool is_blank(const Json& json) {
  const auto* text = json.get_ptr<const std::string*>();
  return text == nullptr ? json.empty() : text->empty();
}

std::string canonical_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace authzd
