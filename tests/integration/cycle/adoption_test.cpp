// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies of IBM's Terraform provider are adopted in place: by id, without a gap, and written in
// the provider's order.

#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

Json attribute(const std::string& key, const std::string& value) {
  return {{"key", key}, {"operator", "stringEquals"}, {"value", value}};
}

/// The body of the provider's POST (iam-api §3): its order, and the roles of the configuration.
Json provider_body(Json subject, Json resource, const std::vector<std::string>& roles) {
  Json body;
  body["type"] = "authorization";
  body["subject"]["attributes"] = std::move(subject);
  body["resource"]["attributes"] = std::move(resource);
  body["control"]["grant"]["roles"] = Json::array();
  for (const std::string& role : roles) {
    body["control"]["grant"]["roles"].push_back({{"role_id", role}});
  }
  return body;
}

class AdoptionCycle : public CycleTest {
 protected:
  /// Creates what the provider would; returns its id.
  std::string create(const Json& body) {
    const HttpHeaders form{{"Content-Type", "application/x-www-form-urlencoded"}};
    const auto token = service.handle(
        {"POST",
         "/identity/token",
         form,
         "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=" + kDemoKey},
        clock.now());
    const std::string access = Json::parse(token.response.body).at("access_token");
    const HttpHeaders headers{{"Content-Type", "application/json"},
                              {"Authorization", "Bearer " + access}};
    const auto made = service.handle({"POST", "/v2/policies", headers, body.dump()}, clock.now());
    EXPECT_EQ(made.response.status, 201) << made.response.body;
    clock.advance(std::chrono::seconds(60));
    return Json::parse(made.response.body).at("id");
  }

  Json stored(const std::string& id) {
    for (const Json& policy : policies()) {
      if (policy.at("id") == id) return policy;
    }
    return nullptr;
  }
};

TEST_F(AdoptionCycle, KeepsTheOrderThatAnotherToolWrote) {
  const Json keys =
      provider_body({attribute("serviceName", "databases-for-postgresql"),
                     attribute("accountId", kDemoAccount),
                     attribute("serviceInstance", "E5D4C3B2-A190-4807-9F6E-5D4C3B2A1908")},
                    {attribute("serviceName", "kms"),
                     attribute("accountId", kDemoAccount),
                     attribute("serviceInstance", "51042d7f-f0df-4915-bd39-6a49957c9175"),
                     attribute("resourceType", "key"),
                     attribute("resource", "0b1c2d3e-4f50-4617-8829-3a4b5c6d7e8f")},
                    {kReaderRole, kDelegatorRole});
  const std::string id = create(keys);
  spec.adopt = Adopt::identical;
  write_file("keys.yaml",
             "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: keys}\nspec:\n"
             "  source: {service: databases-for-postgresql, "
             "instance: e5d4c3b2-a190-4807-9f6e-5d4c3b2a1908}\n"
             "  target: {service: kms, instance: 51042d7f-f0df-4915-bd39-6a49957c9175, "
             "resourceType: key, resource: 0b1c2d3e-4f50-4617-8829-3a4b5c6d7e8f}\n"
             "  roles: [Reader, Authorization Delegator]\n");

  const CycleEnd end = good_cycle();

  EXPECT_EQ(only_id(), id);
  EXPECT_EQ(sent("POST"), 1U) << "the provider's alone";
  EXPECT_EQ(sent("PUT"), 1U);
  const Json after = stored(id);
  EXPECT_EQ(after.at("subject"), keys.at("subject"));
  EXPECT_EQ(after.at("resource"), keys.at("resource"));
  EXPECT_EQ(after.at("control"), keys.at("control"));
}

TEST_F(AdoptionCycle, KeepsTheOrderInEveryLaterUpdate) {
  const Json redis = provider_body(
      {attribute("serviceName", "databases-for-redis"), attribute("accountId", kDemoAccount)},
      {attribute("serviceName", "kms"), attribute("accountId", kDemoAccount)},
      {kReaderRole, kDelegatorRole});
  const std::string id = create(redis);
  spec.adopt = Adopt::identical;
  const std::string manifest =
      "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: redis}\nspec:\n"
      "  source: {service: databases-for-redis}\n  target: {service: kms}\n  roles: [Reader, "
      "Authorization Delegator]\n";
  write_file("redis.yaml", manifest);
  good_cycle();

  write_file("redis.yaml", manifest + "  description: Another text.\n");
  good_cycle();

  EXPECT_EQ(sent("PUT"), 2U);
  EXPECT_EQ(stored(id).at("resource"), redis.at("resource"));
  EXPECT_EQ(stored(id).at("control"), redis.at("control"));
}

}  // namespace
}  // namespace authzd::test
