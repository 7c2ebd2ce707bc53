// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// A process without free descriptors does not blame what it could not open.
#include "daemon/cycle/desired_loader.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <gtest/gtest.h>

namespace authzd::test {
namespace {

const Error kNoDescriptors{ErrorCode::exhausted, "cannot read a.yaml: Too many open files"};

const std::string kOneGrant =
    "apiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: disks}\nspec:\n"
    "  source: {service: server-protect}\n  target: {service: kms}\n  roles: [Reader]\n";

class GivenSource final : public Source {
 public:
  Async<Fetched> fetch(std::vector<std::string>, std::string) override { co_return given; }
  Async<Lineage> lineage(std::string, std::string) override { co_return how; }

  Result<Fetched> given = Fetched(Snapshot{"good", {{"a.yaml", kOneGrant}}});
  Result<Lineage> how = Lineage::follows;
};

class Exhausted : public testing::Test {
 protected:
  Exhausted() {
    spec.id = AccountId{"a1234567a1234567a1234567a1234567"};
    state = std::move(*state_in_memory(spec.id));
    loader.emplace(spec, &source, *state);
    EXPECT_TRUE(next());
    EXPECT_TRUE(state->revisions.keep_applied("good", {}, clock.now()));
  }

  Result<Intent> next() { return run(io, loader->next(clock.now())); }

  void expect_that_nothing_is_refused() {
    const auto intent = next();
    ASSERT_FALSE(intent);
    EXPECT_EQ(intent.error().code, ErrorCode::exhausted);
    EXPECT_TRUE(is_transient(intent.error().code));
    EXPECT_EQ(state->revisions.attempted().value().value().revision, "good");
    EXPECT_EQ(state->revisions.attempted().value().value().error, "");
    EXPECT_EQ(state->refusals.last().value(), std::nullopt);
  }

  boost::asio::io_context io{1};
  VirtualClock clock;
  AccountSpec spec;
  GivenSource source;
  std::unique_ptr<AccountState> state;
  std::optional<DesiredLoader> loader;
};

TEST_F(Exhausted, RefusesNoRevisionThatCouldNotBeRead) {
  source.given = kNoDescriptors;
  expect_that_nothing_is_refused();

  source.given = Fetched(Snapshot{"next", {{"a.yaml", kOneGrant}}});
  const auto intent = next();
  ASSERT_TRUE(intent);
  EXPECT_FALSE(intent->refusal);
  EXPECT_EQ(intent->good->revision, "next");
}

TEST_F(Exhausted, RefusesNoRevisionWhoseSignatureCouldNotBeChecked) {
  source.given = Fetched(RefusedRevision{"next", kNoDescriptors});
  expect_that_nothing_is_refused();
}

TEST_F(Exhausted, RefusesNoRevisionWhoseHistoryCouldNotBeRead) {
  source.given = Fetched(Snapshot{"next", {{"a.yaml", kOneGrant}}});
  source.how = kNoDescriptors;
  expect_that_nothing_is_refused();
}

}  // namespace
}  // namespace authzd::test
