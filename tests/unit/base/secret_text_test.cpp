// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/base/secret.hpp"

#include <gtest/gtest.h>

#include <string>

namespace authzd {
namespace {

// Made up, in the form of IBM's keys: 44 characters.
const std::string kKey = "aBcD3fGhIjKlMn0pQrStUvWxYz-123456789_AbCdEfG";

TEST(WithoutSecrets, MasksWhatStandsBehindANameOfASecret) {
  EXPECT_EQ(without_secrets("apikey: s3same!"), "apikey: *******");
  EXPECT_EQ(without_secrets("  IBMCLOUD_API_KEY='opensesame'"), "  IBMCLOUD_API_KEY='**********'");
  EXPECT_EQ(without_secrets(R"({"access_token":"abcdef.ghi","x":1})"),
            R"({"access_token":"**********","x":1})");
}

TEST(WithoutSecrets, MasksAKeyWhereverItStands) {
  EXPECT_EQ(without_secrets("no key " + kKey + " here"),
            "no key " + std::string(kKey.size(), '*') + " here");
  const std::string jwt = kKey + "." + kKey;
  EXPECT_EQ(without_secrets(jwt).find("aBcD"), std::string::npos);
}

TEST(WithoutSecrets, MasksTheSecretsOfUrls) {
  EXPECT_EQ(without_secrets("url: https://ann:s3same@host/a@b, x"),
            "url: https://**********@host/a@b, x");
  EXPECT_EQ(without_secrets("urlFil: https://hooks.slack.com/services/T0/B0/x}"),
            "urlFil: https://hooks.slack.com/****************}");
}

TEST(WithoutSecrets, LeavesWhatPeopleHaveToRead) {
  for (const std::string text :
       {"instance: 51042d7f-f0df-4915-bd39-6a49957c9175",
        "account: 51042d7ff0df4915bd396a49957c9175",
        "crn:v1:bluemix:public:iam::::serviceRole:Reader",
        "name: block-storage-encryption-of-all-volumes-in-eu-de-2",
        "https://iam.cloud.ibm.com/v2/policies, https:///x, ://",
        "getting a token: IAM refused the API key",
        "3fa9c1d2e4b5a6978877665544332211ffeeddccbbaa00998877665544332211"}) {
    EXPECT_EQ(without_secrets(text), text);
  }
}

}  // namespace
}  // namespace authzd
