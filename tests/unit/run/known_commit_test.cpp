// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Who committed a revision is known as long as the revision is.
#include "daemon/cycle/desired_loader.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gtest/gtest.h>

namespace authzd::test {
namespace {

const std::string kGood(40, 'a');
const std::string kBad(40, 'b');

const std::string kCommitted =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: kms}\n  roles: [Reader]\n";

class CommittedSource final : public Source {
 public:
  Async<Fetched> fetch(std::vector<std::string>, std::string) override { co_return newest; }

  Fetched newest;
};

class KnownCommit : public testing::Test {
 protected:
  KnownCommit() {
    spec.id = AccountId{"a1234567a1234567a1234567a1234567"};
    state = std::move(*state_in_memory(spec.id));
    loader.emplace(spec, &source, *state);
    Snapshot snapshot{kGood, {{"disks.yaml", kCommitted}}};
    snapshot.commit = {kGood, "Ada", "Give disks their key"};
    source.newest = snapshot;
  }

  Intent next() {
    auto intent = run(io, loader->next(clock.now()));
    EXPECT_TRUE(intent) << to_string(intent.error());
    return intent ? std::move(*intent) : Intent{};
  }

  boost::asio::io_context io{1};
  VirtualClock clock;
  AccountSpec spec;
  CommittedSource source;
  std::unique_ptr<AccountState> state;
  std::optional<DesiredLoader> loader;
};

TEST_F(KnownCommit, IsThatOfARefusedRevisionToo) {
  EXPECT_EQ(next().good->commit.author, "Ada");
  source.newest = RefusedRevision{
      kBad, {ErrorCode::invalid_manifest, "it is not signed"}, {kBad, "Eve", "Trust me"}};

  EXPECT_TRUE(next().refusal);

  EXPECT_EQ(state->commits.find(kGood)->subject, "Give disks their key");
  EXPECT_EQ(state->commits.find(kBad)->author, "Eve");
}

TEST_F(KnownCommit, IsRememberedByTheNextProcess) {
  EXPECT_TRUE(next().good);
  source.newest = RefusedRevision{kBad, {ErrorCode::invalid_manifest, "it is not signed"}};
  loader.emplace(spec, &source, *state);

  EXPECT_EQ(next().good->commit.author, "Ada");
}

TEST_F(KnownCommit, IsNotStoredByALook) {
  const auto intent = run(io, loader->look(clock.now()));

  ASSERT_TRUE(intent);
  EXPECT_EQ(intent->good->commit.author, "Ada") << "for the plan that is shown";
  EXPECT_FALSE(state->commits.find(kGood)->is_known());
}

}  // namespace
}  // namespace authzd::test
