// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/sandbox/bench.hpp"

#include <stdexcept>
#include <utility>

namespace authzd::sandbox {
namespace {

constexpr std::string_view kSeed = R"({"api_keys": [
  {"key": "key", "account": "a1234567a1234567a1234567a1234567", "iam_id": "iam-ServiceId-1"},
  {"key": "viewer", "account": "a1234567a1234567a1234567a1234567", "iam_id": "IBMid-2",
   "access": "viewer", "reads": ["hs-crypto"]},
  {"key": "other", "account": "b7654321b7654321b7654321b7654321", "iam_id": "IBMid-3"}],
 "profiles": [{"id": "Profile-1", "name": "authzd", "crn": "crn:profile",
               "account": "a1234567a1234567a1234567a1234567", "iam_id": "iam-Profile-1"}]})";

}  // namespace

Bench::Bench() {
  if (!service.seed(kSeed, "seed", now)) throw std::logic_error("the bench's seed is wrong");
}

std::string Bench::token(const std::string& api_key) {
  const auto reply = raw({"POST",
                          "/identity/token",
                          {},
                          "grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=" + api_key});
  return json_of(reply).at("access_token");
}

HttpResponse Bench::call(const std::string& method,
                         const std::string& target,
                         const std::string& body,
                         HttpHeaders more) {
  more.push_back({"Authorization", "Bearer " + token(key)});
  if (!body.empty()) more.push_back({"Content-Type", "application/json"});
  return raw({method, target, std::move(more), body});
}

void Bench::set(const std::string& name, const std::string& value) {
  const auto done = service.set(name, value);
  if (!done) throw std::logic_error(done.error().message);
}

std::string Bench::create(const Json& policy) {
  const std::string version = policy.contains("subjects") ? "v1" : "v2";
  return json_of(call("POST", "/" + version + "/policies", dump(policy))).at("id");
}

std::string Bench::etag(const std::string& id) {
  return std::string(find_header(call("GET", "/v2/policies/" + id).headers, "ETag"));
}

Json Bench::list(const std::string& more, const std::string& version) {
  return json_of(call("GET", "/" + version + "/policies?account_id=" + kAccount + more));
}

Json attr(const std::string& key, const Json& value, const std::string& op) {
  Json made;
  made["key"] = key;
  made["operator"] = op;
  made["value"] = value;
  return made;
}

Json authorization(const std::string& source, const std::string& target) {
  Json policy;
  policy["type"] = "authorization";
  policy["subject"]["attributes"] =
      Json::array({attr("serviceName", source), attr("accountId", kAccount)});
  policy["resource"]["attributes"] =
      Json::array({attr("accountId", kAccount), attr("serviceName", target)});
  policy["control"]["grant"]["roles"][0]["role_id"] = kReader;
  return policy;
}

Json v1_authorization(const std::string& source, const std::string& target) {
  const auto named = [](const std::string& name, const std::string& value) {
    Json made;
    made["name"] = name;
    made["value"] = value;
    return made;
  };
  Json policy;
  policy["type"] = "authorization";
  policy["subjects"][0]["attributes"] =
      Json::array({named("serviceName", source), named("accountId", kAccount)});
  policy["roles"][0]["role_id"] = kReader;
  policy["resources"][0]["attributes"] =
      Json::array({named("accountId", kAccount), named("serviceName", target)});
  return policy;
}

}  // namespace authzd::sandbox
