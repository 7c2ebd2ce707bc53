// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/profile_finder.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

// As IBM's page shows the reply (iam-api §13).
constexpr std::string_view kOne =
    R"({"id":"Profile-1","entity_tag":"1-a","crn":"crn:v1","name":"authzd","iam_id":"iam-Profile-1",)"
    R"("created_at":"2024-04-12T19:00+0000","account_id":"0123456789ABCDEF0123456789abcdef"})";

std::string reply(int count, std::string_view profiles) {
  return "{\"count\":" + std::to_string(count) + ",\"profiles\":[" + std::string(profiles) + "]}";
}

TEST(ProfileFinder, DecodesTheAccountsOfAllProfiles) {
  const auto profiles = decode_profiles(reply(1, kOne));

  ASSERT_TRUE(profiles) << to_string(profiles.error());
  EXPECT_EQ(*profiles,
            (std::vector<AssumableProfile>{
                {"Profile-1", "authzd", AccountId("0123456789abcdef0123456789abcdef")}}));
  EXPECT_TRUE(decode_profiles(reply(0, ""))->empty());
}

TEST(ProfileFinder, DoesNotBelieveAPartOfAList) {
  const auto profiles = decode_profiles(reply(2, kOne));

  ASSERT_FALSE(profiles);
  EXPECT_EQ(profiles.error().code, ErrorCode::bad_response);
}

TEST(ProfileFinder, RefusesWhatIsNoListOfProfiles) {
  for (const char* body : {"",
                           "[]",
                           "{}",
                           "{\"profiles\":{}}",
                           "{\"profiles\":[{}]}",
                           "{\"profiles\":[{\"id\":\"p\",\"name\":\"n\",\"account_id\":\"x\"}]}"}) {
    EXPECT_FALSE(decode_profiles(body)) << body;
  }
}

}  // namespace
}  // namespace authzd
