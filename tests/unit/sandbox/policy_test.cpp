// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Create, read, replace, delete, restore (iam-api §2).
#include "tests/unit/sandbox/bench.hpp"

#include <gtest/gtest.h>

namespace authzd::sandbox {
namespace {

// §1, §2.1
TEST(SandboxPolicy, CreatesWithAnUnquotedEtagOfGenerationOne) {
  Bench bench;

  const auto reply = bench.call("POST", "/v2/policies", dump(authorization("schematics", "kms")));

  EXPECT_EQ(reply.status, 201);
  const std::string etag(find_header(reply.headers, "ETag"));
  EXPECT_EQ(etag.substr(0, 2), "1-");
  EXPECT_EQ(etag.size(), 34U);
  EXPECT_EQ(json_of(reply).at("created_at"), "2026-11-23T12:00:00.000Z");
  EXPECT_EQ(json_of(reply).at("created_by_id"), "iam-ServiceId-1");
  EXPECT_EQ(find_header(reply.headers, "Transaction-Id").size(), 32U);
}

// §2.4: attributes come back as sent, roles are enriched in v1 only
TEST(SandboxPolicy, EchoesAttributesAsSentAndNamesRolesInV1) {
  Bench bench;
  const Json sent = v1_authorization("schematics", "kms");

  const Json made = json_of(bench.call("POST", "/v1/policies", dump(sent)));

  EXPECT_EQ(made.at("subjects"), sent.at("subjects"));
  EXPECT_EQ(made.at("resources"), sent.at("resources"));
  EXPECT_EQ(made.at("roles").at(0).at("display_name"), "Reader");
}

// §2.6: the key spans versions and ignores order, absent operators and roles
TEST(SandboxPolicy, RefusesADuplicateMadeThroughTheOtherVersion) {
  Bench bench;
  const std::string id = bench.create(v1_authorization("server-protect", "kms"));
  Json same = authorization("server-protect", "kms");
  std::swap(same["subject"]["attributes"][0], same["subject"]["attributes"][1]);
  same["control"]["grant"]["roles"][0]["role_id"] = kDelegator;

  const auto reply = bench.call("POST", "/v2/policies", dump(same));

  EXPECT_EQ(reply.status, 409);
  const Json conflict = error_of(reply).at("details").at("conflicts_with");
  EXPECT_EQ(conflict.at("policy").at("id"), id);
  EXPECT_EQ(conflict.at("etag"), bench.etag(id));
  EXPECT_EQ(conflict.at("policy").at("control").at("grant").at("roles").at(0).at("role_id"),
            kReader);
}

// §2.6
TEST(SandboxPolicy, SaysThatAnIdIsUnknownInIbmsWordsAndOrder) {
  Bench bench;

  const auto reply = bench.call("GET", "/v1/policies/" + kNever, {}, {{"Transaction-Id", "abc"}});

  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body,
            R"({"trace":"abc","errors":[{"code":"policy_not_found","message":"Policy with Id )" +
                kNever + R"( not found."}],"status_code":404})");
}

// §2.1: PUT needs If-Match and gives a new ETag; PUT v2 upgrades v1 (§2.5)
TEST(SandboxPolicy, ReplacesAndUpgradesWithTheCurrentEtag) {
  Bench bench;
  const std::string id = bench.create(v1_authorization("schematics", "kms"));
  Json changed = authorization("schematics", "kms");
  changed["resource"]["attributes"].push_back(attr("keyRing", true, "stringExists"));

  const auto reply =
      bench.call("PUT", "/v2/policies/" + id, dump(changed), {{"If-Match", bench.etag(id)}});

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(bench.etag(id).substr(0, 2), "2-");
  EXPECT_NE(std::string(json_of(reply).at("href")).find("/v2/policies/"), std::string::npos);
}

// §2.5: the type cannot change on PUT
TEST(SandboxPolicy, RefusesToChangeTheType) {
  Bench bench;
  const std::string id = bench.create(authorization("schematics", "kms"));
  Json access = authorization("schematics", "kms");
  access["type"] = "access";
  access["subject"]["attributes"] = Json::array({attr("iam_id", "IBMid-9")});

  const auto reply =
      bench.call("PUT", "/v2/policies/" + id, dump(access), {{"If-Match", bench.etag(id)}});

  EXPECT_EQ(reply.status, 400);
}

// §2.6: 204, then readable as deleted, restored with the same id by v1 PATCH
TEST(SandboxPolicy, DeletesSoftlyAndRestores) {
  Bench bench;
  const std::string id = bench.create(authorization("schematics", "kms"));

  EXPECT_EQ(bench.call("DELETE", "/v2/policies/" + id).status, 204);
  EXPECT_EQ(json_of(bench.call("GET", "/v2/policies/" + id)).at("state"), "deleted");
  EXPECT_TRUE(bench.list().at("policies").empty());
  const auto restored = bench.call(
      "PATCH", "/v1/policies/" + id, R"({"state":"active"})", {{"If-Match", bench.etag(id)}});

  EXPECT_EQ(restored.status, 200);
  EXPECT_EQ(bench.list().at("policies").size(), 1U);
}

// §2.6: a deleted policy does not block an equal one, but cannot be restored beside it
TEST(SandboxPolicy, DoesNotRestoreBesideItsLike) {
  Bench bench;
  const std::string id = bench.create(authorization("schematics", "kms"));
  bench.call("DELETE", "/v2/policies/" + id);
  bench.create(authorization("schematics", "kms"));

  const auto reply = bench.call(
      "PATCH", "/v1/policies/" + id, R"({"state":"active"})", {{"If-Match", bench.etag(id)}});

  EXPECT_EQ(reply.status, 409);
}

// §2.5: v1 has a placeholder for what it cannot express
TEST(SandboxPolicy, ShowsAPlaceholderInV1ForStringExists) {
  Bench bench;
  Json policy = authorization("schematics", "kms");
  policy["resource"]["attributes"].push_back(attr("keyRing", true, "stringExists"));
  const std::string id = bench.create(policy);

  const Json shown = json_of(bench.call("GET", "/v1/policies/" + id));

  EXPECT_EQ(shown.at("roles").at(0).at("display_name"), "Unsupported Version");
  EXPECT_NE(std::string(shown.at("href")).find("/v2/policies/" + id), std::string::npos);
}

// §6: one quota for access policies and authorizations
TEST(SandboxPolicy, CountsAllTypesAgainstTheQuota) {
  Bench bench;
  bench.set("quota", "1");
  bench.create(authorization("schematics", "kms"));

  const auto reply = bench.call("POST", "/v2/policies", dump(authorization("is", "kms")));

  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(error_of(reply).at("message"), "Exceeded maximum policies quota error.");
}

TEST(SandboxPolicy, MakesTheSameIdsFromTheSameSeed) {
  Bench one;
  Bench two;

  EXPECT_EQ(one.create(authorization("schematics", "kms")),
            two.create(authorization("schematics", "kms")));
}

}  // namespace
}  // namespace authzd::sandbox
