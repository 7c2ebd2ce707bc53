// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who committed a revision is known as long as the revision is.
#include "tests/unit/run/desired_loader_fixture.hpp"

#include <gtest/gtest.h>

namespace authzd::test {
namespace {

const std::string kGood(40, 'a');
const std::string kBad(40, 'b');

class KnownCommit : public DesiredLoaderTest {
 protected:
  KnownCommit() {
    Snapshot snapshot{kGood, {{"disks.yaml", kManifest}}};
    snapshot.commit = {kGood, "Ada", "Give disks their key"};
    source_.newest = snapshot;
  }
};

TEST_F(KnownCommit, IsThatOfARefusedRevisionToo) {
  EXPECT_EQ(next().good->commit.author, "Ada");
  source_.newest = RefusedRevision{
      kBad, {ErrorCode::invalid_manifest, "it is not signed"}, {kBad, "Eve", "Trust me"}};

  EXPECT_TRUE(next().refusal);

  EXPECT_EQ(state_->commits.find(kGood)->subject, "Give disks their key");
  EXPECT_EQ(state_->commits.find(kBad)->author, "Eve");
}

TEST_F(KnownCommit, IsRememberedByTheNextProcess) {
  EXPECT_TRUE(next().good);
  source_.newest = RefusedRevision{kBad, {ErrorCode::invalid_manifest, "it is not signed"}};
  loader_.emplace(spec_, &source_, *state_);

  EXPECT_EQ(next().good->commit.author, "Ada");
}

TEST_F(KnownCommit, IsNotStoredByALook) {
  const auto intent = run(io_, loader_->look(clock_.now()));

  ASSERT_TRUE(intent);
  EXPECT_EQ(intent->good->commit.author, "Ada") << "for the plan that is shown";
  EXPECT_FALSE(state_->commits.find(kGood)->is_known());
}

}  // namespace
}  // namespace authzd::test
