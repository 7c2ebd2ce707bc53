// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The cost of a revision with many pairs of services, and an IAM that answers none of them.
#include "daemon/cycle/role_look_up.hpp"

#include "tests/support/fake_gateway.hpp"
#include "tests/support/model_world.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/virtual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace authzd::test {
namespace {

using ::testing::HasSubstr;

class RoleLookUp : public testing::Test {
 protected:
  RoleLookUp() { spec.id = kAccount; }

  /// Grants of `count` pairs, each wanted twice.
  void want(std::size_t count) {
    for (std::size_t i = 0; i < 2 * count; ++i) {
      const std::string number = std::to_string(i % count);
      Grant grant = wanted("grant-" + number, "source-" + number, "kms").grant;
      gateway.role_tables[role_query(grant.subject, grant.resource)] = {
          {{"crn:v1:bluemix:public:iam::::serviceRole:Reader", "Reader"}}, {}, {}};
      grants.push_back(std::move(grant));
    }
  }

  Result<ResolvedRoles> look_up() {
    const ReadingContext context{spec, gateway, *state, time};
    return run(io, resolve_roles(context, grants, {}, {}));
  }

  static std::size_t unresolved(const ResolvedRoles& roles) {
    std::size_t count = 0;
    for (const ResolvedGrant& grant : roles.grants) count += grant.roles ? 0U : 1U;
    return count;
  }

  boost::asio::io_context io;
  VirtualClock clock;
  FakeGateway gateway{kAccount, kUs};
  AccountSpec spec;
  std::unique_ptr<AccountState> state = std::move(*state_in_memory(kAccount));
  TimeKeeper time{clock, {}};
  std::vector<Grant> grants;
};

TEST_F(RoleLookUp, AsksOnceForEachPairAndForSeveralAtATime) {
  want(40);

  const auto roles = look_up();

  ASSERT_TRUE(roles);
  EXPECT_EQ(unresolved(*roles), 0U);
  EXPECT_EQ(gateway.calls.size(), 40U);
  EXPECT_EQ(gateway.most_at_once(), spec.concurrency);
}

TEST_F(RoleLookUp, LeavesPairsBeyondItsBoundToTheNextPlan) {
  want(1'010);

  const auto roles = look_up();

  ASSERT_TRUE(roles);
  EXPECT_EQ(gateway.calls.size(), 1'000U);
  EXPECT_EQ(unresolved(*roles), 20U) << "ten pairs, each wanted twice";
  ASSERT_FALSE(roles->grants.back().roles);
  EXPECT_THAT(to_string(roles->grants.back().roles.error()),
              HasSubstr("not asked yet: this plan has asked for the roles of 1000 new pairs"));
}

TEST_F(RoleLookUp, AsksNoMoreWhereIamAnswersForNoPair) {
  want(500);
  for (std::size_t i = 0; i < 500; ++i) {
    gateway.faults["ROLES"].push_back(refused(Error{ErrorCode::timeout, "no answer within 30 s"}));
  }

  const auto roles = look_up();

  ASSERT_TRUE(roles);
  EXPECT_EQ(unresolved(*roles), 1'000U);
  EXPECT_LE(gateway.calls.size(), 8U + spec.concurrency);
  EXPECT_THAT(
      to_string(roles->grants.back().roles.error()),
      HasSubstr("not asked, as IAM has answered none of the last 8: no answer within 30 s"));
}

TEST_F(RoleLookUp, GoesOnAfterSingleFailures) {
  want(100);
  for (std::size_t i = 0; i < 100; ++i) {
    const bool fails = i % 4 != 0;
    gateway.faults["ROLES"].push_back(fails ? refused(Error{ErrorCode::unavailable, "503"})
                                            : Fault{});
  }

  const auto roles = look_up();

  ASSERT_TRUE(roles);
  EXPECT_EQ(gateway.calls.size(), 100U);
  EXPECT_EQ(unresolved(*roles), 150U);
}

TEST_F(RoleLookUp, EndsWhereTheKeyIsNoLongerTaken) {
  want(100);
  gateway.faults["ROLES"].push_back(
      refused(Error{ErrorCode::unauthenticated, "the API key was refused"}));

  const auto roles = look_up();

  ASSERT_FALSE(roles);
  EXPECT_EQ(roles.error().code, ErrorCode::unauthenticated);
  EXPECT_LE(gateway.calls.size(), 2 * spec.concurrency);
}

}  // namespace
}  // namespace authzd::test
