// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/list_pages.hpp"
#include "tests/unit/iam/scripted_iam.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace authzd {
namespace {

using test::Account;
using test::json_reply;
using ::testing::IsNull;
using ::testing::NotNull;
using ::testing::SizeIs;

Observed policy_of(const std::string& id) {
  Observed policy;
  policy.id = PolicyId(id);
  return policy;
}

PageNote note_of(const std::string& digest, std::initializer_list<const char*> ids) {
  PageNote note{digest, {}, {}, "after " + digest};
  for (const char* id : ids) note.ids.emplace_back(id);
  return note;
}

std::vector<Observed> policies_of(std::initializer_list<const char*> ids) {
  std::vector<Observed> policies;
  for (const char* id : ids) policies.push_back(policy_of(id));
  return policies;
}

TEST(ListMemory, GivesEachPageOnceAsItWasDecoded) {
  auto memory = ListMemory::make(
      policies_of({"a", "b", "c"}), {note_of("one", {"c", "a"}), note_of("two", {"b"})}, nullptr);
  ASSERT_THAT(memory, NotNull());

  auto one = memory->take("one");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->policies, policies_of({"c", "a"}));
  EXPECT_EQ(one->next_start, "after one");
  EXPECT_FALSE(memory->take("one"));
  EXPECT_FALSE(memory->take("three"));
  EXPECT_TRUE(memory->take("two"));
}

TEST(ListMemory, ChangesNoListThatOthersLookAt) {
  const SharedPolicies list(policies_of({"a"}));
  auto memory = ListMemory::make(list, {note_of("one", {"a"})}, nullptr);
  ASSERT_THAT(memory, NotNull());

  ASSERT_TRUE(memory->take("one"));
  EXPECT_EQ(list[0], policy_of("a"));
}

TEST(ListMemory, KeepsNoListThatDoesNotTellWhatThePagesHad) {
  const auto list = policies_of({"a", "b"});

  EXPECT_THAT(ListMemory::make(list, {note_of("twice", {"a"}), note_of("2", {"a", "b"})}, nullptr),
              IsNull());
  EXPECT_THAT(ListMemory::make(list, {note_of("deleted", {"a", "b", "c"})}, nullptr), IsNull());
  EXPECT_THAT(ListMemory::make(list, {note_of("other", {"a", "c"})}, nullptr), IsNull());
}

TEST(ListMemory, KeepsNoMoreThanThereIsRoomFor) {
  const auto room = std::make_shared<ListRoom>(3);
  const auto keep = [&room] {
    return ListMemory::make(policies_of({"a", "b"}), {note_of("one", {"a", "b"})}, room);
  };

  auto first = keep();
  EXPECT_THAT(first, NotNull());
  EXPECT_THAT(keep(), IsNull());
  first.reset();
  EXPECT_THAT(keep(), NotNull());
}

// ── with the lister ─────────────────────────────────────────────────────────────────────────────

/// One page of a list: for each policy its id and its description; "!": it is deleted, "?": it is
/// unreadable.
using PageText = std::vector<std::pair<std::string, std::string>>;

std::string policy_text(const std::string& id, const std::string& says) {
  const std::string state = says == "!" ? "deleted" : says == "?" ? "odd" : "active";
  return R"({"id":"a-long-id-that-is-allocated-)" + id + R"(","type":"authorization","state":")" +
         state + R"(","description":")" + says + R"("})";
}

std::vector<Result<HttpResponse>> replies_of(const std::vector<PageText>& pages) {
  std::vector<Result<HttpResponse>> replies;
  for (const PageText& page : pages) {
    std::string body = R"({"policies":[)";
    for (const auto& [id, says] : page) {
      body += (body.ends_with('[') ? "" : ",") + policy_text(id, says);
    }
    body += "]";
    const bool is_last = replies.size() + 1 == pages.size();
    if (!is_last) body += R"(,"next":{"start":")" + std::to_string(replies.size() + 1) + R"("})";
    replies.emplace_back(json_reply(200, body + "}"));
  }
  return replies;
}

