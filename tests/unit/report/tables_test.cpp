// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Text that depends on where it goes: folded lines, and tables of policies.
#include "reconciler/report/layout.hpp"
#include "reconciler/report/policy_table.hpp"
#include "reconciler/report/text_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace authzd {
namespace {

using testing::HasSubstr;
using testing::Not;

const AccountId kTableHome{std::string(32, 'a')};
const std::string kLong = "one two three four five six seven eight nine ten eleven twelve thirteen";

Observed policy_from(std::string source, std::string description) {
  Observed policy;
  policy.id = PolicyId{"id-of-" + source};
  policy.content = {.subject = {{"serviceName", "stringEquals", std::move(source)}},
                    .resource = {{"serviceName", "stringEquals", std::string{"kms"}}},
                    .roles = {"crn:v1:bluemix:public:iam::::serviceRole:Reader"},
                    .description = std::move(description)};
  policy.created_at = "2026-01-02T03:04:05Z";
  policy.created_by = IamId{"IBMid-7"};
  return policy;
}

const std::vector<Observed> kTwo{
    policy_from("server-protect", "(authzd: team/volumes#0123456789ab)"),
    policy_from("is", "by hand")};
const ListOptions kListOptions{.account = kTableHome, .user = "me"};

TEST(ListFilter, ChoosesOnePolicyAndThoseOfOneAuthorization) {
  const Observed& ours = kTwo[0];
  const Observed& theirs = kTwo[1];
  EXPECT_TRUE(ListFilter{.id = "id-of-is"}.lets_through(theirs));
  EXPECT_FALSE(ListFilter{.id = "id-of-is"}.lets_through(ours));
  EXPECT_FALSE(ListFilter{.id = "id-of"}.lets_through(ours)) << "a part of an id is none";
  EXPECT_TRUE(ListFilter{.name = "volumes"}.lets_through(ours));
  EXPECT_FALSE(ListFilter{.name = "volumes"}.lets_through(theirs));
  EXPECT_FALSE(ListFilter{.name = "other"}.lets_through(ours));
}

TEST(Layout, FoldsAtTheWidthOfTheTerminal) {
  Layout out({.width = 40});
  out.detail("because", kLong);

  std::istringstream lines(std::move(out).take());
  int n = 0;
  for (std::string line; std::getline(lines, line); ++n) EXPECT_LE(line.size(), 40U) << line;
  EXPECT_GT(n, 1);
}

TEST(Layout, FoldsNothingForAPipe) {
  Layout out({});
  out.detail("because", kLong);

  EXPECT_THAT(std::move(out).take(), HasSubstr(kLong));
}

TEST(Layout, LeavesRoomForTextOnTheNarrowestTerminal) {
  Layout out({.width = 1});
  out.detail("because", kLong);

  EXPECT_THAT(std::move(out).take(), HasSubstr("one two three four"));
}

TEST(PolicyTable, HasALineForEachAndCountsWhatAuthzdManages) {
  const std::string text = table_text(kTwo, kListOptions, TableWidth::narrow);

  EXPECT_THAT(text, HasSubstr("team/volumes"));
  EXPECT_THAT(text, Not(HasSubstr("id-of-is")));
  EXPECT_THAT(text, testing::EndsWith("2 policies: 1 with a marker of authzd, 1 without\n"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 5);  // the heading, two, a blank line, the total
}

TEST(PolicyTable, AddsIdsAndAuthorsWhereThereIsRoom) {
  const std::string text = table_text(kTwo, kListOptions, TableWidth::wide);

  EXPECT_THAT(text, HasSubstr("id-of-is"));
  EXPECT_THAT(text, HasSubstr("2026-01-02T03:04:05Z by IBMid-7"));
}

TEST(ListFilter, ChoosesByMarkerAndService) {
  EXPECT_TRUE(ListFilter{.is_managed = true}.lets_through(kTwo[0]));
  EXPECT_FALSE(ListFilter{.is_managed = true}.lets_through(kTwo[1]));
  EXPECT_FALSE(ListFilter{.is_unmanaged = true}.lets_through(kTwo[0]));
  EXPECT_TRUE(ListFilter{.is_unmanaged = true}.lets_through(kTwo[1]));
  EXPECT_FALSE(ListFilter{.owner = "other"}.lets_through(kTwo[0]));
  EXPECT_TRUE(ListFilter{.source = "is"}.lets_through(kTwo[1]));
  EXPECT_FALSE(ListFilter{.source = "is"}.lets_through(kTwo[0]));
  EXPECT_FALSE(ListFilter{.target = "hs-crypto"}.lets_through(kTwo[1]));
}

/// The widest grants must not be missing where somebody asks who may use keys.
TEST(ListFilter, KeepsWhatMeansSeveralServices) {
  Observed any = policy_from("is", "");
  any.content.resource = AttributeSet{};
  Observed pattern = any;
  pattern.content.resource = {{"serviceName", std::string(kStringMatch), std::string{"k*"}}};
  Observed one_of = any;
  one_of.content.resource = {{"serviceName",
                              std::string(kStringEqualsAnyOf),
                              std::vector<std::string>{"hs-crypto", "kms"}}};

  for (const Observed& wide : {any, pattern, one_of}) {
    EXPECT_TRUE(ListFilter{.target = "kms"}.lets_through(wide));
  }
  EXPECT_FALSE(ListFilter{.target = "logs"}.lets_through(pattern));
  EXPECT_FALSE(ListFilter{.target = "logs"}.lets_through(one_of));
}

TEST(PolicyTable, SaysWhatLimitsAPolicyBesides) {
  Observed limited = policy_from("is", "");
  limited.content.extras = {{"pattern", "\"time-based\""}};

  EXPECT_THAT(table_text(std::vector{limited}, kListOptions, TableWidth::narrow),
              HasSubstr("(with pattern)"));
  EXPECT_THAT(list_json(std::vector{limited}, kListOptions),
              HasSubstr("\"pattern\": \"time-based\""));
}

/// One meaning of the word everywhere: of people and other tools.
TEST(ListFilter, CallsNothingUnmanagedThatAServiceOrATemplateMade) {
  Observed by_service = policy_from("is", "");
  by_service.created_by = IamId{"crn:v1:bluemix:public:is:::::"};
  Observed by_template = policy_from("is", "");
  by_template.template_id = "policyTemplate-1";

  EXPECT_FALSE(ListFilter{.is_unmanaged = true}.lets_through(by_service));
  EXPECT_FALSE(ListFilter{.is_unmanaged = true}.lets_through(by_template));
}

TEST(PolicyTable, SaysOfAPolicyWithoutAUseWhetherIamKnows) {
  ListOptions silent = kListOptions;
  silent.is_use_known = false;

  EXPECT_THAT(table_text(kTwo, kListOptions, TableWidth::wide), HasSubstr("  never\n"));
  EXPECT_THAT(table_text(kTwo, silent, TableWidth::wide), HasSubstr("  unknown\n"));
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    widest = std::max(widest, columns_of(line));
  }
  return widest;
}

TEST(PolicyTable, FitsTheTerminalAndIsWholeInAPipe) {
  std::vector<Observed> policies = kTwo;
  const std::string instance = "51042d7f-f0df-4915-bd39-6a49957c9175";
  policies[0].content.resource.add({"serviceInstance", "stringEquals", instance});
  policies[0].content.subject.add({"serviceInstance", "stringEquals", instance});
  policies[0].content.description = "(authzd: the-platform-team/volumes-of-all#0123456789ab)";
  ListOptions options = kListOptions;

  EXPECT_GT(widest_line(table_text(policies, options, TableWidth::narrow)), 120U);
  for (const std::size_t width : {120U, 100U, 80U}) {
    options.width = width;
    const std::string text = table_text(policies, options, TableWidth::narrow);
    EXPECT_LE(widest_line(text), width) << text;
    EXPECT_THAT(text, HasSubstr("…"));
    EXPECT_THAT(text, HasSubstr("server-protect (i"));
  }
}

TEST(TextTable, LeavesOutWhatIsLeastUsefulBeforeTheRestIsUnreadable) {
  const std::vector<std::vector<std::string>> rows{
      {"NAME", "NUMBER", "TEXT"}, {"a", std::string(30, '1'), std::string(60, 't')}};
  const TableFit fit{.width = 50, .cut = {2}, .dropped = {1}};

  EXPECT_EQ(text_table(rows, fit), "NAME  TEXT\na     " + std::string(43, 't') + "…\n");
  EXPECT_EQ(text_table(rows, {.width = 100, .cut = {2}, .dropped = {1}}), text_table(rows));
}

}  // namespace
}  // namespace authzd
