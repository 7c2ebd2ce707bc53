// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Accounts whose list is long, slow, refused in part, or changes while it is read.

#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace authzd::test {
namespace {

using ::testing::HasSubstr;

class LongList : public CycleTest {
 protected:
  /// That many policies made by a person; none is ours yet.
  void hold_others(std::size_t count) {
    Json seed = {{"accounts", {{{"id", kDemoAccount}, {"name", "large"}}}},
                 {"api_keys",
                  {{{"key", kDemoKey},
                    {"account", kDemoAccount},
                    {"iam_id", "iam-ServiceId-1"},
                    {"name", "authzd"}}}},
                 {"policies", Json::array()}};
    for (std::size_t i = 0; i < count; ++i) {
      const std::string digits = std::to_string(1'000'000 + i);
      const Json owner = {
          {"key", "accountId"}, {"operator", "stringEquals"}, {"value", kDemoAccount}};
      const Json source = {{"key", "serviceName"}, {"operator", "stringEquals"}, {"value", "is"}};
      const Json target = {{"key", "serviceName"}, {"operator", "stringEquals"}, {"value", "kms"}};
      const Json part = {
          {"key", "resource"}, {"operator", "stringEquals"}, {"value", "key-" + digits}};
      const Json role = {{"role_id", kReaderRole}};
      seed["policies"].push_back({{"id", "b9ee7862-0f0e-4c5c-9d5a-5f3f6" + digits},
                                  {"created_by_id", "IBMid-1"},
                                  {"policy",
                                   {{"type", "authorization"},
                                    {"subject", {{"attributes", {owner, source}}}},
                                    {"resource", {{"attributes", {owner, target, part}}}},
                                    {"control", {{"grant", {{"roles", {role}}}}}}}}});
    }
    const auto seeded = service.seed(seed.dump(), "large", clock.now());
    ASSERT_TRUE(seeded) << seeded.error().message;
  }

  void want(const std::vector<std::string>& targets) {
    write_file("storage.yaml", manifest_of("storage", "server-protect", targets));
  }

  [[nodiscard]] std::size_t lists() const {
    const auto is_list = [](const sandbox::LoggedRequest& each) {
      return each.target.find("/v2/policies?") != std::string::npos;
    };
    return static_cast<std::size_t>(std::ranges::count_if(service.log(), is_list));
  }

  /// Once, after that many pages of a list were sent.
  void after_page(std::size_t nth, std::function<void()> change) {
    if (!account) restart();
    http->after_done = [nth, pages = std::size_t{0}, change](const HttpRequest& request) mutable {
      if (request.target.find("/v2/policies?") == std::string::npos || ++pages != nth) return;
      change();
    };
  }

