// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What differs between two revisions of manifests.
#include "reconciler/report/desired_diff.hpp"

#include "reconciler/manifest/loader.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "tests/support/hostile_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const AccountId kDiffHome{std::string(32, 'a')};

std::string authorization(const std::string& name,
                          const std::string& target,
                          const std::string& more = "  roles: [Reader]\n") {
  return "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + name +
         "}\nspec:\n  source: {service: is}\n  target: {" + target + "}\n" + more + "---\n";
}

Desired desired(const std::string& text, const std::string& file = "a.yaml") {
  const std::vector<SourceFile> files{{file, text}};
  const LoadOutcome loaded = load_manifests(files, {.account = kDiffHome});
  EXPECT_THAT(loaded.diagnostics, IsEmpty());
  return loaded.desired;
}

std::string text_of(const Desired& before, const Desired& after) {
  const DiffDocument document{{"main", std::string(40, '1')},
                              {"side", std::string(40, '2')},
                              {{"prod", kDiffHome, diff_desired(before, after)}}};
  return diff_text(document, {});
}

TEST(DesiredDiff, ShowsWhatWasAddedChangedAndRemoved) {
  const Desired before = desired(authorization("keys", "service: kms") +
                                 authorization("store", "service: cloud-object-storage"));
  const Desired after =
      desired(authorization("keys", "service: kms", "  roles: [Reader, Writer]\n") +
              authorization("secrets", "service: secrets-manager"));

  EXPECT_EQ(text_of(before, after),
            "From main (" + std::string(40, '1') + ") to side (" + std::string(40, '2') +
                ")\n\n"
                "Account prod\n\n"
                "+ is → secrets-manager : Reader\n"
                "    authorization secrets\n"
                "    manifest     a.yaml:14:11\n"
                "~ is → kms : Reader, Writer\n"
                "    authorization keys\n"
                "    roles        Reader → Reader, Writer\n"
                "    manifest     a.yaml:6:11\n"
                "- is → cloud-object-storage : Reader\n"
                "    authorization store\n"
                "    manifest     a.yaml:14:11\n\n"
                "Diff: 1 added, 1 changed, 1 removed; 0 unchanged.\n");
}

std::string forbidden(const std::string& name, const std::string& target) {
  return "apiVersion: authzd/v1\nkind: Assertion\nmetadata: {name: " + name +
         "}\nspec:\n  never: [{target: {service: " + target + "}}]\n---\n";
}

/// What guards the grants is as important to a reviewer as they are.
TEST(DesiredDiff, ShowsWhichAssertionsWereAddedChangedAndRemoved) {
  const std::string keys = authorization("keys", "service: kms");
  const Desired before = desired(keys + forbidden("a", "is") + forbidden("b", "is"));
  const Desired after =
      desired(keys + forbidden("b", "event-notifications") + forbidden("c", "is"));

  EXPECT_THAT(text_of(before, after),
              HasSubstr("+ assertion c\n    manifest     a.yaml:17:18\n"
                        "~ assertion b\n    manifest     a.yaml:11:18\n"
                        "- assertion a\n    manifest     a.yaml:11:18\n\n"
                        "Diff: 0 added, 0 changed, 0 removed; 1 unchanged.\n"));
  EXPECT_FALSE(diff_desired(before, after).empty());
  EXPECT_TRUE(diff_desired(before, before).empty());
}

TEST(DesiredDiff, IgnoresWhereAGrantIsAndItsLabels) {
  const Desired before = desired(authorization("keys", "service: kms"));
  const Desired after = desired("# a comment\n" + authorization("keys", "service: kms"), "b.yaml");
  EXPECT_THAT(diff_desired(before, after).changes, IsEmpty());
  EXPECT_EQ(diff_desired(before, after).unchanged, 1U);
}

TEST(DesiredDiff, ShowsEachThingThatAManifestSaysOfAGrant) {
  const Desired before = desired(authorization("keys", "service: kms"));
  for (const auto& [more, shown] : std::vector<std::pair<std::string, std::string>>{
           {"  description: Text\n", "description"},
           {"  protect: true\n", "protected"},
           {"  suspend: true\n", "suspended"},
           {"  reason: Keys\n", "purpose"},
           {"  ticket: CHG-1\n", "ticket"},
           {"  reviewBy: 2099-01-01\n", "review by"},
           {"  expiresAt: 2099-01-01T00:00:00Z\n", "ends"}}) {
    const Desired after =
        desired(authorization("keys", "service: kms", "  roles: [Reader]\n" + more));
    const DesiredDiff diff = diff_desired(before, after);
    ASSERT_EQ(diff.changes.size(), 1U) << more;
    EXPECT_EQ(differences(*diff.changes[0].before, *diff.changes[0].after).front().label, shown);
  }
  const Desired renamed = desired(authorization("other", "service: kms"));
  EXPECT_THAT(text_of(before, renamed), HasSubstr("authorization keys → other"));
}

TEST(DesiredDiff, NamesAnInstanceThatOnlyItsNameTells) {
  const Desired before = desired(authorization("keys", "service: kms"));
  const Desired after = desired(authorization("keys", "service: kms, instance: {name: prod-keys}"));
  EXPECT_THAT(text_of(before, after), HasSubstr("+ is → kms (instance named prod-keys) : Reader"));
}

TEST(DesiredDiff, PassesNothingOnThatDrivesATerminalOrHides) {
  Desired before = desired(authorization("keys", "service: kms"));
  Desired after = before;
  Grant& grant = after.grants.front();
  grant.name = hostile_text();
  grant.roles = {hostile_text()};
  grant.description = hostile_text();
  grant.position.file = hostile_text();
  grant.subject.add({"resource", "stringEquals", hostile_text()});
  grant.key = Key(kDiffHome, grant.subject, grant.resource);
  const DiffDocument document{{hostile_text(), hostile_text()},
                              {hostile_text(), hostile_text()},
                              {{hostile_text(), kDiffHome, diff_desired(before, after)}}};
  for (const std::string& report :
       {diff_text(document, {}), diff_json(document), diff_markdown(document)}) {
    EXPECT_EQ(find_hostile(report), "") << report;
  }
}

TEST(DesiredDiff, FitsIntoAComment) {
  Desired after;
  after.account = kDiffHome;
  const Grant one = desired(authorization("keys", "service: kms")).grants.front();
  for (int i = 0; i < 2'000; ++i) {
    Grant& grant = after.grants.emplace_back(one);
    grant.resource.add({"resource", "stringEquals", "resource-" + std::to_string(10'000 + i)});
    grant.key = Key(kDiffHome, grant.subject, grant.resource);
  }
  const Desired none;
  const DiffDocument document{{"a", "a"}, {"b", "b"}, {{"", kDiffHome, diff_desired(none, after)}}};
  const std::string comment = diff_markdown(document);
  EXPECT_LE(comment.size(), kMarkdownLimit);
  EXPECT_THAT(comment, HasSubstr("Diff: 2000 added, 0 changed, 0 removed; 0 unchanged."));
  EXPECT_THAT(comment, Not(HasSubstr("Account")));
}

}  // namespace
}  // namespace authzd::test
