// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A list with policies of another account is not trusted, and what the state learned from such a
// list is forgotten by itself (design §5).

#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

const std::string kOtherAccount = "b1234567b1234567b1234567b1234567";
const PolicyId kForeign{"0f0e0d0c-0b0a-4908-8706-050403020100"};

class ForeignList : public CycleTest {
 protected:
  void SetUp() override {
    write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
    good_cycle();
  }

  /// Our policy as another installation of the same owner would have it elsewhere.
  [[nodiscard]] Json foreign_policy() {
    Json policy = ours().at(0);
    policy["id"] = kForeign.value;
    for (Json& each : policy["resource"]["attributes"]) {
      if (each["key"] == "accountId") each["value"] = kOtherAccount;
    }
    return policy;
  }

  void answer_lists_with(const std::vector<Json>& policies) {
    const std::string body = Json{{"policies", policies}}.dump();
    inject({.method = "GET", .path = "/v2/policies\\?", .times = 0, .status = 200, .body = body});
  }
};

TEST_F(ForeignList, StallsTheAccountAndNothingIsWrittenOrLearned) {
  answer_lists_with({ours().at(0), foreign_policy()});
  write_file("files.yaml", manifest_of("files", "is", {"kms"}));
  const std::size_t before = unsafe();

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->code, ErrorCode::foreign_list);
  EXPECT_NE(end.error->message.find(kForeign.value), std::string::npos);
  EXPECT_NE(end.error->message.find(kOtherAccount), std::string::npos);
  EXPECT_EQ(status().stalled.reason, "ForeignList");
  EXPECT_TRUE(status().stalled.is_true);
  EXPECT_EQ(unsafe(), before);
  EXPECT_FALSE(state().policies.known().value()->contains(kForeign));

  service.clear_faults();
  good_cycle();
  EXPECT_FALSE(status().stalled.is_true);
}

TEST_F(ForeignList, IsForgottenByItselfWhereTheStateHadLearnedFromIt) {
  ASSERT_TRUE(state().policies.remember({{kForeign, PolicyOrigin::created}}));
  inject({.method = "GET",
          .path = "/v2/policies/" + kForeign.value,
          .times = 0,
          .status = 200,
          .body = foreign_policy().dump(),
          .headers = {{"ETag", "1-00000000000000000000000000000000"}}});
  const std::size_t before = unsafe();

  good_cycle();

  EXPECT_FALSE(state().policies.known().value()->contains(kForeign));
  EXPECT_EQ(unsafe(), before);
  EXPECT_NE(logged().find("forgot a policy of another account"), std::string::npos);
  EXPECT_TRUE(status().ready.is_true) << status().ready.message;
}

/// The reply to a create had the id of something else.
TEST_F(ForeignList, IsNotNeededToForgetWhatAServiceMadeOrWhatIsNoAuthorization) {
  Json made_by_service = foreign_policy();
  made_by_service["created_by_id"] = "crn:v1:bluemix:public:is:us-south:a/1:::";
  for (Json& attribute : made_by_service.at("resource").at("attributes")) {
    if (attribute.at("key") == "accountId") attribute["value"] = spec.id.value;
  }
  Json access = foreign_policy();
  access["type"] = "access";
  for (const Json& shown : {made_by_service, access}) {
    ASSERT_TRUE(state().policies.remember({{kForeign, PolicyOrigin::created}}));
    inject({.method = "GET",
            .path = "/v2/policies/" + kForeign.value,
            .times = 0,
            .status = 200,
            .body = shown.dump(),
            .headers = {{"ETag", "1-00000000000000000000000000000000"}}});

    good_cycle();
    good_cycle();

    EXPECT_FALSE(state().policies.known().value()->contains(kForeign)) << shown.dump();
    EXPECT_TRUE(status().ready.is_true) << status().ready.message;
    service.clear_faults();
  }
}

}  // namespace
}  // namespace authzd::test
