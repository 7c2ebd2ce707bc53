// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/report_table.hpp"

#include "reconciler/report/broad.hpp"
#include "reconciler/report/manifest_patch.hpp"
#include "reconciler/report/unused.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd::of_reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const AccountId kHome{"0123456789abcdef0123456789abcdef"};
const std::string kOne = "11111111-1111-1111-1111-111111111111";
const std::string kTwo = "22222222-2222-2222-2222-222222222222";

Timestamp at(const char* text) {
  return *parse_rfc3339(text);
}

AttributeSet side(const std::string& service, const std::string& instance = {}) {
  AttributeSet side{{"accountId", std::string(kStringEquals), kHome.value},
                    {"serviceName", std::string(kStringEquals), service}};
  if (!instance.empty()) side.add({"serviceInstance", std::string(kStringEquals), instance});
  return side;
}

Observed policy(const std::string& id, const std::string& instance = {}, RoleSet roles = {"R"}) {
  Observed policy;
  policy.id = PolicyId{id};
  policy.content = {side("is"), side("kms", instance), std::move(roles), {}};
  policy.created_at = "2026-01-01T00:00:00Z";
  policy.last_modified_at = policy.created_at;
  return policy;
}

TEST(CsvCell, IsQuotedAsRfc4180SaysAndIsNoFormula) {
  EXPECT_EQ(csv_cell("plain"), "plain");
  EXPECT_EQ(csv_cell(""), "");
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("say \"hi\""), "\"say \"\"hi\"\"\"");
  for (const std::string formula : {"=1+1", "+1", "-1", "@SUM(A1)", "  =1"}) {
    EXPECT_EQ(csv_cell(formula), "\"'" + formula + "\"");
  }
  EXPECT_EQ(csv_cell("a\r\nb").find('\n'), std::string::npos) << "a cell is one line";
}

TEST(ReportTable, HasTheSameRowsInEveryForm) {
  ReportTable table{"unused", "Policies without use", {{"policy", "POLICY"}, {"why", ""}}};
  table.rows = {{"p-1", "last used, long ago"}, {"=p", ""}};
  table.notes = {"A note."};
  table.proposals = {{"do it", "spec:\n"}};

  EXPECT_EQ(report_csv(table), "policy,why\r\np-1,\"last used, long ago\"\r\n\"'=p\",\r\n");
  EXPECT_THAT(report_text(table), HasSubstr("POLICY\np-1\n=p\n"));
  EXPECT_THAT(report_text(table), HasSubstr("Policies without use: 2\n\nA note.\n"));
  EXPECT_THAT(report_json(table), HasSubstr("\"why\": null"));
  EXPECT_THAT(report_json(table), HasSubstr("\"text\": \"spec:\\n\""));
}

TEST(ReportTable, ShowsTheFirstOfManyIdsToPeopleAndAllToPrograms) {
  ReportTable table{"broad", "Broad", {{"policy", "POLICY"}, {"others", "OTHERS", true}}};
  table.rows = {{"p-1", "a b c"}, {"p-2", "a b c d e and 12 more"}};

  EXPECT_THAT(report_text(table), HasSubstr("p-1     a b c\n"));
  EXPECT_THAT(report_text(table), HasSubstr("p-2     a b c and 14 more\n"));
  EXPECT_THAT(report_json(table), HasSubstr("a b c d e and 12 more"));
}

TEST(UnusedReport, SaysNothingOfUseWhereIamGivesNone) {
  const std::vector<Observed> policies{policy("p-1"), policy("p-2", kOne)};
  UseFacts facts{kHome, policies};
  facts.now = at("2026-12-01T00:00:00Z");
  facts.instances = {kTwo};

  const UnusedPolicies unused = unused_policies(facts);

  EXPECT_FALSE(unused.is_use_known);
  EXPECT_EQ(unused.not_known, 2U);
  ASSERT_THAT(unused.found, SizeIs(1)) << "only the one whose target is gone";
  EXPECT_FALSE(unused.found[0].is_unused);
  EXPECT_THAT(unused.found[0].evidence, ElementsAre(HasSubstr("lists no instance " + kOne)));
}

TEST(UnusedReport, TakesTheNewestUseThatIsKnown) {
  std::vector<Observed> policies{policy("p-1"), policy("p-2", kOne), policy("p-3", kTwo)};
  policies[0].last_permit_at = at("2026-01-05T00:00:00Z");  // the state knows a later one
  policies[1].last_permit_at = at("2026-06-01T00:00:00Z");
  UseFacts facts{kHome, policies};
  facts.last_uses = {{PolicyId{"p-1"}, at("2026-11-30T00:00:00Z")}};
  facts.watched_since = at("2026-10-21T00:00:00Z");
  facts.now = at("2026-12-01T00:00:00Z");

  const UnusedPolicies unused = unused_policies(facts);

  ASSERT_THAT(unused.found, SizeIs(2));
  EXPECT_EQ(unused.found[0].policy->id, PolicyId{"p-3"});
  EXPECT_THAT(unused.found[0].evidence, ElementsAre("never since we watch (41 days)"));
  EXPECT_EQ(unused.found[1].policy->id, PolicyId{"p-2"});
  EXPECT_THAT(unused.found[1].evidence,
              ElementsAre("last used 2026-06-01T00:00:00Z (183 days ago)"));
}

