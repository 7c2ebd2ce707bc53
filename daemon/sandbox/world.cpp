// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/sandbox/world.hpp"

#include "reconciler/base/text.hpp"

#include <utility>

namespace authzd::sandbox {

HttpResponse json_reply(int status, const Json& body, const std::string& etag) {
  HttpResponse response{status, {{"Content-Type", "application/json; charset=utf-8"}}, dump(body)};
  if (!etag.empty()) response.headers.push_back({"Etag", etag});
  return response;
}

Outcome<Json> json_body(const Call& call) {
  const std::string type = to_lower(find_header(call.request.headers, "Content-Type"));
  if (!type.starts_with("application/json")) {
    return refuse(415, "unsupported_content_type", "The content type is not supported.");
  }
  Json body = Json::parse(call.request.body, nullptr, false);
  if (!body.is_object()) return refuse_body();
  return body;
}

Outcome<void> check_if_match(const Call& call, const std::string& etag, const Switches& switches) {
  const std::string_view given = find_header(call.request.headers, "If-Match");
  if (given == etag) return {};

  const bool missing = given.empty();
  const int status = switches.number(missing ? Switch::if_match_missing : Switch::if_match_stale);
  return refuse(status,
                status == 400 ? "invalid_body" : "policy_conflict_error",
                missing ? "The If-Match header is required."
                        : "The If-Match header does not match the current ETag.");
}

}  // namespace authzd::sandbox
