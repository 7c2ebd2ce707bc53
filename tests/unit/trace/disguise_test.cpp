// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/trace/disguise.hpp"

#include "reconciler/model/key.hpp"
#include "reconciler/model/marker.hpp"
#include "tests/unit/trace/traces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::Pair;

constexpr std::string_view kAccount = "a1234567a1234567a1234567a1234567";
constexpr std::string_view kKey = "kEy-0f-Somebody-1234567890";
// {"iam_id":"IBMid-550000ABCD","name":"Jane Doe","account":{"bss":"a1234567…"},"iat":1,"exp":3601}
constexpr std::string_view kToken =
    "eyJhbGciOiJub25lIn0."
    "eyJpYW1faWQiOiJJQk1pZC01NTAwMDBBQkNEIiwibmFtZSI6IkphbmUgRG9lIiwiYWNjb3VudCI6eyJic3MiOiJhMTIz"
    "NDU2N2ExMjM0NTY3YTEyMzQ1NjdhMTIzNDU2NyJ9LCJpYXQiOjEsImV4cCI6MzYwMX0."
    "c2lnbmF0dXJl";

class DisguiseTest : public testing::Test {
 protected:
  std::string line_of(const RawExchange& raw) { return exchange_line(disguise.of(raw), 1); }

  static RawExchange call(std::string method, std::string target, int status, std::string reply) {
    RawExchange raw;
    raw.method = std::move(method);
    raw.target = std::move(target);
    raw.headers = {{"Authorization", "Bearer " + std::string(kToken)},
                   {"Accept", "application/json"}};
    raw.reply = RawReply{status, {{"Content-Type", "application/json"}}, std::move(reply)};
    return raw;
  }

  static RawExchange token_call(int status, std::string reply) {
    RawExchange raw = call("POST", "/identity/token", status, std::move(reply));
    raw.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    raw.body =
        "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=" + std::string(kKey);
    return raw;
  }

  Disguise disguise{test::some_key(), test::some_names()};
};

TEST_F(DisguiseTest, KeepsOfATokenItsClaimsAlone) {
  const auto shown = disguise.of(token_call(
      200,
      R"({"access_token":")" + std::string(kToken) +
          R"(","refresh_token":"not_supported","token_type":"Bearer","expires_in":3600})"));

  EXPECT_THAT(shown.body.form,
              ElementsAre(Pair("grant_type", "urn:ibm:params:oauth:grant-type:apikey"),
                          Pair("apikey", "[secret]")));
  ASSERT_TRUE(shown.reply);
  EXPECT_EQ(shown.reply->body.json["access_token"], "[secret]");
  EXPECT_EQ(shown.reply->body.json["token_type"], "Bearer");
  EXPECT_EQ(shown.reply->body.json["expires_in"], 3600);
  EXPECT_EQ(shown.reply->claims["exp"], 3601);
  EXPECT_THAT(shown.reply->claims["iam_id"].get<std::string>(),
              MatchesRegex("IBMid-[0-9]{6}[A-Z]{4}"));
  EXPECT_NE(shown.reply->claims["account"]["bss"], kAccount);
  EXPECT_THAT(shown.reply->claims.dump(), Not(HasSubstr("Jane")));
}

TEST_F(DisguiseTest, FindsSecretsThatAServerRepeatsAnywhere) {
  const std::string echo = "you sent " + std::string(kKey) + " and " + std::string(kToken);
  const std::string inside = R"({"errors":[{"code":")" + std::string(kKey) + R"(","message":")" +
                             echo + R"("}],")" + std::string(kKey) + R"(":1})";
  for (const std::string& body : {echo, inside, "<html>" + echo}) {
    for (RawExchange raw : {token_call(400, body),
                            call("GET", "/v2/policies?start=" + std::string(kKey), 400, body)}) {
      raw.reply->headers.emplace_back("X-Echo", std::string(kKey));
      raw.reply->headers.emplace_back("Set-Cookie", "session=" + std::string(kToken));
      const std::string line = line_of(raw);
      EXPECT_THAT(line, Not(HasSubstr(std::string(kKey)))) << line;
      EXPECT_THAT(line, Not(HasSubstr(std::string(kToken.substr(0, 12))))) << line;
    }
  }
}

