// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/revision_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd {
namespace {

using testing::HasSubstr;

GoodRevision asserted_in(const std::string& file) {
  GoodRevision good;
  good.revision = "full";
  Assertion assertion;
  assertion.name = "keep";
  assertion.position = {file, 1, 1};
  good.desired.assertions.push_back(std::move(assertion));
  return good;
}

TEST(VanishedGrants, AreAssertionsOfAFileThatIsEmptyNow) {
  const GoodRevision good = asserted_in("keep.yaml");
  const Snapshot emptied{"emptied", {{"keep.yaml", ""}}};

  const auto why = vanished_grants(emptied, {}, good, {});

  ASSERT_TRUE(why);
  EXPECT_THAT(why->message,
              HasSubstr("keep.yaml holds no assertion any more, and held 1 assertion"));
  EXPECT_FALSE(vanished_grants({"deleted", {}}, {}, good, {}));
  EXPECT_FALSE(vanished_grants(emptied, good.desired, good, {}));
}

TEST(VanishedGrants, AreAssertionsOfAFileThatIsIgnoredNow) {
  Snapshot ignored{"ignored", {}};
  ignored.ignored = {"keep.yaml"};

  const auto why = vanished_grants(ignored, {}, asserted_in("keep.yaml"), {});

  ASSERT_TRUE(why);
  EXPECT_THAT(why->message, HasSubstr("held 1 assertion in revision full"));
}

}  // namespace
}  // namespace authzd
