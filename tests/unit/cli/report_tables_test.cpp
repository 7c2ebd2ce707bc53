// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/report_tables.hpp"

#include "daemon/console/report_file.hpp"
#include "daemon/iam/documented_roles.hpp"
#include "daemon/state/change_history.hpp"
#include "reconciler/manifest/loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd::of_report_tables {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const AccountId kHome{"0123456789abcdef0123456789abcdef"};

Timestamp at(const char* text) {
  return *parse_rfc3339(text);
}

AttributeSet side(const std::string& service, const std::string& instance = {}) {
  AttributeSet side{{"accountId", std::string(kStringEquals), kHome.value},
                    {"serviceName", std::string(kStringEquals), service}};
  if (!instance.empty()) side.add({"serviceInstance", std::string(kStringEquals), instance});
  return side;
}

TEST(Since, IsADayATimeOrHowLongAgo) {
  const Timestamp now = at("2026-12-01T12:00:00Z");

  EXPECT_EQ(since_of("2026-11-01", now), at("2026-11-01T00:00:00Z"));
  EXPECT_EQ(since_of("2026-11-01T08:00:00+02:00", now), at("2026-11-01T06:00:00Z"));
  EXPECT_EQ(since_of("30d", now), at("2026-11-01T12:00:00Z"));
  for (const char* wrong : {"", "yesterday", "2026-13-01", "-3d"}) {
    EXPECT_FALSE(since_of(wrong, now)) << wrong;
  }
}

TEST(DriftReport, SaysWhoChangedWhatAndWhatCameOfIt) {
  AccountSpec spec;
  spec.id = kHome;
  spec.name = "prod";
  PastChange change;
  change.at = at("2026-11-02T00:00:00Z");
  change.run.id = "3b70c1d2";
  Action& action = change.action.action;
  action.verb = Verb::update;
  action.name = "volumes";
  action.id = PolicyId{"p-1"};
  action.before = PolicyContent{side("is"), side("kms"), {"Reader", "Writer"}, {}};
  action.after = PolicyContent{side("is"), side("kms"), {"Reader"}, {}};
  action.drift = Drift{IamId{"IBMid-1"}, "2026-11-01T23:00:00Z"};
  PastChange older = change;
  older.at = at("2026-11-01T00:00:00Z");
  older.run.id = "older";
  ReportTables tables({ReportKind::drift, 90, at("2026-11-01T00:00:00Z"), change.at, 1});

  tables.add_change(spec, older, {}, {});
  tables.add_change(spec, change, {}, {"alice"});
  const ReportTable table = std::move(tables).take();

  ASSERT_THAT(table.rows, SizeIs(2));
  EXPECT_EQ(table.rows[0][3], "3b70c1d2") << "the newest comes first";
  const std::string csv = report_csv(table);
  EXPECT_THAT(csv, HasSubstr("2026-11-02T00:00:00Z,3b70c1d2,update,volumes,p-1,is,kms"));
  EXPECT_THAT(csv, HasSubstr(",IBMid-1,2026-11-01T23:00:00Z,"));
  EXPECT_THAT(csv, HasSubstr(",alice,"));
}

TEST(ReviewReport, SaysWhatIsDueWhenAndWhose) {
  AccountSpec spec;
  spec.id = kHome;
  spec.name = "prod";
  Desired desired{kHome, {}};
  const auto add = [&desired](const std::string& name, const char* review, const char* target) {
    Grant& grant = desired.grants.emplace_back();
    grant.name = name;
    grant.rationale.owner = name + "-team";
    grant.subject = side("server-protect");
    grant.resource = side(target);
    if (review != nullptr) grant.rationale.review_by = at(review);
  };
  add("soon", "2026-12-11T00:00:00Z", "kms");
  add("soon", "2026-12-11T00:00:00Z", "hs-crypto");
  add("overdue", "2026-11-28T00:00:00Z", "kms");
  add("later", "2027-06-01T00:00:00Z", "kms");
  add("never", nullptr, "kms");
  ReportTables tables({ReportKind::reviews, 30, {}, at("2026-12-01T00:00:00Z"), 1});
  ReportedAccount account{&spec};
  account.desired = &desired;
  tables.add_reviews(account);

  const std::string csv = report_csv(std::move(tables).take());
  EXPECT_EQ(csv,
            "account,accountId,reviewBy,in,authorization,owner,manifest,ticket,reason\r\n"
            "prod,0123456789abcdef0123456789abcdef,2026-11-28T00:00:00Z,overdue for 3 days,overdue,"
            "overdue-team,,,\r\n"
            "prod,0123456789abcdef0123456789abcdef,2026-12-11T00:00:00Z,10 days,soon,soon-team,,,"
            "\r\n")
      << "an authorization is reviewed once, whatever its targets";
}