TEST_F(DisguiseTest, RemembersSecretsOfEarlierExchanges) {
  (void)disguise.of(token_call(400, "{}"));

  const std::string line =
      line_of(call("GET",
                   "/v2/policies",
                   500,
                   R"({"errors":[{"message":"key )" + std::string(kKey) + R"( "}]})"));

  EXPECT_THAT(line, Not(HasSubstr(std::string(kKey))));
  EXPECT_THAT(line, HasSubstr("key [secret]"));
}

const std::string kPolicy =
    R"json({"id":"51042d7f-f0df-4915-bd39-6a49957c9175","type":"authorization",
 "description":"Keys of Acme. (authzd: acme-prod/block-storage#HASH!)",
 "subject":{"attributes":[{"key":"accountId","operator":"stringEquals","value":"a1234567a1234567a1234567a1234567"},
                          {"key":"serviceName","operator":"stringEquals","value":"server-protect"}]},
 "resource":{"attributes":[{"key":"accountId","operator":"stringEquals","value":"a1234567a1234567a1234567a1234567"},
                           {"key":"serviceName","operator":"stringEquals","value":"kms"},
                           {"key":"resource","operator":"stringEquals","value":"acme-bucket"},
                           {"key":"volumeId","operator":"stringExists","value":true}]},
 "control":{"grant":{"roles":[{"role_id":"crn:v1:bluemix:public:iam::::serviceRole:Reader"}]}},
 "created_at":"2026-01-31T08:00:00.123Z","created_by_id":"IBMid-550000ABCD","state":"active",
 "last_permit_at":null,"last_permit_frequency":12345})json";

AttributeSet side(const TraceJson& policy, const char* which) {
  std::vector<Attribute> attributes;
  const TraceJson items = policy[which]["attributes"];
  for (const TraceJson& item : items) {
    AttributeValue value = item["value"].is_boolean()
                               ? AttributeValue(item["value"].get<bool>())
                               : AttributeValue(item["value"].get<std::string>());
    attributes.push_back({item["key"], item["operator"], std::move(value)});
  }
  return AttributeSet(std::move(attributes));
}

std::string hash_of(const TraceJson& policy) {
  const AttributeSet resource = side(policy, "resource");
  const AccountId account{std::string(resource.equals_value("accountId"))};
  return Key(account, side(policy, "subject"), resource).hash12();
}

std::string marked(const std::string& hash) {
  std::string text = kPolicy;
  return text.replace(text.find("HASH"), 4, hash);
}

TEST_F(DisguiseTest, ShowsOfAPolicyWhatItSaysButNotOfWhom) {
  const auto shown = disguise.of(call(
      "GET", "/v2/policies/51042d7f-f0df-4915-bd39-6a49957c9175", 200, marked("0123456789ab")));

  const TraceJson& policy = shown.reply->body.json;
  EXPECT_EQ(shown.path, "/v2/policies/" + policy["id"].get<std::string>());
  EXPECT_EQ(policy["subject"]["attributes"][1]["value"], "server-protect");
  EXPECT_EQ(policy["subject"]["attributes"][0]["value"],
            policy["resource"]["attributes"][0]["value"]);
  EXPECT_EQ(policy["resource"]["attributes"][3]["value"], true);
  EXPECT_EQ(policy["control"]["grant"]["roles"][0]["role_id"],
            "crn:v1:bluemix:public:iam::::serviceRole:Reader");
  EXPECT_EQ(policy["created_at"], "2026-01-31T08:00:00.123Z");
  EXPECT_EQ(policy["state"], "active");
  EXPECT_TRUE(policy["last_permit_at"].is_null());
  const std::string line = exchange_line(shown, 1);
  for (const char* gone :
       {"acme", "Acme", "550000ABCD", "a1234567", "51042d7f", "block-storage", "12345"}) {
    EXPECT_THAT(line, Not(HasSubstr(gone)));
  }
  EXPECT_THAT(shown.unknown, ElementsAre());
}