  std::string first_id() { return policies().front().at("id"); }
};

TEST_F(LongList, OfHundredsOfPoliciesIsReadAtTwentyMillisecondsEach) {
  hold_others(820);
  set("ms-a-policy", "20");
  want({"kms"});

  const CycleEnd end = good_cycle();

  EXPECT_EQ(lists(), 9U);
  EXPECT_EQ(end.performed->planned.list_took, std::chrono::milliseconds(16'400));
  EXPECT_EQ(ours().size(), 1U);
  EXPECT_FALSE(status().stalled.is_true);
}

TEST_F(LongList, WithoutPagesEndsAtItsOwnTimeAndNotAtThatOfARequest) {
  hold_others(800);
  set("ms-a-policy", "50");
  iam.page_size = 0;
  want({"kms"});
  good_cycle();

  iam.list_patience = std::chrono::seconds(30);
  restart();
  const CycleEnd end = cycle();

  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->code, ErrorCode::timeout);
  EXPECT_THAT(end.error->message, HasSubstr("raise iam.timeouts.list"));
  iam.list_patience = std::chrono::seconds(120);
  restart();
}

TEST_F(LongList, IsReadInSmallerPagesWhereIamIsSlowAndThatIsRemembered) {
  hold_others(200);
  set("ms-a-policy", "350");  // a hundred take longer than a request may
  want({"kms"});
  good_cycle();
  service.forget_log();

  good_cycle();

  EXPECT_EQ(lists(), 5U);
  EXPECT_THAT(service.log().front().target, HasSubstr("limit=50"));
}

TEST_F(LongList, IsReadInOnePieceWhereIamRefusesPages) {
  hold_others(150);
  set("list-limit", "refused");
  want({"kms"});

  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
  EXPECT_THAT(logged(), HasSubstr("refused to list the policies in pages"));
}

TEST_F(LongList, IsReadInSmallerPagesWhereIamTakesNoGreaterOnes) {
  hold_others(60);
  set("list-limit", "bounded");
  set("list-max-limit", "30");
  want({"kms"});

  good_cycle();

  EXPECT_EQ(ours().size(), 1U);
  EXPECT_THAT(service.log().back().target, HasSubstr("/v2/policies"));
  EXPECT_THAT(logged(), HasSubstr("asked for 25"));
}

// The start of a page shifts by one with each earlier policy that is deleted, so that ours, at the
// end of the first page, is on none.
TEST_F(LongList, ThatLosesAPolicyOfOursBetweenTwoPagesIsReadAgain) {
  hold_others(99);
  set("list-start", "offset");
  want({"kms", "hs-crypto"});
  good_cycle();
  const std::string other = first_id();
  write_file("files.yaml", manifest_of("files", "is", {"hs-crypto"}));
  after_page(1, [this, other] { edit(other, {{"state", "deleted"}}); });
  service.forget_log();

  const CycleEnd end = good_cycle();

  EXPECT_EQ(lists(), 3U);
  EXPECT_EQ(count(*end.performed).created, 1U);
  EXPECT_EQ(ours().size(), 3U);
  EXPECT_EQ(sent("DELETE"), 0U);
}

TEST_F(LongList, ThatShowsAPolicyTwiceCountsItOnce) {
  hold_others(101);
  set("list-start", "offset");
  want({"kms"});
  good_cycle();
  const std::string gone = first_id();
  edit(gone, {{"state", "deleted"}});
  after_page(1, [this, gone] { edit(gone, {{"state", "active"}}); });

  const CycleEnd end = good_cycle();

  EXPECT_EQ(end.performed->planned.policies, 101U);
  EXPECT_EQ(unsafe(), 1U);
}

TEST_F(LongList, IsBegunAgainWhereThePolicyIsGoneThatItsNextPageFollows) {
  hold_others(150);
  want({"kms"});
  good_cycle();
  const std::string last = policies().at(99).at("id");
  after_page(1, [this, last] { edit(last, {{"state", "deleted"}}); });
  service.forget_log();

  const CycleEnd end = good_cycle();

  EXPECT_EQ(lists(), 4U);
  EXPECT_EQ(end.performed->planned.policies, 150U);
}

// Only the 409 shows it: the state is new, and the page that would show it began after it.
TEST_F(LongList, ThatLacksAPolicyOfOursNobodyKnowsOfLeadsToNoSecondOne) {
  hold_others(99);
  set("list-start", "offset");
  want({"kms", "hs-crypto"});
  good_cycle();
  lose_state();
  restart();
  const std::string other = first_id();
  after_page(1, [this, other] { edit(other, {{"state", "deleted"}}); });

  const CycleEnd end = good_cycle();

  EXPECT_EQ(count(*end.performed).already, 1U);
  EXPECT_EQ(ours().size(), 2U);
}

class SecondApply : public CycleTest, public ::testing::WithParamInterface<const char*> {};

// Two calls without a common state, within the lag of IAM's replicas.
TEST_P(SecondApply, WithinTheLagOfReadsFindsItsOwnPolicyInTheConflict) {
  set("lag-time", "90s");
  set("conflict-policy", GetParam());
  pause = std::chrono::minutes(0);
  write_file("storage.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  lose_state();
  restart();

  const CycleEnd end = good_cycle();

  EXPECT_EQ(count(*end.performed).already, 1U);
  EXPECT_EQ(count(*end.performed).created, 0U);
  EXPECT_EQ(ours().size(), 1U);
  EXPECT_TRUE(status().ready.is_true) << status().ready.message;
  clock.advance(std::chrono::minutes(5));
}

INSTANTIATE_TEST_SUITE_P(Form, SecondApply, ::testing::Values("object", "string"));

}  // namespace
}  // namespace authzd::test
