// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// How to remove protection, according to the notes on protected policies.

#include "tests/integration/advice/advice_fixture.hpp"

namespace authzd::test {
namespace {

using testing::HasSubstr;

class ProtectAdvice : public AdviceTest {
 protected:
  /// A protected policy, and another so that the source is never empty. The rail for delegating
  /// access, which applies when protection ends, has its own advice.
  void SetUp() override {
    spec.rails.hold_delegators = false;
    write_text("keys", manifest("keys", "kms", "  protect: true\n"));
    write_text("other", manifest("other", "hs-crypto"));
    begin();
  }

  static std::string day() { return to_string(std::chrono::milliseconds(std::chrono::hours(24))); }
  void pass_a_day() { clock.advance(std::chrono::hours(24)); }
};

TEST_F(ProtectAdvice, ForWhatLostItsManifestLeadsToTheDelete) {
  remove_manifest("keys");
  EXPECT_THAT(advice(cycle(), NoteReason::protection),
              HasSubstr("put its manifest back without `protect`, let that be applied, and take it "
                        "out again: " +
                        day() + " after the first it may be deleted"));

  write_text("keys", manifest("keys", "kms"));
  cycle();
  remove_manifest("keys");
  EXPECT_THAT(advice(cycle(), NoteReason::protection),
              HasSubstr("its manifest has taken `protect` off: from 2"));
  EXPECT_EQ(ours(), 2U);
  pass_a_day();
  cycle();

  EXPECT_EQ(ours(), 1U);
}

std::string both_roles(std::string text) {
  return text.replace(text.find("[Reader]"), 8, "[Reader, Authorization Delegator]");
}

TEST_F(ProtectAdvice, ForWhatIsToBeNarrowedLeadsThere) {
  write_text("keys", both_roles(manifest("keys", "kms", "  protect: true\n")));
  cycle();
  write_text("keys", manifest("keys", "kms", "  protect: true\n"));
  EXPECT_THAT(advice(cycle(), NoteReason::protection),
              HasSubstr("take `protect` off its manifest: " + day() +
                        " after that is applied it may be narrowed"));

  write_text("keys", manifest("keys", "kms"));
  EXPECT_THAT(advice(cycle(), NoteReason::protection),
              HasSubstr(day() + " after this revision is applied it may be narrowed"));
  EXPECT_THAT(advice(cycle(), NoteReason::protection),
              HasSubstr("its manifest has taken `protect` off: from 2"));
  pass_a_day();
  cycle();

  EXPECT_EQ(policy_on("kms").at("control").at("grant").at("roles").size(), 1U);
}

TEST_F(ProtectAdvice, OfAReleaseByHandLeadsToTheRelease) {
  TestConsole refused;
  EXPECT_EQ(call({"release", "keys", "--yes"}, refused), 5) << "it was not done";
  EXPECT_THAT(refused.shown(), HasSubstr("is protected and not released; take "));
  EXPECT_EQ(ours(), 2U);
  EXPECT_THAT(description_of(policy_on("kms")), HasSubstr("!")) << "its protection is gone";

  write_text("keys", manifest("keys", "kms"));
  cycle();
  TestConsole early;
  EXPECT_EQ(call({"release", "keys", "--yes"}, early), 5);
  pass_a_day();
  command({"release", "keys", "--yes"});

  EXPECT_EQ(ours(), 1U);
}

TEST_F(ProtectAdvice, OfAReleaseByHandLeadsToTheReleaseOfWhatHasNoManifest) {
  remove_manifest("keys");
  cycle();
  TestConsole refused;
  EXPECT_EQ(call({"release", "--all", "--yes"}, refused), 5);
  EXPECT_THAT(refused.shown(), HasSubstr("is protected and not released; put "));
  EXPECT_EQ(ours(), 1U) << "all others are released";

  write_text("keys", manifest("keys", "kms"));
  cycle();
  pass_a_day();
  command({"release", "keys", "--yes"});

  EXPECT_EQ(ours(), 0U);
}

TEST_F(ProtectAdvice, IsForgottenWhereTheManifestSaysProtectAgain) {
  write_text("keys", manifest("keys", "kms"));
  cycle();
  write_text("keys", manifest("keys", "kms", "  protect: true\n"));
  cycle();
  remove_manifest("keys");
  pass_a_day();

  EXPECT_THAT(advice(cycle(), NoteReason::protection), HasSubstr("put its manifest back"));

  EXPECT_EQ(ours(), 2U);
}

}  // namespace
}  // namespace authzd::test
