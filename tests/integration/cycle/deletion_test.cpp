// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Someone deletes our policies: drift like any other, and restored at once.

#include "daemon/cycle/cycle_summary.hpp"
#include "daemon/notify/notice_formats.hpp"
#include "reconciler/report/plan_text.hpp"
#include "tests/integration/cycle/cycle_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace authzd::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kStorageGrant = manifest_of("storage", "server-protect", {"kms"});

class DeletedByOthers : public CycleTest {
 protected:
  void delete_ours() {
    for (const Json& policy : ours()) edit(policy.at("id"), {{"state", "deleted"}});
  }

  [[nodiscard]] static const Plan& plan_of(const CycleEnd& end) {
    return end.performed->planned.plan;
  }

  [[nodiscard]] std::size_t warned_of(const std::string& what) const {
    const auto says = [&](const std::string& line) { return line.find(what) != line.npos; };
    return static_cast<std::size_t>(std::ranges::count_if(lines, says));
  }
};

TEST_F(DeletedByOthers, IsDriftThatSaysWhoAndWhenAndIsToldOf) {
  write_file("storage.yaml", kStorageGrant);
  good_cycle();
  const std::string lost = only_id();
  delete_ours();

  const CycleEnd end = good_cycle();

  const std::string text = plan_text(plan_of(end), {});
  EXPECT_THAT(text, HasSubstr("someone deleted the policy that granted this"));
  EXPECT_THAT(text, HasSubstr("policy " + lost + " was deleted by IBMid-by-hand at "));
  EXPECT_EQ(status().last_run->drifted, 1U);
  EXPECT_EQ(warned_of("drift: someone else deleted one of our policies"), 1U);
  const auto notices = notices_of(summary_of(*account, end));
  ASSERT_FALSE(notices.empty());
  EXPECT_EQ(notices[0].kind, NoticeKind::drift_found);
  EXPECT_THAT(notices[0].text,
              HasSubstr("someone else had deleted 1 policy of ours: storage (policy " + lost +
                        ") deleted by IBMid-by-hand at "));
}

TEST_F(DeletedByOthers, SaysWhoAsLongAsTheModeKeepsItBack) {
  write_file("storage.yaml", kStorageGrant);
  good_cycle();
  delete_ours();
  spec.mode = Mode::observe;
  restart();
  good_cycle();

  const CycleEnd end = good_cycle();
  const Plan& plan = plan_of(end);

  ASSERT_EQ(wanted_actions(plan).size(), 1U);
  const auto& drift = wanted_actions(plan)[0]->drift;
  ASSERT_TRUE(drift);
  EXPECT_EQ(drift->by.value, "IBMid-by-hand");
  EXPECT_EQ(warned_of("drift: someone else deleted"), 1U) << "what stays is not said again";
}

TEST_F(DeletedByOthers, IsNoDriftWhereNoManifestWantsItAnyMore) {
  write_file("storage.yaml", kStorageGrant);
  write_file("backup.yaml", manifest_of("backup", "is", {"kms"}));
  good_cycle();
  delete_ours();
  remove_file("backup.yaml");

  const CycleEnd end = good_cycle();

  EXPECT_EQ(plan_of(end).actions.size(), 1U);
  EXPECT_EQ(status().last_run->drifted, 1U);
  EXPECT_EQ(warned_of("which no manifest wants"), 1U);
}

TEST_F(DeletedByOthers, AreGivenBackInOneCycleWithOneLoudWord) {
  std::string targets;
  for (int i = 0; i < 60; ++i) {
    targets += "    - {service: kms, resource: key-" + std::to_string(i) + "}\n";
  }
  std::string text = kStorageGrant;
  text.replace(text.find("    - service: kms\n"), 19, targets);
  write_file("storage.yaml", text);
  spec.rails.limits.max_create = 60;
  restart();
  good_cycle();
  spec.rails.limits = {};
  restart();
  delete_ours();

  const CycleEnd end = good_cycle();

  EXPECT_EQ(ours().size(), 60U);
  EXPECT_TRUE(status().holds.empty());
  EXPECT_EQ(warned_of("others deleted our policies; they are restored now"), 1U);
  EXPECT_THAT(logged(), HasSubstr("\"policies\":\"60\",\"by\":\"IBMid-by-hand\""));
  const auto notices = notices_of(summary_of(*account, end));
  ASSERT_FALSE(notices.empty());
  EXPECT_THAT(notices[0].text, HasSubstr("someone else had deleted 60 policies of ours: "));
  EXPECT_THAT(notices[0].text, HasSubstr(", and 40 more"));
  EXPECT_THAT(cloud_event(notices[0], "id"), HasSubstr("\"deleted\":true"));
}

}  // namespace
}  // namespace authzd::test
