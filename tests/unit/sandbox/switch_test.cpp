// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Each switch, with both values (iam-api §12).
#include "daemon/sandbox/switches.hpp"
#include "tests/unit/sandbox/bench.hpp"

#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

// What a caller sees with one setting of a switch.
struct Case {
  std::string name;
  std::string value;
  std::string sees;
  std::string (*look)(Bench& bench);
};

std::string status(const HttpResponse& response) {
  return std::to_string(response.status);
}

HttpResponse put(Bench& bench, const std::string& if_match) {
  const std::string id = bench.create(authorization("schematics", "kms"));
  HttpHeaders headers;
  if (!if_match.empty()) headers.push_back({"If-Match", if_match});
  return bench.call("PUT", "/v2/policies/" + id, dump(authorization("schematics", "kms")), headers);
}

std::string deleted(Bench& bench) {
  const std::string id = bench.create(authorization("schematics", "kms"));
  bench.call("DELETE", "/v2/policies/" + id);
  return id;
}

HttpResponse duplicate(Bench& bench) {
  bench.create(authorization("schematics", "kms"));
  return bench.call("POST", "/v2/policies", dump(authorization("schematics", "kms")));
}

std::string conflict_form(Bench& bench) {
  const Json details = error_of(duplicate(bench)).at("details").at("conflicts_with");
  return details.contains("policy") ? details.at("policy").type_name() : "absent";
}

