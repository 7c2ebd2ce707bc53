// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What a configuration requires of an authorization, and where its absence is reported.
#include "reconciler/manifest/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kOwn = "0123456789abcdef0123456789abcdef";
const std::string kOther = "fedcba9876543210fedcba9876543210";

std::string manifest(const std::string& metadata, const std::string& spec) {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks" + metadata +
         "}\nspec:\n  source: {service: server-protect}\n  target: {service: kms}\n" + spec;
}

std::string reader(const std::string& spec = "") {
  return manifest("", "  roles: [Reader]\n" + spec);
}

class RequirementsTest : public testing::Test {
 protected:
  LoadOutcome load(const std::string& text) {
    const std::vector<SourceFile> files{{"m.yaml", text}};
    LoadOptions options;
    options.account = AccountId(kOwn);
    options.now = *parse_rfc3339("2026-12-01T00:00:00Z");
    options.requirements = check_;
    return load_manifests(files, options);
  }

  std::string said(const std::string& text) { return render(load(text).diagnostics); }

  RequirementCheck check_;
};

TEST_F(RequirementsTest, AskNothingByDefault) {
  EXPECT_EQ(said(reader()), "");
}

TEST_F(RequirementsTest, PointAtANameWithoutAnOwner) {
  check_.require.owner = true;

  EXPECT_THAT(said(reader()),
              AllOf(HasSubstr("m.yaml:3:18: error: authorization \"disks\" has no owner"),
                    HasSubstr("require.owner")));
  EXPECT_EQ(said(manifest(", owner: storage", "  roles: [Reader]\n")), "");
}

TEST_F(RequirementsTest, WantATicketForDelegationByNameOrCrn) {
  check_.require.ticket_for = {TicketFor::delegate};

  for (const std::string role : {"  roles: [Authorization Delegator]\n",
                                 "  roles: [Reader]\n  delegate: true\n",
                                 "  roles: [\"crn:v1:bluemix:public:iam::::role:"
                                 "AuthorizationDelegator\"]\n"}) {
    EXPECT_THAT(said(manifest("", role)), HasSubstr("m.yaml:7:10: error: ")) << role;
    EXPECT_THAT(said(manifest("", role)), HasSubstr("delegates, and has no ticket")) << role;
    EXPECT_EQ(said(manifest("", role + "  ticket: CHG-1\n")), "") << role;
  }
  EXPECT_EQ(said(reader()), "");
}

TEST_F(RequirementsTest, WantATicketForASourceThatMayBeElsewhere) {
  check_.require.ticket_for = {TicketFor::other_account};
  const std::string from_there =
      "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks}\nspec:\n"
      "  source: {service: server-protect, account: " +
      kOther + "}\n  targets: [{service: kms}, {service: hs-crypto}]\n  roles: [Reader]\n";

  const LoadOutcome outcome = load(from_there);

  ASSERT_EQ(outcome.diagnostics.size(), 1U) << "once for both targets";
  EXPECT_THAT(render(outcome.diagnostics), HasSubstr("m.yaml:5:11: error: "));
  EXPECT_EQ(said(from_there + "  ticket: CHG-1\n"), "");
  EXPECT_EQ(said(reader()), "");
}

TEST_F(RequirementsTest, WantATicketForWhatIsNewOrWiderThanTheRevisionInForce) {
  check_.require.ticket_for = {TicketFor::widening};
  const Desired reading = load(reader("  expiresAt: 2027-06-01T00:00:00Z\n")).desired;
  const Desired nothing;
  const std::string wider = "is new or wider than in the revision in force";

  check_.applied = &nothing;
  EXPECT_THAT(said(reader()), AllOf(HasSubstr("m.yaml:6:11: error: "), HasSubstr(wider)));
  EXPECT_EQ(said(reader("  ticket: CHG-1\n")), "");

  check_.applied = &reading;
  EXPECT_EQ(said(reader("  expiresAt: 2027-06-01T00:00:00Z\n")), "") << "as it is in force";
  EXPECT_EQ(said(reader("  expiresAt: 2027-05-01T00:00:00Z\n")), "") << "an earlier end";
  EXPECT_THAT(said(reader("  expiresAt: 2027-07-01T00:00:00Z\n")), HasSubstr(wider));
  EXPECT_THAT(said(reader()), HasSubstr(wider)) << "no end any more";
  EXPECT_THAT(said(manifest("", "  roles: [Reader, Manager]\n  expiresAt: 2027-06-01T00:00:00Z\n")),
              HasSubstr(wider));
}

TEST_F(RequirementsTest, CountTheGrantsOfADocumentThatLacksATicketOnce) {
  check_.require.ticket_for = {TicketFor::widening};
  const Desired nothing;
  check_.applied = &nothing;

  const LoadOutcome outcome = load(
      "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks}\nspec:\n"
      "  source: {service: server-protect}\n  targets: [{service: kms}, {service: hs-crypto}]\n"
      "  roles: [Reader]\n");

  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_THAT(outcome.diagnostics.front().message, HasSubstr("like 1 more grant"));
}

TEST_F(RequirementsTest, OnlyWarnOfAWideningWhereTheRevisionInForceIsUnknown) {
  check_.require.ticket_for = {TicketFor::widening};

  const LoadOutcome outcome = load(reader());

  EXPECT_FALSE(has_errors(outcome.diagnostics));
  EXPECT_THAT(render(outcome.diagnostics),
              HasSubstr("warning: authorization \"disks\" has no ticket"));
}

TEST_F(RequirementsTest, LimitHowFarAnEndIsAhead) {
  check_.require.max_lifetime = std::chrono::hours(24 * 90);

  EXPECT_THAT(said(reader()),
              AllOf(HasSubstr("error: authorization \"disks\" has no end"),
                    HasSubstr("at most 2027-03-01T00:00:00Z")));
  EXPECT_EQ(said(reader("  expiresAt: 2027-03-01T00:00:00Z\n")), "");
  EXPECT_THAT(said(reader("  expiresAt: 2027-03-01T00:00:01Z\n")),
              HasSubstr("m.yaml:8:14: error: expiresAt is further ahead than 90d"));
  EXPECT_THAT(said(reader("  protect: true\n")), HasSubstr("is protected, and so never ends"));
}

TEST_F(RequirementsTest, OnlyWarnOfWhatIsInForceAlready) {
  check_.require = {true, {TicketFor::delegate, TicketFor::widening}, std::chrono::hours(1)};
  check_.is_in_force = true;

  const LoadOutcome outcome = load(manifest("", "  roles: [Reader]\n  delegate: true\n"));

  EXPECT_FALSE(has_errors(outcome.diagnostics));
  EXPECT_EQ(outcome.desired.grants.size(), 1U);
  EXPECT_THAT(render(outcome.diagnostics),
              AllOf(HasSubstr("has no owner"),
                    HasSubstr("has no end"),
                    HasSubstr("has no ticket"),
                    HasSubstr("it is in force already and stays so")));
}

TEST_F(RequirementsTest, KeepWhatAManifestSaysOfItsPurpose) {
  const LoadOutcome outcome = load(manifest(", owner: storage",
                                            "  roles: [Reader]\n  reason: Keys.\n"
                                            "  ticket: CHG-1\n  reviewBy: 2027-01-31\n"));

  EXPECT_THAT(outcome.diagnostics, IsEmpty());
  ASSERT_EQ(outcome.desired.grants.size(), 1U);
  EXPECT_EQ(outcome.desired.grants.front().rationale,
            (Rationale{"storage", "Keys.", "CHG-1", parse_rfc3339("2027-01-31T00:00:00Z")}));
}

}  // namespace
}  // namespace authzd
