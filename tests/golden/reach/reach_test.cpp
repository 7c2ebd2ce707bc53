// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What `authzd reach` prints, as files that a reviewer reads: two accounts, a policy of each owner,
// and names that would break out of a label if they could.
#include "daemon/console/reach_svg.hpp"
#include "reconciler/report/reach_writers.hpp"
#include "tests/golden/golden_files.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace authzd::test {
namespace {

const std::string kHostile = "x\"; drop [1] <b>& #35; `id` {}|\\N \x1b[2J --> \xE2\x80\xAE end";

void expect_golden(const std::string& name, const std::string& actual) {
  EXPECT_EQ(actual, golden::expected_text("tests/golden/reach", name, ".expected", actual));
}

AttributeSet side(const std::string& service, const std::string& instance = {}) {
  AttributeSet side{{"serviceName", "stringEquals", service}};
  if (!instance.empty()) side.add({"serviceInstance", "stringEquals", instance});
  return side;
}

ReachPolicy policy(const std::string& id,
                   PolicyOwner owner,
                   AttributeSet source,
                   AttributeSet target,
                   std::vector<std::string> roles = {"Reader"}) {
  ReachPolicy policy;
  policy.id = PolicyId{id};
  policy.owner = owner;
  policy.subject = std::move(source);
  policy.resource = std::move(target);
  policy.roles = std::move(roles);
  return policy;
}

std::vector<ReachView> two_accounts() {
  const std::string instance = "51042d7f-f0df-4915-bd39-6a49957c9175";
  ReachView prod{AccountId{std::string(32, 'a')}, "prod", {}, {}, {}};
  prod.names.insert(instance_entry("kms", instance, "prod-keys"));
  prod.policies = {
      policy("p-3", PolicyOwner::unmanaged, side("is"), side("kms", instance), {"Writer"}),
      policy("p-1", PolicyOwner::ours, side("server-protect"), side("kms", instance)),
      policy("p-2", PolicyOwner::ours, side("is"), side("kms", instance)),
      policy("p-4", PolicyOwner::foreign, side("logs"), side("cloud-object-storage"), {})};
  prod.policies[1].name = "volumes";
  prod.policies[1].last_used = Timestamp{std::chrono::milliseconds{1'800'000'000'000}};
  ReachView hostile{AccountId{std::string(32, 'b')}, kHostile, {}, {}, {}};
  hostile.policies = {
      policy(kHostile, PolicyOwner::unmanaged, side(kHostile), side("kms", kHostile), {kHostile})};
  return {prod, hostile};
}

TEST(ReachReports, AreAsAReviewerReadThem) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  const auto lists = two_accounts();
  const auto policies = reached(lists, {});
  expect_golden("text", reach_text(policies, lists.size()));
  expect_golden("json", reach_json(policies));
  expect_golden("dot", reach_dot(picture_of(policies, {kAll, kAll})));
  expect_golden("mermaid", reach_mermaid(picture_of(policies)));
  expect_golden("svg", console::reach_svg_file(picture_of(policies)));
}

TEST(ReachReports, SayWhatAPictureLeavesOut) {
  const auto lists = two_accounts();
  const auto picture = picture_of(reached(lists, {}), {.nodes = 2, .edges = 2});
  expect_golden("crowded-mermaid", reach_mermaid(picture));
  expect_golden("crowded-svg", console::reach_svg_file(picture));
}

TEST(ReachReports, SayThatThereIsNothing) {
  expect_golden("empty-text", reach_text({}, 1));
  expect_golden("empty-json", reach_json({}));
  expect_golden("empty-dot", reach_dot(picture_of({})));
  expect_golden("empty-mermaid", reach_mermaid(picture_of({})));
}

}  // namespace
}  // namespace authzd::test
