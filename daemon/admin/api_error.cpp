// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/admin/api_error.hpp"

#include <nlohmann/json.hpp>

namespace authzd {

HttpResponse api_error(int status, const Error& error) {
  using Json = nlohmann::ordered_json;
  const Json text{{"code", to_string(error.code)}, {"message", error.message}};
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "application/json"}};
  response.body = Json{{"error", text}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

std::string message_of_api_error(std::string_view body) {
  using Json = nlohmann::json;
  const Json json = Json::parse(body, nullptr, false);
  const Json::json_pointer place("/error/message");
  if (!json.is_object() || !json.contains(place) || !json.at(place).is_string()) return {};
  return json.at(place).get<std::string>();
}

}  // namespace authzd