std::string stale(Bench& bench) {
  return status(put(bench, "1-old"));
}
std::string missing(Bench& bench) {
  return status(put(bench, ""));
}
std::string etag_of_get(Bench& bench) {
  return bench.etag(bench.create(authorization("schematics", "kms"))).empty() ? "absent" : "sent";
}
std::string pages(Bench& bench) {
  deleted(bench);
  bench.create(authorization("schematics", "kms"));
  bench.create(authorization("is", "kms"));
  return std::to_string(bench.list().at("policies").size());
}
std::string delete_twice(Bench& bench) {
  return status(bench.call("DELETE", "/v2/policies/" + deleted(bench)));
}
std::string delete_unknown(Bench& bench) {
  return status(bench.call("DELETE", "/v2/policies/" + kNever));
}
std::string read_deleted(Bench& bench) {
  return status(bench.call("GET", "/v2/policies/" + deleted(bench)));
}
std::string create_after_delete(Bench& bench) {
  deleted(bench);
  return status(bench.call("POST", "/v2/policies", dump(authorization("schematics", "kms"))));
}
std::string wording(Bench& bench) {
  const std::string message = error_of(duplicate(bench)).at("message");
  return message.find("attributes and roles") == std::string::npos ? "attributes" : "exact";
}
std::string foreign(Bench& bench) {
  const std::string id = bench.create(authorization("schematics", "kms"));
  bench.key = "other";
  return status(bench.call("GET", "/v2/policies/" + id));
}
std::string viewer_sees(Bench& bench) {
  bench.create(authorization("schematics", "kms"));
  bench.create(authorization("schematics", "hs-crypto"));
  bench.key = "viewer";
  return std::to_string(bench.list().at("policies").size());
}
std::string code_of_403(Bench& bench) {
  bench.key = "viewer";
  return error_of(bench.call("POST", "/v2/policies", dump(authorization("schematics", "kms"))))
      .at("code");
}
std::string href(Bench& bench) {
  const std::string id = bench.create(authorization("schematics", "kms"));
  const std::string text = json_of(bench.call("GET", "/v2/policies/" + id)).at("href");
  return text.find("/v2/") == std::string::npos ? "v1" : "v2";
}
std::string through_v1(Bench& bench) {
  const std::string id = bench.create(authorization("schematics", "kms"));
  const Json policy = json_of(bench.call("GET", "/v1/policies/" + id));
  return policy.at("roles").at(0).at("display_name");
}
std::string v1_operator(Bench& bench) {
  const std::string id = bench.create(v1_authorization("schematics", "kms"));
  const Json policy = json_of(bench.call("GET", "/v1/policies/" + id));
  return policy.at("resources").at(0).at("attributes").at(0).value("operator", "none");
}
std::string star(Bench& bench) {
  Json policy = v1_authorization("schematics", "kms");
  policy["resources"][0]["attributes"].push_back(Json{{"name", "resource"}, {"value", "*"}});
  const std::string id = bench.create(policy);
  const Json shown = json_of(bench.call("GET", "/v2/policies/" + id));
  return shown.at("resource").at("attributes").at(2).at("operator");
}
std::string upgrade(Bench& bench) {
  const std::string id = bench.create(v1_authorization("schematics", "kms"));
  return status(bench.call("PUT",
                           "/v2/policies/" + id,
                           dump(authorization("schematics", "kms")),
                           {{"If-Match", bench.etag(id)}}));
}
std::string restore_exists(Bench& bench) {
  Json policy = authorization("schematics", "kms");
  policy["resource"]["attributes"].push_back(attr("keyRing", true, "stringExists"));
  const std::string id = bench.create(policy);
  bench.call("DELETE", "/v2/policies/" + id);
  return status(bench.call(
      "PATCH", "/v1/policies/" + id, R"({"state":"active"})", {{"If-Match", bench.etag(id)}}));
}
std::string odd_pair(Bench& bench) {
  return status(bench.call("POST", "/v2/policies", dump(authorization("kms", "is"))));
}
std::string broker(Bench& bench) {
  const Json roles = json_of(bench.call(
      "GET",
      "/v2/"
      "roles?policy_type=authorization&source_service_name=is&service_name=event-notifications"));
  return roles.at("system_roles").empty() ? "service" : "platform";
}
std::string permit_format(Bench& bench) {
  return status(
      bench.call("GET", "/v2/policies?format=include_last_permit&account_id=" + kAccount));
}
std::string long_description(Bench& bench) {
  Json policy = authorization("schematics", "kms");
  policy["description"] = std::string(500, 'x');
  return status(bench.call("POST", "/v2/policies", dump(policy)));
}
std::string retry_after(Bench& bench) {
  Fault fault;
  fault.status = 429;
  fault.skip = 1;  // the token
  const auto done = bench.service.inject(fault);
  const auto reply = bench.call("GET", "/v2/roles");
  return done ? std::string(find_header(reply.headers, "Retry-After")) : "no fault";
}
std::string orphan(Bench& bench) {
  Json policy = authorization("schematics", "kms");
  policy["resource"]["attributes"].push_back(attr("serviceInstance", "guid"));
  const std::string id = bench.create(policy);
  bench.raw({"DELETE", "/sandbox/v1/instances/guid"});
  return json_of(bench.call("GET", "/v2/policies/" + id)).at("state");
}
std::string life(Bench& bench) {
  const auto reply = bench.raw({"POST",
                                "/identity/token",
                                {},
                                "grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=key"});
  return json_of(reply).at("expires_in").dump();
}
std::string no_account(Bench& bench) {
  return status(bench.call("GET", "/v2/policies"));
}
std::string quota_code(Bench& bench) {
  bench.set("quota", "0");
  return error_of(bench.call("POST", "/v2/policies", dump(authorization("is", "kms")))).at("code");
}

class SandboxSwitch : public testing::TestWithParam<Case> {};

TEST_P(SandboxSwitch, ChangesWhatACallerSees) {
  Bench bench;
  bench.set(GetParam().name, GetParam().value);

  EXPECT_EQ(GetParam().look(bench), GetParam().sees);
}

