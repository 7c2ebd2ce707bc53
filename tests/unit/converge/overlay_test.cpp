// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/converge/overlay.hpp"

#include "tests/unit/converge/bench.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>

namespace authzd {
namespace {

using namespace std::chrono_literals;
using test::kId;

constexpr Timestamp kNow{1'800'000'000'000ms};
constexpr auto kSettle = 2min;

Observed copy(const std::string& role, const std::string& at, const std::string& by = "us") {
  Observed policy = test::with_role(role).policy;
  policy.last_modified_at = at;
  policy.last_modified_by = IamId{by};
  return policy;
}

Observed gone(Observed policy) {
  policy.state = PolicyState::deleted;
  return policy;
}

OverlayResult overlay(std::vector<Observed> listed,
                      const std::vector<OwnWrite>& writes,
                      Timestamp now = kNow) {
  return overlay_own_writes(std::move(listed), writes, now, kSettle);
}

enum class Shown { ours, theirs, none };

struct Row {
  std::string name;
  std::optional<Observed> listed;  // role "Theirs"
  Observed written;                // role "Ours"
  Shown shown;
  bool is_to_settle = false;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class Overlay : public testing::TestWithParam<Row> {};

TEST_P(Overlay, ShowsTheNewerOfTheTwo) {
  std::vector<Observed> listed;
  if (GetParam().listed) listed.push_back(*GetParam().listed);

  const auto result = overlay(listed, {{GetParam().written, kNow - 1min}});

  ASSERT_EQ(result.policies.size(), GetParam().shown == Shown::none ? 0U : 1U);
  const auto* shown = result.policies.empty() ? nullptr : &result.policies[0];
  const bool is_ours = shown && shown->content == GetParam().written.content;
  const bool is_theirs = shown && GetParam().listed && *shown == *GetParam().listed;
  EXPECT_EQ(is_ours, GetParam().shown == Shown::ours);
  EXPECT_EQ(is_theirs, GetParam().shown == Shown::theirs);
  EXPECT_EQ(result.to_settle.size(), GetParam().is_to_settle ? 1U : 0U);
}

const std::string kBefore = "2026-11-01T10:00:00.000Z";
const std::string kOurs = "2026-11-01T11:00:00.000Z";
const std::string kAfter = "2026-11-01T12:00:00.000Z";

INSTANTIATE_TEST_SUITE_P(
    Table,
    Overlay,
    testing::ValuesIn(std::vector<Row>{
        {"ListLagsBehind", copy("Theirs", kBefore), copy("Ours", kOurs), Shown::ours},
        {"ListLagsBehindAndShowsWhoWasThereBeforeUs",
         copy("Theirs", kBefore, "them"),
         copy("Ours", kOurs),
         Shown::ours},
        {"ListShowsOurWrite", copy("Theirs", kOurs), copy("Ours", kOurs), Shown::ours},
        {"ListShowsALaterChange",
         copy("Theirs", kAfter, "them"),
         copy("Ours", kOurs),
         Shown::theirs},
        {"ListShowsALaterChangeOfOurIdentity",
         copy("Theirs", kAfter),
         copy("Ours", kOurs),
         Shown::theirs},
        {"AnotherModifierAtTheSameTime",
         copy("Theirs", kOurs, "them"),
         copy("Ours", kOurs),
         Shown::theirs},
        {"LaterInAnotherNotation",
         copy("Theirs", "2026-11-01T10:30:00-02:00"),
         copy("Ours", kOurs),
         Shown::theirs},
        {"EarlierInAnotherNotation",
         copy("Theirs", "2026-11-01T12:30:00+02:00"),
         copy("Ours", kOurs),
         Shown::ours},
        {"TimesThatAreNone", copy("Theirs", "rev-2"), copy("Ours", "rev-1"), Shown::theirs},
        {"TimesThatAreNoneTheOtherWay",
         copy("Theirs", "rev-1"),
         copy("Ours", "rev-2"),
         Shown::ours},
        {"AbsentFromTheList", std::nullopt, copy("Ours", kOurs), Shown::ours, true},
        {"DeletedAndStillListed", copy("Theirs", kBefore), gone(copy("Ours", kOurs)), Shown::none},
        {"DeletedWithoutANewTime", copy("Theirs", kOurs), gone(copy("Ours", kOurs)), Shown::none},
        {"DeletedAndStillListedWithWhoeverChangedItLast",
         copy("Theirs", kOurs, "them"),
         gone(copy("Ours", kOurs, "")),
         Shown::none},
        {"DeletedThenRestoredBySomeone",
         copy("Theirs", kAfter, "them"),
         gone(copy("Ours", kOurs)),
         Shown::theirs},
        {"DeletedAndAbsent", std::nullopt, gone(copy("Ours", kOurs)), Shown::none},
    }),
    [](const auto& row) { return row.param.name; });

TEST(OverlaySettle, ForgetsAWriteThatIsOlderThanSettle) {
  const std::vector<OwnWrite> writes{{copy("Ours", kOurs), kNow}};

  EXPECT_EQ(overlay({}, writes, kNow + kSettle).policies.size(), 1U);
  EXPECT_TRUE(overlay({}, writes, kNow + kSettle + 1ms).policies.empty());
  EXPECT_TRUE(overlay({}, writes, kNow + kSettle + 1ms).to_settle.empty());
}

TEST(OverlaySettle, CountsOnlyTheLastWriteOfAPolicy) {
  const std::vector<OwnWrite> writes{{gone(copy("Ours", kOurs)), kNow - 1s},
                                     {copy("Earlier", kBefore), kNow - 30s}};

  EXPECT_TRUE(overlay({copy("Theirs", kBefore)}, writes).policies.empty());
}

TEST(OverlaySettle, KeepsWhatOnlyTheListKnows) {
  Observed listed = copy("Theirs", kBefore);
  listed.last_permit_at = kNow - 1h;
  listed.role_names["Ours"] = "Our Role";

  const auto result = overlay({listed}, {{copy("Ours", kOurs), kNow}});

  EXPECT_EQ(result.policies.at(0).last_permit_at, kNow - 1h);
  EXPECT_EQ(result.policies[0].role_names.at("Ours"), "Our Role");
}

TEST(OverlaySettle, SortsByIdAndLeavesOthersAlone) {
  Observed first = copy("A", kAfter);
  first.id = PolicyId{"a"};
  Observed last = copy("Z", kBefore);
  last.id = PolicyId{"z"};

  const auto result = overlay({last, first}, {{copy("Ours", kOurs), kNow}});

  ASSERT_EQ(result.policies.size(), 3U);
  EXPECT_EQ(result.policies[0].id, kId);
  EXPECT_EQ(result.policies[1], first);
  EXPECT_EQ(result.policies[2], last);
  EXPECT_EQ(result.to_settle, std::vector<PolicyId>{kId});
}

}  // namespace
}  // namespace authzd
