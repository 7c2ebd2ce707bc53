// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `require` refuses new revisions; what is in force stays in force when it is turned on.
#include "tests/unit/run/desired_loader_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;

const std::string kOwned =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks, owner: storage}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: kms}\n  roles: [Reader]\n";
const std::string kWider =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks, owner: storage}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: kms}\n  roles: [Reader, Manager]\n";

class RequirementsInForce : public DesiredLoaderTest {
 protected:
  /// As after a restart with another configuration.
  void restart_with(Requirements require) {
    spec_.require = std::move(require);
    loader_.emplace(spec_, &source_, *state_);
  }
};

TEST_F(RequirementsInForce, KeepTheRevisionInForceWhenTheyAreTurnedOn) {
  apply("r1");

  restart_with({.owner = true});
  const Intent intent = next("r1", kManifest);

  ASSERT_TRUE(intent.good);
  EXPECT_EQ(intent.good->revision, "r1");
  EXPECT_FALSE(intent.refusal) << to_string(intent.refusal->error);
  EXPECT_THAT(render(intent.warnings),
              testing::AllOf(HasSubstr("has no owner"), HasSubstr("in force already")));
}

TEST_F(RequirementsInForce, KeepTheSameTextUnderAnotherName) {
  apply("r1");

  restart_with({.owner = true});
  const Intent intent = next("r2", kManifest);

  ASSERT_TRUE(intent.good);
  EXPECT_EQ(intent.good->revision, "r2");
}

TEST_F(RequirementsInForce, RefuseTheNextRevisionThatLacksThem) {
  apply("r1");
  restart_with({.owner = true});

  const Intent refused = next("r2", kManifest + "# changed\n");
  const Intent taken = next("r3", kOwned);

  ASSERT_TRUE(refused.good);
  EXPECT_EQ(refused.good->revision, "r1") << "what is in force stays so";
  ASSERT_TRUE(refused.refusal);
  EXPECT_THAT(render(refused.refusal->diagnostics), HasSubstr("error: authorization \"disks\""));
  ASSERT_TRUE(taken.good);
  EXPECT_EQ(taken.good->revision, "r3");
}

TEST_F(RequirementsInForce, CompareAWideningWithTheRevisionInForce) {
  restart_with({.ticket_for = {TicketFor::widening}});
  EXPECT_FALSE(next("r1", kManifest).refusal) << "the first revision has nothing before it";

  const Intent unchanged = next("r2", kOwned);
  const Intent wider = next("r3", kWider);
  const Intent with_ticket = next("r4", kWider + "  ticket: CHG-1\n");

  EXPECT_FALSE(unchanged.refusal);
  ASSERT_TRUE(wider.refusal);
  EXPECT_THAT(render(wider.refusal->diagnostics), HasSubstr("new or wider"));
  EXPECT_FALSE(with_ticket.refusal);
}

TEST_F(RequirementsInForce, JudgeARefusedRevisionAgainOnceTheyAreTurnedOff) {
  apply("r1");
  restart_with({.owner = true});
  ASSERT_TRUE(next("r2", kManifest + "# changed\n").refusal);

  restart_with({});

  EXPECT_FALSE(next().refusal);
}

}  // namespace
}  // namespace authzd::test
