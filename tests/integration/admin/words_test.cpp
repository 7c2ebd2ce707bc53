// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What people write for a service or an instance: `reach` and `list` find what was meant, or say
// why they find nothing.

#include "tests/integration/admin/desk_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kKeys = "51042d7f-f0df-4915-bd39-6a49957c9175";

/// server-protect may use one instance of kms.
class WordsDesk : public DeskTest {
 protected:
  void SetUp() override {
    std::ofstream(directory / "manifests" / "volumes.yaml")
        << "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: volumes}\nspec:\n"
           "  source: {service: server-protect}\n  target: {service: kms, instance: "
        << kKeys << "}\n  roles: [Reader]\n";
    start();
    TestConsole own;
    ASSERT_EQ(call({"apply", "--yes"}, own), 0) << own.complained();
  }

  TestConsole console;
};

TEST_F(WordsDesk, TakesTheNameOfAProductForTheService) {
  EXPECT_EQ(call({"reach", "KeyProtect"}, console), 0);
  EXPECT_THAT(console.shown(), HasSubstr("server-protect  kms (instance " + kKeys));
  EXPECT_THAT(console.complained(), HasSubstr("the service \"KeyProtect\" is kms in IAM"));

  TestConsole list;
  EXPECT_EQ(call({"list", "--target", "Key Protect"}, list), 0);
  EXPECT_THAT(list.shown(), HasSubstr("server-protect"));
  EXPECT_THAT(list.complained(), HasSubstr("is kms in IAM"));
}

TEST_F(WordsDesk, SaysWhatAMisspeltServiceMayHaveBeen) {
  EXPECT_EQ(call({"reach", "kmss"}, console), 0);
  EXPECT_THAT(console.complained(),
              HasSubstr("no policy here names a service \"kmss\", nor does IBM publish one; did "
                        "you mean kms?"));
}

TEST_F(WordsDesk, SaysWhatAnIdIsThatIsNoService) {
  EXPECT_EQ(call({"reach", kKeys}, console), 0);
  EXPECT_THAT(console.complained(),
              HasSubstr("It is an instance of kms: `authzd reach kms:" + kKeys + "`"));

  TestConsole authorization;
  EXPECT_EQ(call({"reach", "volumes"}, authorization), 0);
  EXPECT_THAT(authorization.complained(),
              HasSubstr("It is an authorization: `authzd list --name volumes`"));

  TestConsole key;
  EXPECT_EQ(call({"reach", "0815aaaa-f0df-4915-bd39-6a49957c9175"}, key), 0);
  EXPECT_THAT(key.complained(), HasSubstr("for a key or a bucket its CRN"));
}

TEST_F(WordsDesk, TakesACrnOfAKey) {
  const auto crn_in = [](const std::string& id) {
    return "crn:v1:bluemix:public:kms:eu-de:a/" + id + ":" + kKeys + ":key:0815";
  };
  EXPECT_EQ(call({"reach", crn_in(spec.id.value)}, console), 0);
  EXPECT_THAT(console.shown(), HasSubstr("1 pair of source and target"));
  EXPECT_THAT(console.complained(), Not(HasSubstr("authzd:")));

  TestConsole other;
  EXPECT_EQ(call({"reach", crn_in(std::string(32, 'f'))}, other), 1);
  EXPECT_THAT(other.complained(), HasSubstr("a policy lies in the account of its target"));
}

TEST_F(WordsDesk, OffersServicesAndPinsToAShell) {
  EXPECT_EQ(call({"complete", "services"}, console), 0);
  EXPECT_THAT(console.shown(), HasSubstr("\nkms\n"));

  TestConsole own;
  const std::string run = state().runs.last(1)->front().start.id;
  ASSERT_EQ(call({"undo", run, "--yes"}, own), 0) << own.complained();
  TestConsole pins;
  EXPECT_EQ(call({"complete", "pins"}, pins), 0);
  EXPECT_EQ(pins.shown(), "volumes\n");
}

}  // namespace
}  // namespace authzd::test