TEST(UnusedReportOfAnAccount, ProposesAPatchForOursAndAnEndForTheOthers) {
  const std::string text =
      "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: keys}\nspec:\n"
      "  source: {service: is}\n  targets:\n    - service: kms\n    - service: hs-crypto\n"
      "  roles: [Reader]\n";
  GoodText good{"r1", {{"keys.yaml", text}}};
  LoadOptions options;
  options.account = kHome;
  const Desired desired = load_manifests(good.files, options).desired;
  AccountSpec spec;
  spec.id = kHome;
  spec.name = "prod";
  const std::string reader = "crn:v1:bluemix:public:iam::::serviceRole:Reader";
  const auto policy = [&](const char* id, AttributeSet target, const char* description) {
    Observed made;
    made.id = PolicyId{id};
    made.content = {side("is"), std::move(target), {reader}, description};
    made.created_at = "2026-01-01T00:00:00Z";
    return made;
  };
  Holding holding;
  holding.role_names = {{reader, "Reader"}};
  std::vector<Observed> policies{
      policy("p-1", side("kms"), "(authzd: demo/keys#000000000000)"),
      policy("p-2", side("hs-crypto"), "(authzd: demo/keys#000000000000)"),
      policy("p-3", side("secrets-manager"), "")};
  policies[1].last_permit_at = at("2026-11-30T00:00:00Z");
  holding.observation.policies = policies;
  const OwnerOf owner = [](const Observed&, const Description& description) {
    return description.marker ? PolicyOwner::ours : PolicyOwner::unmanaged;
  };
  ReportedAccount account{&spec, &holding, &owner, &desired};
  account.text = good;
  const ReportRequest request{ReportKind::unused, 90, {}, at("2026-12-01T00:00:00Z"), 1};

  ReportTables tables(request);
  tables.add_policies(account);
  const ReportTable table = std::move(tables).take();

  ASSERT_THAT(table.rows, SizeIs(2)) << "p-2 is in use";
  ASSERT_THAT(table.proposals, SizeIs(2));
  EXPECT_THAT(table.proposals[0].text, HasSubstr("-    - service: kms\n     - service: hs-crypto"));
  EXPECT_THAT(table.proposals[1].text, HasSubstr("- service: secrets-manager\n"));
  EXPECT_THAT(table.proposals[1].text, HasSubstr("expiresAt: \"2027-01-01T00:00:00Z\"\n"));

  account.text.reset();
  account.shares_files = true;
  ReportTables careful(request);
  careful.add_policies(account);
  const ReportTable of_shared = std::move(careful).take();
  EXPECT_THAT(of_shared.proposals, SizeIs(1)) << "another account may need what the patch removes";
  EXPECT_THAT(of_shared.notes, ElementsAre(HasSubstr("no patch of manifests is proposed")));
}

TEST(ReportFile, CannotBecomeMarkupByANameFromOutside) {
  ReportTable table{"unused", "Policies <b>", {{"policy", "POLICY"}}};
  table.rows = {{"<script>alert(1)</script>"}};
  table.notes = {"\"a\" & 'b'"};
  table.proposals = {{"<i>", "name: </pre><img src=x>\n"}};

  const std::string html = console::report_file(table);

  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const char* markup : {"<script", "<img", "<i>", "<b>", "http:", "https:"}) {
    EXPECT_THAT(html, Not(HasSubstr(markup)));
  }
}

TEST(DocumentedRoles, AreThoseOfThePairThatNamesTheLeast) {
  EXPECT_THAT(documented_roles("server-protect", "kms"), ElementsAre("Reader"));
  EXPECT_THAT(documented_roles("databases-for-anything", "kms"), ElementsAre("Reader"));
  EXPECT_THAT(documented_roles("kms", "no-such-service"), IsEmpty());
}

}  // namespace
}  // namespace authzd::of_report_tables