INSTANTIATE_TEST_SUITE_P(
    BothWays,
    SandboxSwitch,
    testing::Values(
        Case{"if-match-stale", "409", "409", stale},
        Case{"if-match-stale", "412", "412", stale},
        Case{"if-match-stale", "400", "400", stale},
        Case{"if-match-missing", "400", "400", missing},
        Case{"if-match-missing", "412", "412", missing},
        Case{"get-etag", "sent", "sent", etag_of_get},
        Case{"get-etag", "absent", "absent", etag_of_get},
        Case{"list-default-limit", "0", "2", pages},
        Case{"list-default-limit", "1", "1", pages},
        Case{"delete-deleted", "204", "204", delete_twice},
        Case{"delete-deleted", "404", "404", delete_twice},
        Case{"delete-unknown", "404", "404", delete_unknown},
        Case{"delete-unknown", "204", "204", delete_unknown},
        Case{"deleted-retention", "30d", "200", read_deleted},
        Case{"deleted-retention", "0s", "404", read_deleted},
        Case{"deleted-blocks", "no", "201", create_after_delete},
        Case{"deleted-blocks", "yes", "409", create_after_delete},
        Case{"conflict-policy", "object", "object", conflict_form},
        Case{"conflict-policy", "string", "string", conflict_form},
        Case{"conflict-policy", "absent", "absent", conflict_form},
        Case{"conflict-wording", "attributes", "attributes", wording},
        Case{"conflict-wording", "exact", "exact", wording},
        Case{"foreign-policy", "403", "403", foreign},
        Case{"foreign-policy", "404", "404", foreign},
        Case{"list-visibility", "account", "2", viewer_sees},
        Case{"list-visibility", "readable", "1", viewer_sees},
        Case{"forbidden-code", "insufficient_permissions", "insufficient_permissions", code_of_403},
        Case{"missing-parameter", "404", "404", no_account}),
    [](const auto& each) { return "n" + std::to_string(each.index); });

INSTANTIATE_TEST_SUITE_P(
    BothWaysToo,
    SandboxSwitch,
    testing::Values(Case{"quota-code", "unable_to_process", "unable_to_process", quota_code},
                    Case{"href-of-v2", "v2", "v2", href},
                    Case{"href-of-v2", "v1", "v1", href},
                    Case{"v1-of-v2", "unrepresentable", "Reader", through_v1},
                    Case{"v1-of-v2", "all", "Unsupported Version", through_v1},
                    Case{"v1-operator", "as-sent", "none", v1_operator},
                    Case{"v1-operator", "filled", "stringEquals", v1_operator},
                    Case{"v1-star", "literal", "stringEquals", star},
                    Case{"v1-star", "exists", "stringExists", star},
                    Case{"v2-put-v1", "upgraded", "200", upgrade},
                    Case{"v2-put-v1", "refused", "400", upgrade},
                    Case{"v1-restore-exists", "restored", "200", restore_exists},
                    Case{"v1-restore-exists", "refused", "400", restore_exists},
                    Case{"role-check", "strict", "400", odd_pair},
                    Case{"role-check", "lenient", "201", odd_pair},
                    Case{"role-crns", "service", "service", broker},
                    Case{"role-crns", "platform", "platform", broker},
                    Case{"include-last-permit", "accepted", "200", permit_format},
                    Case{"include-last-permit", "refused", "400", permit_format},
                    Case{"description-limit", "0", "201", long_description},
                    Case{"description-limit", "300", "400", long_description},
                    Case{"retry-after", "none", "", retry_after},
                    Case{"retry-after", "seconds", "1", retry_after},
                    Case{"retry-after", "date", "Mon, 23 Nov 2026 12:00:01 GMT", retry_after},
                    Case{"orphans", "linger", "active", orphan},
                    Case{"orphans", "removed", "deleted", orphan},
                    Case{"token-lifetime", "1h", "3600", life},
                    Case{"token-lifetime", "90s", "90", life}),
    [](const auto& each) { return "n" + std::to_string(each.index); });

TEST(SandboxSwitches, RefuseAValueThatTheyDoNotTake) {
  Switches switches;

  EXPECT_FALSE(switches.set("if-match-stale", "418"));
  EXPECT_FALSE(switches.set("if-match-stale", ""));
  EXPECT_FALSE(switches.set("if-match-stale"));
  EXPECT_TRUE(switches.set("if-match-stale=412"));
}

}  // namespace
}  // namespace authzd::sandbox
