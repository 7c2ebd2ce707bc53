// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/iam/list_pages.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

PolicyPage page_of(std::initializer_list<const char*> ids, std::string next) {
  PolicyPage page;
  for (const char* id : ids) page.policies.emplace_back().id = PolicyId(id);
  page.next_start = std::move(next);
  return page;
}

TEST(PageCollector, PutsPagesTogetherSortedById) {
  PageCollector pages;

  EXPECT_EQ(pages.add(page_of({"b", "c"}, "2")).value_or("?"), "2");
  EXPECT_EQ(pages.add(page_of({"a"}, "")).value_or("?"), "");
  const auto policies = pages.take();
  ASSERT_EQ(policies.size(), 3U);
  EXPECT_EQ(policies[0].id, PolicyId("a"));
}

TEST(PageCollector, TakesTheLaterOfTwoSightingsOfAPolicy) {
  PageCollector pages;
  PolicyPage later = page_of({"a", "b"}, "");
  later.policies[0].content.description = "later";

  ASSERT_TRUE(pages.add(page_of({"a"}, "2")));
  ASSERT_TRUE(pages.add(std::move(later)));
  const auto policies = pages.take();
  ASSERT_EQ(policies.size(), 2U);
  EXPECT_EQ(policies[0].content.description, "later");
}

TEST(PageCollector, LeavesOutWhatIsDeleted) {
  PageCollector pages;
  PolicyPage page = page_of({"a", "b"}, "");
  page.policies[0].state = PolicyState::deleted;

  ASSERT_TRUE(pages.add(std::move(page)));
  EXPECT_EQ(pages.take().size(), 1U);
}

TEST(PageCollector, TakesAPageOfWhatWasSeenAsAListThatGrewInFront) {
  PageCollector pages;

  ASSERT_TRUE(pages.add(page_of({"a", "b"}, "2")));
  ASSERT_TRUE(pages.add(page_of({"b"}, "3")));
  EXPECT_EQ(pages.add(page_of({"c"}, "")).value_or("?"), "");
  EXPECT_EQ(pages.take().size(), 3U);
}

TEST(PageCollector, RefusesPagesThatRepeatAndRepeat) {
  PageCollector pages;
  std::size_t count = 0;
  while (count < 100 && pages.add(page_of({"a", "b"}, std::to_string(count)))) ++count;

  EXPECT_EQ(count, kMostRepeats + 1);
}

TEST(PageCollector, RefusesAWayThatLeadsBack) {
  PageCollector pages;

  ASSERT_TRUE(pages.add(page_of({"a"}, "2")));
  ASSERT_TRUE(pages.add(page_of({"b"}, "3")));
  EXPECT_FALSE(pages.add(page_of({"c"}, "2")));
}

TEST(PageCollector, RefusesAListWithoutEnd) {
  PageCollector pages;
  std::size_t count = 0;
  while (count <= kMostPages && pages.add(page_of({}, std::to_string(count)))) ++count;

  EXPECT_LT(count, kMostPages);
}

}  // namespace
}  // namespace authzd
