// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Cycles with every fault: the account converges afterwards with exactly one policy per grant, no
// write is made twice, and no fault of one object stops another.

#include "tests/integration/cycle/cycle_fixture.hpp"

namespace authzd::test {
namespace {

constexpr const char* kPolicies = "/v2/policies";

std::string name_of(const ::testing::TestParamInfo<NamedFault>& test) {
  return test.param.name;
}

/// How many cycles the recovery from a temporary fault may take.
constexpr int kCyclesToHeal = 3;

class FaultyCycle : public CycleTest, public ::testing::WithParamInterface<NamedFault> {
 protected:
  /// Each kind of write has work: one grant to create, one to change, one to delete.
  void prepare() {
    spec.rails.limits.max_delete_percent = 100;
    write_file("a.yaml", manifest_of("changes", "server-protect", {"kms"}));
    write_file("b.yaml", manifest_of("goes", "is", {"kms"}));
    good_cycle();
    write_file("a.yaml",
               manifest_of("changes", "server-protect", {"kms"}, "Authorization Delegator"));
    write_file("b.yaml", manifest_of("comes", "server-protect", {"hs-crypto"}));
  }

  void expect_converged() {
    for (int i = 0; i < kCyclesToHeal; ++i) cycle();
    ASSERT_EQ(ours().size(), 2U) << logged();
    for (const Json& policy : ours()) {
      EXPECT_EQ(role_of(policy), target_of(policy) == "kms" ? kDelegatorRole : kReaderRole);
    }
    EXPECT_EQ(policies().size(), 2U) << "a policy that nobody answers for";
  }
};

class FaultOfPost : public FaultyCycle {};
TEST_P(FaultOfPost, LeavesExactlyOnePolicy) {
  prepare();
  inject(GetParam().fault);

  cycle();

  expect_converged();
}
INSTANTIATE_TEST_SUITE_P(Any,
                         FaultOfPost,
                         ::testing::ValuesIn(faults_of("POST", kPolicies)),
                         name_of);

class FaultOfPut : public FaultyCycle {};
TEST_P(FaultOfPut, IsGotOver) {
  prepare();
  inject(GetParam().fault);

  cycle();

  expect_converged();
}
INSTANTIATE_TEST_SUITE_P(Any,
                         FaultOfPut,
                         ::testing::ValuesIn(faults_of("PUT", kPolicies)),
                         name_of);

class FaultOfDelete : public FaultyCycle {};
TEST_P(FaultOfDelete, IsGotOver) {
  prepare();
  inject(GetParam().fault);

  cycle();

  expect_converged();
}
INSTANTIATE_TEST_SUITE_P(Any,
                         FaultOfDelete,
                         ::testing::ValuesIn(faults_of("DELETE", kPolicies)),
                         name_of);

class FaultOfRead : public FaultyCycle {};
TEST_P(FaultOfRead, IsGotOver) {
  prepare();
  inject(GetParam().fault);

  cycle();

  expect_converged();
}
INSTANTIATE_TEST_SUITE_P(Any,
                         FaultOfRead,
                         ::testing::ValuesIn(faults_of("GET", "/v2/policies/")),
                         name_of);

class FaultOfList : public FaultyCycle {};
TEST_P(FaultOfList, IsGotOver) {
  prepare();
  inject(GetParam().fault);

  cycle();

  expect_converged();
}
INSTANTIATE_TEST_SUITE_P(Any,
                         FaultOfList,
                         ::testing::ValuesIn(faults_of("GET", "/v2/policies[?]")),
                         name_of);

TEST_P(FaultOfList, ForEverWritesNothing) {
  prepare();
  const std::size_t before = unsafe();
  sandbox::Fault fault = GetParam().fault;
  fault.times = 0;
  inject(fault);

  const CycleEnd end = cycle();

  EXPECT_TRUE(end.error);
  EXPECT_EQ(unsafe(), before);
}

class FaultOfRoles : public FaultyCycle {};
TEST_P(FaultOfRoles, IsGotOver) {
  prepare();
  restart();
  inject(GetParam().fault);

  cycle();

  expect_converged();
}
INSTANTIATE_TEST_SUITE_P(Any,
                         FaultOfRoles,
                         ::testing::ValuesIn(faults_of("GET", "/v2/roles")),
                         name_of);

TEST_P(FaultOfRoles, ForEverDeletesNothingThatItCannotJudge) {
  write_file("a.yaml", manifest_of("stays", "server-protect", {"kms"}));
  good_cycle();
  restart();
  sandbox::Fault fault = GetParam().fault;
  fault.times = 0;
  inject(fault);

  cycle();

  EXPECT_EQ(ours().size(), 1U);
  EXPECT_EQ(sent("DELETE"), 0U);
}

class FaultOfToken : public FaultyCycle {};
TEST_P(FaultOfToken, IsGotOver) {
  prepare();
  restart();
  inject(GetParam().fault);

  cycle();

  expect_converged();
}
INSTANTIATE_TEST_SUITE_P(Any,
                         FaultOfToken,
                         ::testing::ValuesIn(faults_of("POST", "/identity/token")),
                         name_of);

class Trouble : public CycleTest {};

TEST_F(Trouble, OfALostReplyLeavesOnePolicyAndNoSecondPost) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}));
  inject(
      {.method = "POST", .path = kPolicies, .perform = true, .cut = HttpReply::Cut::before_reply});

  const CycleEnd end = good_cycle();

  EXPECT_EQ(count(*end.performed).created, 1U);
  EXPECT_EQ(policies().size(), 1U);
  EXPECT_EQ(sent("POST"), 1U);
}