TEST_F(DisguiseTest, LeavesAMarkerOnItsPolicy) {
  const std::string own = hash_of(TraceJson::parse(kPolicy));
  for (const std::string& hash : {own, std::string("0123456789ab")}) {
    const auto shown = disguise.of(call("GET", "/v2/policies/x", 200, marked(hash)));
    const TraceJson& policy = shown.reply->body.json;

    const auto description = parse_description(policy["description"].get<std::string>());
    ASSERT_TRUE(description.marker);
    EXPECT_TRUE(description.marker->is_protected);
    EXPECT_EQ(description.marker->hash12 == hash_of(policy), hash == own);
    EXPECT_NE(description.marker->hash12, hash);
  }
}

TEST_F(DisguiseTest, HidesTheCustomersOwnRolesAndTags) {
  const std::string line = line_of(call(
      "GET",
      "/v2/roles",
      200,
      R"({"custom_roles":[{"name":"AcmeOps","display_name":"Acme Reader","description":"key policy",
          "crn":"crn:v1:ibmcloud:public:iam-access-management::a/x::customRole:AcmeOps"}],
          "service_roles":[{"display_name":"Key Manager","description":"As a key manager",
          "crn":"crn:v1:bluemix:public:kms::::serviceRole:KeyManager","actions":["kms.secrets.read"]}]})"));

  EXPECT_THAT(line, Not(HasSubstr("Acme")));
  EXPECT_THAT(line, Not(HasSubstr("key policy")));
  EXPECT_THAT(line, HasSubstr("Key Manager"));
  EXPECT_THAT(line, HasSubstr("As a key manager"));
  EXPECT_THAT(
      line_of(call(
          "GET",
          "/v2/policies/x",
          200,
          R"({"resource":{"tags":[{"key":"project","operator":"stringEquals","value":"access"}]}})")),
      Not(HasSubstr("\"project\"")));
}

TEST_F(DisguiseTest, NamesWhatItDoesNotKnow) {
  const auto shown = disguise.of(call(
      "GET",
      "/v2/policies",
      200,
      R"({"policies":[{"id":"x","type":"authorization","state":"suspended","last_permit_region":"eu-de",
          "acme_member":1,"subject":{"attributes":[{"key":"serviceName","operator":"stringContains","value":"kms"}]}}]})"));

  EXPECT_THAT(shown.unknown,
              testing::IsSupersetOf(
                  {"policies[].last_permit_region (string)", "policies[].state suspended"}));
  EXPECT_THAT(shown.unknown,
              testing::Contains(HasSubstr("policies[].subject.attributes[].operator ")));
  EXPECT_EQ(shown.unknown.size(), 4U);
  EXPECT_THAT(exchange_line(shown, 1), Not(HasSubstr("acme")));
}

TEST_F(DisguiseTest, KeepsHeadersThatSayHow) {
  RawExchange raw = call("GET", "/v2/policies", 429, "{}");
  raw.reply->headers = {{"Date", "Tue, 15 Nov 1994 08:12:31 GMT"},
                        {"Retry-After", "12"},
                        {"Expires", "Thursday, 1 January 1970 00:00:00 GMT"},
                        {"Content-Type", "application/json; charset=utf-8"},
                        {"Cache-Control", "no-cache,no-store"},
                        {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
                        {"Response-Time", "569.724ms"},
                        {"Transaction-Id", "d2308696e0e857ef052c4560234a1119"},
                        {"Set-Cookie", "a=b"},
                        {"Server", "acme-proxy"}};

  const TraceHeaders shown = disguise.of(raw).reply->headers;

  for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(shown[i], raw.reply->headers[i]);
  EXPECT_THAT(shown[7], Pair("Transaction-Id", MatchesRegex("[0-9a-f]{32}")));
  EXPECT_THAT(shown[8], Pair("Set-Cookie", "[secret]"));
  EXPECT_THAT(shown[9], Pair("Server", Not(HasSubstr("acme"))));
  EXPECT_THAT(disguise.of(raw).headers[0], Pair("Authorization", "Bearer [token]"));
}

TEST_F(DisguiseTest, SaysWhyThereWasNoReply) {
  RawExchange raw = call("GET", "/v2/policies", 200, "{}");
  raw.reply.reset();
  raw.error = "Timeout";

  EXPECT_THAT(line_of(raw), HasSubstr(R"("error":"Timeout")"));
}

}  // namespace
}  // namespace authzd
