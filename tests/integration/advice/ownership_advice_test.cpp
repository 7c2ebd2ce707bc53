// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The advice in notes on policies that may not be ours.

#include "tests/integration/advice/advice_fixture.hpp"

namespace authzd::test {
namespace {

using sandbox::Json;
using testing::HasSubstr;

class OwnershipAdvice : public AdviceTest {
 protected:
  void SetUp() override {
    write_text("keys", manifest("keys", "kms"));
    write_text("other", manifest("other", "hs-crypto"));
    begin();
  }

  /// The policy on kms as if a person had made it, with another role.
  std::string unmanaged() {
    const std::string id = id_on("kms");
    Json control;
    control["grant"]["roles"][0]["role_id"] =
        "crn:v1:bluemix:public:iam::::role:AuthorizationDelegator";
    edit(id, {{"description", ""}, {"control", control}});
    EXPECT_TRUE(state().policies.seen_gone(PolicyId(id), clock.now()));
    return id;
  }

  std::string in_a_template() {
    const std::string id = id_on("kms");
    edit(id, {{"template", {{"id", "t"}, {"version", "1"}}}});
    return id;
  }
};

TEST_F(OwnershipAdvice, OnAnUnmanagedPolicyEndsByItsRolesInTheManifest) {
  unmanaged();
  EXPECT_THAT(advice(cycle(), NoteReason::unmanaged),
              HasSubstr("write its roles into the manifest"));

  std::string same = manifest("keys", "kms");
  same.replace(same.find("[Reader]"), 8, "[Authorization Delegator]");
  write_text("keys", same);
  const Plan plan = cycle();

  EXPECT_EQ(count(plan).conflicts, 0U);
  EXPECT_TRUE(plan.actions.empty());
}

TEST_F(OwnershipAdvice, OnAnUnmanagedPolicyEndsByDeletingItByHand) {
  const std::string id = unmanaged();
  EXPECT_THAT(advice(cycle(), NoteReason::unmanaged), HasSubstr("delete it by hand"));

  edit(id, {{"state", "deleted"}});
  cycle();

  EXPECT_EQ(ours(), 2U);
}

TEST_F(OwnershipAdvice, OnWhatATemplateTookOverEndsOutsideTheTemplate) {
  const std::string id = in_a_template();
  remove_manifest("keys");
  EXPECT_THAT(advice(cycle(), NoteReason::enterprise_template),
              HasSubstr("Take it out of the template"));

  edit(id, {{"template", nullptr}});
  cycle();

  EXPECT_EQ(policies().size(), 1U);
}

TEST_F(OwnershipAdvice, OnWhatATemplateTookOverEndsWithAManifestOfItsRoles) {
  in_a_template();
  remove_manifest("keys");
  EXPECT_EQ(count(cycle()).conflicts, 1U);

  write_text("keys", manifest("keys", "kms"));
  const Plan plan = cycle();

  EXPECT_EQ(count(plan).conflicts, 0U);
  EXPECT_TRUE(plan.actions.empty());
}

}  // namespace
}  // namespace authzd::test