TEST(UnusedReport, LeavesOutWhatIsTooNewToBeUnused) {
  std::vector<Observed> policies{policy("p-1"), policy("p-2", kOne)};
  policies[0].last_permit_at = at("2026-11-30T00:00:00Z");
  policies[1].created_at = "2026-11-30T00:00:00Z";
  UseFacts facts{kHome, policies};
  facts.now = at("2026-12-01T00:00:00Z");

  const UnusedPolicies unused = unused_policies(facts);

  EXPECT_THAT(unused.found, IsEmpty());
  EXPECT_EQ(unused.too_new, 1U);
}

TEST(BroadReport, ProvesWhatIsCoveredAndByWhat) {
  const std::vector<Observed> policies{
      policy("p-all"), policy("p-one", kOne), policy("p-more", kTwo, {"R", "W"})};

  const BroadPolicies broad = broad_policies(policies);

  ASSERT_THAT(broad.found, SizeIs(2));
  EXPECT_EQ(broad.found[0].finding, BroadFinding::has_narrower);
  EXPECT_EQ(broad.found[0].policy->id, PolicyId{"p-all"});
  EXPECT_THAT(broad.found[0].others, ElementsAre(PolicyId{"p-one"}));
  EXPECT_EQ(broad.found[1].finding, BroadFinding::covered);
  EXPECT_EQ(broad.found[1].policy->id, PolicyId{"p-one"}) << "p-more has another role";
  EXPECT_TRUE(broad.is_complete);
}

/// Without either of them the other one is needed.
TEST(BroadReport, NeverCallsAllOfThoseUnneededThatCoverEachOther) {
  std::vector<Observed> policies{policy("p-1"), policy("p-2"), policy("p-3")};
  policies[1].content.resource = {{"accountId", std::string(kStringEquals), kHome.value},
                                  {"serviceName", std::string(kStringMatch), "kms"}};

  std::size_t covered = 0;
  for (const BroadPolicy& found : broad_policies(policies, {}).found) {
    covered += found.finding == BroadFinding::covered ? 1U : 0U;
  }

  EXPECT_LT(covered, policies.size());
  EXPECT_GT(covered, 0U);
}

TEST(BroadReport, FindsThePolicyForAllInstancesWhereThereIsOne) {
  const std::vector<Observed> policies{policy("p-all")};
  std::vector<Instance> instances{{kOne, "keys", "kms", kHome}};

  ASSERT_THAT(broad_policies(policies, instances).found, SizeIs(1));
  EXPECT_EQ(broad_policies(policies, instances).found[0].instance, kOne);

  instances.push_back({kTwo, "more", "kms", kHome});
  EXPECT_THAT(broad_policies(policies, instances).found, IsEmpty());
}

/// Who sees one of several instances must not take it for the only one.
TEST(BroadReport, DoubtsThatThereIsOneInstanceWhereAPolicyNamesAnother) {
  const std::vector<Observed> policies{policy("p-all"), policy("p-two", kTwo, {"S"})};
  const std::vector<Instance> instances{{kOne, "keys", "kms", kHome}};

  EXPECT_THAT(broad_policies(policies, instances).found, IsEmpty());
}

constexpr const char* kManifests = R"(# keys
kind: Authorization
spec:
  targets:
    - service: kms
      instance: a   # one
    - service: hs-crypto
  roles: [Reader]
---
kind: Authorization
name: b
)";

TEST(ManifestPatch, TakesAnItemOutAsPatchReadsIt) {
  const auto lines = item_lines(kManifests, 5);
  ASSERT_TRUE(lines);
  EXPECT_THAT(*lines, ElementsAre(5U, 6U));
  EXPECT_EQ(removal_patch("m/a.yaml", kManifests, *lines),
            "--- a/m/a.yaml\n+++ b/m/a.yaml\n@@ -2,8 +2,6 @@\n kind: Authorization\n spec:\n"
            "   targets:\n-    - service: kms\n-      instance: a   # one\n"
            "     - service: hs-crypto\n   roles: [Reader]\n ---\n");
  EXPECT_FALSE(item_lines(kManifests, 6)) << "no item begins there";
}

TEST(ManifestPatch, TakesADocumentOutWithItsSeparator) {
  const auto lines = document_lines(kManifests, 11);
  ASSERT_TRUE(lines);
  EXPECT_THAT(*lines, ElementsAre(9U, 10U, 11U));
  EXPECT_THAT(without_lines(kManifests, *lines), testing::EndsWith("roles: [Reader]\n"));
  EXPECT_FALSE(document_lines(kManifests, 12));
}

}  // namespace
}  // namespace authzd::of_reports
