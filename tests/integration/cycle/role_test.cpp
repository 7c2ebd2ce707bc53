// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A role's CRN is checked like a name, unless IAM has accepted it or cannot be asked.
#include "reconciler/report/plan_text.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

namespace authzd::test {
namespace {

using ::testing::HasSubstr;

/// As in ten of IBM's pages.
const std::string kWrongReader = "crn:v1:bluemix:public:iam::::role:Reader";

class RoleCrn : public CycleTest {
 protected:
  void want(const std::string& role) {
    write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}, '"' + role + '"'));
    restart();
  }
};

TEST_F(RoleCrn, ThatIsNotOfferedIsRefusedWithTheRightOne) {
  want(kWrongReader);
  const CycleEnd end = cycle();

  ASSERT_TRUE(end.performed);
  ASSERT_EQ(end.performed->planned.plan.notes.size(), 1U);
  const std::string& why = end.performed->planned.plan.notes.front().message;
  EXPECT_THAT(why, HasSubstr("is not offered for server-protect"));
  EXPECT_THAT(why, HasSubstr(kReaderRole));
  EXPECT_EQ(unsafe(), 0U);
}

TEST_F(RoleCrn, ThatIsOfferedIsTaken) {
  want(kReaderRole);
  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
}

TEST_F(RoleCrn, ThatIamsOwnPolicyHasIsTaken) {
  set("role-check", "lenient");
  want(kReaderRole);
  good_cycle();
  Json role;
  role["control"]["grant"]["roles"][0]["role_id"] = kWrongReader;
  edit(only_id(), role);
  set("role-check", "documented");
  want(kWrongReader);

  const CycleEnd end = good_cycle();

  EXPECT_TRUE(end.performed->planned.plan.notes.empty())
      << plan_text(end.performed->planned.plan, {});
  EXPECT_EQ(role_of(ours().at(0)), kWrongReader);
}

TEST_F(RoleCrn, IsTakenUnseenWhereRolesCannotBeLookedUp) {
  sandbox::Fault fault;
  fault.path = "/v2/roles";
  fault.times = 0;
  fault.status = 404;
  fault.body = "<html>An 404 error occurred in iam-gateway</html>";
  inject(fault);
  want(kReaderRole);
  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
}

TEST_F(RoleCrn, IsFoundByItsNameOnAPrivateEndpointToo) {
  set("private-endpoint", "roles");
  want("Reader");
  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
  EXPECT_THAT(logged(), HasSubstr("does not look roles up by source service"));
}

TEST_F(RoleCrn, IsWhatToWriteWhereNamesCannotBeLookedUpAtAll) {
  set("private-endpoint", "no-roles");
  want("Reader");
  const CycleEnd end = cycle();

  ASSERT_TRUE(end.performed);
  ASSERT_EQ(end.performed->planned.plan.notes.size(), 1U);
  EXPECT_THAT(end.performed->planned.plan.notes.front().message,
              HasSubstr("write the roles as CRNs"));

  want(kReaderRole);
  good_cycle();
  EXPECT_EQ(ours().size(), 1U);
}

TEST_F(RoleCrn, NamesTheServiceThatWasProbablyMeant) {
  write_file("a.yaml", manifest_of("events", "toolchain", {"event-notification"}));
  restart();
  const CycleEnd end = cycle();

  ASSERT_TRUE(end.performed);
  ASSERT_EQ(end.performed->planned.plan.notes.size(), 1U);
  EXPECT_THAT(end.performed->planned.plan.notes.front().message,
              HasSubstr("did you mean \"event-notifications\"?"));
}

}  // namespace
}  // namespace authzd::test
