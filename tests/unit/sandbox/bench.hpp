// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A sandbox without sockets, and short calls for it.
#pragma once

#include "daemon/sandbox/json.hpp"
#include "daemon/sandbox/random.hpp"
#include "daemon/sandbox/service.hpp"

#include <string>

namespace authzd::sandbox {

inline const std::string kAccount = "a1234567a1234567a1234567a1234567";
inline const std::string kOther = "b7654321b7654321b7654321b7654321";
inline const std::string kReader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
inline const std::string kDelegator = "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";
inline const std::string kNever = "00000000-0000-4000-8000-000000000000";

struct Bench {
  Bench();

  HttpResponse call(const std::string& method,
                    const std::string& target,
                    const std::string& body = {},
                    HttpHeaders more = {});
  HttpResponse raw(HttpRequest request) { return service.handle(request, now).response; }
  std::string token(const std::string& key);
  void set(const std::string& name, const std::string& value);

  /// Creates it and returns its id.
  std::string create(const Json& policy);
  std::string etag(const std::string& id);
  Json list(const std::string& more = {}, const std::string& version = "v2");

  SeededRandomness random{1};
  SandboxService service{random};
  Timestamp now = *parse_rfc3339("2026-11-23T12:00:00Z");
  std::string key = "key";
};

inline Json json_of(const HttpResponse& response) {
  return Json::parse(response.body);
}
inline Json error_of(const HttpResponse& response) {
  return json_of(response).at("errors").at(0);
}

/// {"key", "operator", "value"}.
Json attr(const std::string& key, const Json& value, const std::string& op = "stringEquals");
/// A v2 authorization, Reader, in the bench's account.
Json authorization(const std::string& source, const std::string& target);
/// The same in v1's format.
Json v1_authorization(const std::string& source, const std::string& target);

}  // namespace authzd::sandbox
