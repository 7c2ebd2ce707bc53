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

/// As a submodule in a Git source.
TEST(VanishedGrants, AreThoseOfAFileInWhosePlaceIsWhatNobodyReads) {
  Snapshot linked{"linked", {}};
  linked.not_followed = {"team/keep.yaml"};

  const auto why = vanished_grants(linked, {}, asserted_in("team/keep.yaml"), {});

  ASSERT_TRUE(why);
  EXPECT_THAT(why->message, HasSubstr("team/keep.yaml is a link, a submodule or a special file"));
  EXPECT_FALSE(vanished_grants(linked, {}, asserted_in("team/keep.yaml2"), {}));
}

TEST(VanishedGrants, AreThoseOfAFileInWhosePlaceIsAFolderThatHoldsNothing) {
  const GoodRevision good = asserted_in("keep.yaml");
  Snapshot mounted{"mounted", {}};
  mounted.manifest_folders = {"keep.yaml"};

  const auto why = vanished_grants(mounted, {}, good, {});

  ASSERT_TRUE(why);
  EXPECT_THAT(why->message, HasSubstr("keep.yaml is a folder without manifests now, and held 1"));
  EXPECT_FALSE(vanished_grants(mounted, {}, good, {.may_empty = true}));
  EXPECT_FALSE(vanished_grants(mounted, asserted_in("keep.yaml/a.yaml").desired, good, {}));
}

}  // namespace
}  // namespace authzd
