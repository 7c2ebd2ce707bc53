// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/support/sandbox_faults.hpp"

#include <utility>

namespace authzd::test {
namespace {

using sandbox::Fault;

Fault status(int code, HttpHeaders headers = {}) {
  Fault fault;
  fault.status = code;
  fault.headers = std::move(headers);
  return fault;
}

Fault cut(HttpReply::Cut where, bool perform) {
  Fault fault;
  fault.cut = where;
  fault.perform = perform;
  return fault;
}

Fault body(int code, std::string text, const std::string& type) {
  Fault fault = status(code, {{"Content-Type", type}});
  fault.body = std::move(text);
  return fault;
}

Fault slow(std::chrono::milliseconds delay) {
  Fault fault;
  fault.delay = delay;
  return fault;
}

}  // namespace

std::vector<NamedFault> faults_of(const std::string& method, const std::string& path, int times) {
  using enum HttpReply::Cut;
  std::vector<NamedFault> all{
      {"Throttled", status(429)},
      {"ThrottledForSeconds", status(429, {{"Retry-After", "7"}})},
      {"ThrottledUntilADate", status(429, {{"Retry-After", "Fri, 15 Jan 2027 08:01:00 GMT"}})},
      {"BadRequest", status(400)},
      {"Unauthorized", status(401)},
      {"Forbidden", status(403)},
      {"NotFound", status(404)},
      {"Conflict", status(409)},
      {"PreconditionFailed", status(412)},
      {"QuotaUsedUp", status(422)},
      {"ServerError", status(500)},
      {"NotImplemented", status(501)},
      {"BadGateway", body(502, "<html>bad gateway</html>", "text/html")},
      {"Unavailable", status(503)},
      {"GatewayTimeout", status(504)},
      {"Redirect", status(302, {{"Location", "https://elsewhere.example/"}})},
      {"ResetBefore", cut(before_reply, false)},
      {"ResetAfter", cut(before_reply, true)},
      {"CutInTheBody", cut(in_body, true)},
      {"Slow", slow(std::chrono::hours(1))},
      {"Html", body(200, "<html>hello</html>", "text/html")},
      {"LyingContentType", body(200, "<html>hello</html>", "application/json")},
      {"Empty", body(200, "", "application/json")},
      {"NoJson", body(200, "{\"policies\": [", "application/json")},
      {"AnotherShape", body(200, "[1, {\"a\": null}]", "application/json")},
  };
  for (NamedFault& each : all) {
    each.fault.method = method;
    each.fault.path = path;
    each.fault.times = times;
  }
  return all;
}

}  // namespace authzd::test
