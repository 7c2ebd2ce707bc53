// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Policies that are not ours are left alone, whatever the manifests say.

#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

class OwnershipCycle : public CycleTest {
 protected:
  void SetUp() override { seed_demo(); }
};

std::string by_instance(const std::string& role) {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: databases}\nspec:\n"
         "  source: {service: databases-for-postgresql, "
         "instance: e5d4c3b2-a190-4807-9f6e-5d4c3b2a1908}\n"
         "  target: {service: kms, instance: 51042d7f-f0df-4915-bd39-6a49957c9175, "
         "resourceType: key, resource: 0b1c2d3e-4f50-4617-8829-3a4b5c6d7e8f}\n"
         "  roles: [" +
         role + "]\n";
}

TEST_F(OwnershipCycle, NeverTouchesWhatAServiceOrAnEnterpriseTemplateMade) {
  spec.adopt = Adopt::always;
  write_file("databases.yaml", by_instance("Authorization Delegator"));
  write_file("audit.yaml",
             manifest_of("audit", "atracker", {"cloud-object-storage"}, "Object Reader"));

  const CycleEnd end = cycle();

  EXPECT_FALSE(end.error);
  EXPECT_EQ(unsafe(), 0U);
  EXPECT_EQ(count(end.performed->planned.plan).conflicts, 2U);
}

TEST_F(OwnershipCycle, CallsAnUnmanagedPolicyWithOtherRolesAConflict) {
  write_file("crypto.yaml",
             manifest_of("crypto", "server-protect", {"hs-crypto"}, "Authorization Delegator"));

  const CycleEnd end = good_cycle();

  EXPECT_EQ(unsafe(), 0U);
  EXPECT_EQ(count(end.performed->planned.plan).conflicts, 1U);
}

TEST_F(OwnershipCycle, TakesOverIdenticalPoliciesIfTold) {
  spec.adopt = Adopt::identical;
  write_file("crypto.yaml", manifest_of("crypto", "server-protect", {"hs-crypto"}));

  good_cycle();

  EXPECT_EQ(only_id(), "3f1c2b54-7a80-4a6e-8f57-2d6f0a9b1c02");
  EXPECT_EQ(sent("POST"), 0U);
}

TEST_F(OwnershipCycle, TakesOverAndSetsTheRolesIfTold) {
  spec.adopt = Adopt::always;
  write_file("crypto.yaml",
             manifest_of("crypto", "server-protect", {"hs-crypto"}, "Authorization Delegator"));

  good_cycle();

  EXPECT_EQ(only_id(), "3f1c2b54-7a80-4a6e-8f57-2d6f0a9b1c02");
  EXPECT_EQ(role_of(ours().at(0)), kDelegatorRole);
}

TEST_F(OwnershipCycle, ReadsAndWritesNothingWithAKeyOfAnotherAccount) {
  key = "second-api-key";
  write_file("crypto.yaml", manifest_of("crypto", "server-protect", {"hs-crypto"}));

  const CycleEnd end = cycle();

  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->code, ErrorCode::forbidden);
  EXPECT_EQ(service.counters().requests, service.counters().tokens);
}

TEST_F(OwnershipCycle, LeavesAnotherOwnersPoliciesAlone) {
  spec.owner = "staging";
  write_file("crypto.yaml", manifest_of("crypto", "server-protect", {"kms"}));
  good_cycle();
  spec.owner = "prod";
  restart();
  const std::size_t before = unsafe();

  const CycleEnd end = cycle();

  EXPECT_EQ(unsafe(), before);
  EXPECT_EQ(count(end.performed->planned.plan).conflicts, 1U);
}

}  // namespace
}  // namespace authzd::test
