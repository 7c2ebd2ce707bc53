// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What IAM refuses (iam-api §2.5 end, §5).
#include "tests/unit/sandbox/bench.hpp"

#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

struct InvalidCase {
  std::string name;
  void (*spoil)(Json& policy);
};

class SandboxRefuses : public testing::TestWithParam<InvalidCase> {};

TEST_P(SandboxRefuses, TheBodyWith400InvalidBody) {
  Bench bench;
  Json policy = authorization("server-protect", "kms");
  GetParam().spoil(policy);

  const auto reply = bench.call("POST", "/v2/policies", dump(policy));

  EXPECT_EQ(reply.status, 400) << reply.body;
  EXPECT_EQ(error_of(reply).at("code"), "invalid_body");
  EXPECT_EQ(bench.service.counters().writes, 0U);
}

Json& subject(Json& policy) {
  return policy["subject"]["attributes"];
}
Json& resource(Json& policy) {
  return policy["resource"]["attributes"];
}

INSTANTIATE_TEST_SUITE_P(
    Validation,
    SandboxRefuses,
    testing::Values(
        InvalidCase{"NoType", [](Json& p) { p.erase("type"); }},
        InvalidCase{"NoControl", [](Json& p) { p.erase("control"); }},
        InvalidCase{"NoRoles", [](Json& p) { p["control"]["grant"]["roles"] = Json::array(); }},
        InvalidCase{"NoSubjectAccount", [](Json& p) { subject(p).erase(1); }},
        InvalidCase{"NoResourceAccount", [](Json& p) { resource(p).erase(0); }},
        InvalidCase{"NoSource", [](Json& p) { subject(p).erase(0); }},
        InvalidCase{"PrefixedAccount", [](Json& p) { subject(p)[1]["value"] = "a/" + kAccount; }},
        InvalidCase{"UnknownSubjectAttribute",
                    [](Json& p) { subject(p).push_back(attr("volumeId", "x")); }},
        InvalidCase{"SubjectStringMatch",
                    [](Json& p) { subject(p).push_back(attr("resource", "x*", "stringMatch")); }},
        InvalidCase{"UnknownOperator",
                    [](Json& p) { resource(p).push_back(attr("x", "x", "equals")); }},
        InvalidCase{"ExistsAsText",
                    [](Json& p) { resource(p).push_back(attr("x", "true", "stringExists")); }},
        InvalidCase{"EmptyValue", [](Json& p) { resource(p).push_back(attr("x", "")); }},
        InvalidCase{"LongValue",
                    [](Json& p) { resource(p).push_back(attr("x", std::string(1001, 'x'))); }},
        InvalidCase{"ElevenOfAnyOf",
                    [](Json& p) {
                      resource(p).push_back(
                          attr("x", std::vector<std::string>(11, "x"), "stringEqualsAnyOf"));
                    }},
        InvalidCase{"AccessWithAService", [](Json& p) { p["type"] = "access"; }},
        InvalidCase{
            "UnknownRole",
            [](Json& p) { p["control"]["grant"]["roles"][0]["role_id"] = "crn:v1:nobody"; }},
        InvalidCase{"UnsupportedPair",
                    [](Json& p) { resource(p)[1]["value"] = "secret-manager"; }}),
    [](const auto& each) { return each.param.name; });

// §2.6: the literal message
TEST(SandboxValidation, NamesAnAttributeThatIsGivenTwice) {
  Bench bench;
  Json policy = authorization("server-protect", "kms");
  resource(policy).push_back(attr("accountId", kAccount));

  const auto reply = bench.call("POST", "/v2/policies", dump(policy));

  EXPECT_EQ(error_of(reply).at("message"),
            "The following resource attribute(s) had multiple entries: accountId");
}

TEST(SandboxValidation, RefusesAnotherContentType) {
  Bench bench;

  const auto reply =
      bench.raw({"POST",
                 "/v2/policies",
                 {{"Authorization", "Bearer " + bench.token("key")}, {"Content-Type", "text/yaml"}},
                 "{}"});

  EXPECT_EQ(reply.status, 415);
  EXPECT_EQ(error_of(reply).at("code"), "unsupported_content_type");
}

TEST(SandboxValidation, RefusesAnotherAccountsResourceAndAViewersWrite) {
  Bench bench;
  const std::string body = dump(authorization("server-protect", "kms"));

  bench.key = "other";
  EXPECT_EQ(bench.call("POST", "/v2/policies", body).status, 403);
  bench.key = "viewer";
  EXPECT_EQ(bench.call("POST", "/v2/policies", body).status, 403);
}

// §5: a source that is any resource of a group
TEST(SandboxValidation, AcceptsAGroupAsSource) {
  Bench bench;
  Json policy = authorization("server-protect", "kms");
  subject(policy)[0] = attr("resourceGroupId", true, "stringExists");

  EXPECT_EQ(bench.call("POST", "/v2/policies", dump(policy)).status, 201);
}

}  // namespace
}  // namespace authzd::sandbox
