// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/observation.hpp"

#include "tests/support/fake_gateway.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace authzd {
namespace {

using ::testing::HasSubstr;

const AccountId kObserved{"0123456789abcdef0123456789abcdef"};
const IamId kOurselves{"iam-ServiceId-us"};
const IamId kThem{"IBMid-them"};
constexpr const char* kOurMarker = "disks (authzd: us/disks#0123456789ab)";

/// A list with a policy that no decoder accepts.
class OddList : public test::FakeGateway {
 public:
  OddList() : FakeGateway(kObserved, kOurselves) {}

  Async<Listing> list() override {
    auto listing = co_await FakeGateway::list();
    if (listing) listing->unreadable = unreadable;
    co_return listing;
  }

  std::vector<UnreadablePolicy> unreadable;
};

class Observe : public testing::Test {
 protected:
  Observe() {
    spec.id = kObserved;
    spec.owner = "us";
    gateway.server_date = clock.now();
  }

  /// "" if the account can be observed.
  std::string problem(std::optional<std::string> description, IamId by) {
    gateway.unreadable = {{PolicyId("odd"), std::move(description), by, by, "policy odd is odd"}};
    const ReadingContext context{spec, gateway, *state, time};
    const auto observation = test::run(io, observe(context));
    return observation ? "" : to_string(observation.error());
  }

  boost::asio::io_context io;
  test::VirtualClock clock;
  OddList gateway;
  AccountSpec spec;
  std::unique_ptr<AccountState> state = std::move(*state_in_memory(kObserved));
  TimeKeeper time{clock, {}};
};

TEST_F(Observe, GoesOnWithoutAPolicyOfOthersThatCannotBeRead) {
  EXPECT_EQ(problem("theirs", kThem), "");
  EXPECT_EQ(problem("a note on (authzd: things)", kThem), "");
  EXPECT_EQ(problem(kOurMarker, kThem), "") << "a marker without a witness proves nothing";
  EXPECT_EQ(problem(std::nullopt, kThem), "");
  EXPECT_EQ(problem("made by hand with our key", kOurselves), "");
  EXPECT_EQ(problem("x (authzd: another/disks#0123456789ab)", kOurselves), "");
}

TEST_F(Observe, GoesNoFurtherWhereAPolicyThatMayBeOursCannotBeRead) {
  EXPECT_THAT(problem(kOurMarker, kOurselves), HasSubstr("policy odd is odd"));
  EXPECT_THAT(problem(std::nullopt, kOurselves), HasSubstr("policy odd is odd"));

  ASSERT_TRUE(state->policies.remember({{PolicyId("odd"), PolicyOrigin::created}}));
  EXPECT_THAT(problem("theirs", kThem), HasSubstr("policy odd is odd"));
}

TEST_F(Observe, SaysWhetherIamToldWhenPoliciesWereUsed) {
  const ReadingContext context{spec, gateway, *state, time};

  EXPECT_TRUE(test::run(io, observe(context))->is_use_known);
}

}  // namespace
}  // namespace authzd
