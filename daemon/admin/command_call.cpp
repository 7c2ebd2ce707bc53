// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/command_call.hpp"

#include "reconciler/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostValues = 4096;
constexpr std::size_t kDeepest = 8;  // arrays and objects within each other
constexpr const char* kClient = "client";
constexpr const char* kConfirmed = "confirmed";

Error wrong(std::string_view member, std::string_view what) {
  return {ErrorCode::rejected, printable(member) + ": " + std::string(what)};
}

Json json_of(const GivenOption& option) {
  if (option.is_flag) return true;
  return option.values;
}

/// What a command line would have in the value's place; nothing where it could have nothing.
std::optional<std::string> text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  return std::nullopt;
}

Result<GivenOption> option_of(const std::string& name, const Json& value) {
  GivenOption option{name};
  if (value.is_boolean()) {
    option.is_flag = true;
    return option;
  }
  const Json values = value.is_array() ? value : Json::array({value});
  if (values.size() > kMostValues) {
    return wrong(name, "more than " + std::to_string(kMostValues) + " values");
  }
  for (const Json& each : values) {
    auto text = text_of(each);
    if (!text) return wrong(name, "takes true or false, a string, a number, or an array of these");
    option.values.push_back(*std::move(text));
  }
  return option;
}

template <class T>
bool take(const Json& json, const char* name, T& into) {
  const auto found = json.find(name);
  if (found == json.end()) return true;
  const bool fits = std::is_same_v<T, bool>          ? found->is_boolean()
                    : std::is_same_v<T, std::size_t> ? found->is_number_unsigned()
                                                     : found->is_string();
  if (fits) into = found->get<T>();
  return fits;
}

bool take_client(const Json& json, CommandCall& call) {
  return json.is_object() && take(json, "config", call.config) &&
         take(json, "configOption", call.config_option) && take(json, "canAsk", call.can_ask) &&
         take(json, "colour", call.style.colour) && take(json, "width", call.style.width) &&
         take(json, "progress", call.wants_progress) && take(json, "sudoUid", call.sudo_uid);
}

/// Null where it is no JSON, or deeper than any call.
Json parse_shallow(std::string_view text) {
  const auto keep = [](int depth, Json::parse_event_t, const Json&) {
    return std::cmp_less_equal(depth, kDeepest);
  };
  return Json::parse(text, keep, false);
}

}  // namespace

std::string encode_body(const CommandCall& call) {
  Json json = Json::object();
  for (const GivenOption& option : call.options) json[option.name] = json_of(option);
  if (!call.confirmed.empty()) json[kConfirmed] = call.confirmed;
  json[kClient] = {{"config", call.config},
                   {"configOption", call.config_option},
                   {"canAsk", call.can_ask},
                   {"colour", call.style.colour},
                   {"width", call.style.width},
                   {"progress", call.wants_progress},
                   {"sudoUid", call.sudo_uid}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<CommandCall> parse_call(std::string command, std::string_view body) {
  CommandCall call{.command = std::move(command)};
  if (trim(body).empty()) return call;
  const Json json = parse_shallow(body);
  if (!json.is_object()) {
    return Error{ErrorCode::rejected,
                 "the body is not a JSON object with the command's options, such as "
                 "{\"account\": [\"prod\"]}"};
  }
  for (const auto& [name, value] : json.items()) {
    if (name == kConfirmed) {
      if (!value.is_string()) return wrong(name, "takes the hash that was shown");
      call.confirmed = value.get<std::string>();
    } else if (name == kClient) {
      if (!take_client(value, call)) {
        return wrong(name,
                     "takes an object with config, canAsk, colour, width, progress and sudoUid");
      }
    } else if (value != Json(false)) {
      auto option = option_of(name, value);
      if (!option) return std::move(option).error();
      call.options.push_back(*std::move(option));
    }
  }
  return call;
}

}  // namespace authzd