TEST_F(Trouble, OfALaggingReplicaMakesNeitherDuplicatesNorDrift) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  set("lag-time", "90s");
  pause = std::chrono::minutes(0);
  good_cycle();
  const std::size_t before = unsafe();

  for (int i = 0; i < 3; ++i) good_cycle();

  EXPECT_EQ(unsafe(), before) << logged();
  EXPECT_EQ(policies().size(), 2U);
  clock.advance(std::chrono::minutes(5));
}

TEST_F(Trouble, OfAReplicaThatLagsBehindAnUpdateIsNoDrift) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  set("lag-time", "90s");
  pause = std::chrono::minutes(0);
  write_file("a.yaml",
             manifest_of("storage", "server-protect", {"kms"}, "Authorization Delegator"));
  good_cycle();
  const std::size_t before = unsafe();

  for (int i = 0; i < 3; ++i) good_cycle();

  EXPECT_EQ(unsafe(), before) << logged();
  EXPECT_EQ(role_of(ours().at(0)), kDelegatorRole);
  clock.advance(std::chrono::minutes(5));
}

TEST_F(Trouble, OfOneForbiddenWriteStopsNoOther) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms", "hs-crypto"}));
  write_file("b.yaml", manifest_of("files", "is", {"kms"}));
  inject({.method = "POST", .path = kPolicies, .status = 403});

  const CycleEnd end = cycle();

  EXPECT_EQ(count(*end.performed).created, 2U);
  EXPECT_EQ(count(*end.performed).failed, 1U);
}

TEST_F(Trouble, OfAPolicyMadeInTheGapIsResolvedByReading) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}));
  restart();
  bool made = false;
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    const bool is_create = request.method == "POST" && request.target == kPolicies;
    if (is_create && !std::exchange(made, true)) {  // another daemon was first, with the same body
      service.handle(request, clock.now());
    }
    return std::nullopt;
  };

  good_cycle();

  EXPECT_EQ(policies().size(), 1U);
}

TEST_F(Trouble, OfTwoWritersAtOneEtagIsPlannedAnew) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  const std::string id = only_id();
  write_file("a.yaml",
             manifest_of("storage", "server-protect", {"kms"}, "Authorization Delegator"));
  bool edited = false;
  http->intercept = [&](const HttpRequest& request) -> std::optional<HttpResponse> {
    if (request.method == "PUT" && !std::exchange(edited, true)) {
      edit(id, {{"description", description_of(ours().at(0)) + " "}});
    }
    return std::nullopt;
  };

  good_cycle();

  EXPECT_EQ(role_of(ours().at(0)), kDelegatorRole);
}

TEST_F(Trouble, OfARevokedTokenIsOneForcedRefresh) {
  write_file("a.yaml", manifest_of("storage", "server-protect", {"kms"}));
  good_cycle();
  const std::size_t before = service.counters().tokens;
  service.revoke_tokens();

  good_cycle();

  EXPECT_EQ(service.counters().tokens, before + 1);
}

}  // namespace
}  // namespace authzd::test