Result<Listing> list(Account& account, const std::vector<PageText>& pages) {
  for (auto& reply : replies_of(pages)) account.http.replies.push_back(std::move(reply));
  return account.run(account.reader->list());
}

TEST(ListMemory, AListThatCameAsBeforeIsNotDecodedAgain) {
  Account account;
  const std::vector<PageText> pages{{{"1", "x"}, {"2", "?"}}, {{"3", "y"}}};

  const auto first = list(account, pages);
  const auto second = list(account, pages);

  ASSERT_TRUE(first && second);
  EXPECT_TRUE(second->policies.is_same(first->policies));
  EXPECT_THAT(second->unreadable, SizeIs(1));
  EXPECT_EQ(second->pages, 2U);
}

TEST(ListMemory, OnlyThePageThatChangedIsDecodedAgain) {
  Account account;
  auto first = list(account, {{{"1", "x"}}, {{"2", "y"}}, {{"3", "z"}}});
  ASSERT_TRUE(first);
  std::vector<const char*> texts;
  for (const Observed& policy : first->policies) texts.push_back(policy.id.value.data());
  first->policies = {};

  const auto second = list(account, {{{"1", "x"}}, {{"2", "changed"}}, {{"3", "z"}}});

  ASSERT_TRUE(second);
  ASSERT_THAT(second->policies, SizeIs(3));
  EXPECT_EQ(second->policies[0].id.value.data(), texts[0]);
  EXPECT_NE(second->policies[1].id.value.data(), texts[1]);
  EXPECT_EQ(second->policies[1].content.description, "changed");
  EXPECT_EQ(second->policies[2].id.value.data(), texts[2]);
}

TEST(ListMemory, AListThatFailsMidwayIsForgottenByNobody) {
  Account account;
  const std::vector<PageText> pages{{{"1", "x"}}, {{"2", "y"}}};
  const auto first = list(account, pages);
  account.http.replies.push_back(replies_of(pages)[0]);
  account.http.replies.emplace_back(json_reply(403, ""));
  const auto failed = account.run(account.reader->list());
  const auto last = list(account, pages);

  ASSERT_TRUE(first && !failed && last);
  EXPECT_TRUE(last->policies.is_same(first->policies));
}

/// A list of a few pages of a few policies, so that pages and policies recur and move.
std::vector<PageText> some_list(std::mt19937& random) {
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  std::vector<PageText> pages(1 + below(4));
  for (std::size_t page = 0; page < pages.size(); ++page) {
    const std::string texts[] = {"x", "y", "!", "?"};
    const std::size_t first = below(4) == 0 ? below(6) : 2 * page;
    const std::size_t ends = first + 1 + below(2);
    for (std::size_t id = first; id < ends; ++id) {
      pages[page].emplace_back(std::to_string(id), texts[below(8) == 0 ? below(4) : 0]);
    }
  }
  return pages;
}

TEST(ListMemory, GivesWhatALookWithoutMemoryGives) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    Account account;
    for (int cycle = 0; cycle < 6; ++cycle) {
      const auto pages = some_list(random);
      Account fresh;
      const auto expected = list(fresh, pages);
      const auto actual = list(account, pages);
      ASSERT_TRUE(expected && actual) << "seed " << seed;
      ASSERT_EQ(actual->policies.all(), expected->policies.all()) << "seed " << seed;
      ASSERT_EQ(actual->pages, expected->pages) << "seed " << seed;
      ASSERT_EQ(actual->unreadable.size(), expected->unreadable.size()) << "seed " << seed;
      for (std::size_t at = 0; at < actual->unreadable.size(); ++at) {
        ASSERT_EQ(actual->unreadable[at].id, expected->unreadable[at].id) << "seed " << seed;
        ASSERT_EQ(actual->unreadable[at].problem, expected->unreadable[at].problem);
      }
    }
  }
}

}  // namespace
}  // namespace authzd
