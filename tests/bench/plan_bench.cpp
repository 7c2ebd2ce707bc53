// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The diff of N grants against N policies, as a cycle makes it: all equal (a quiet cycle), and all
// with other roles.

#include "reconciler/base/digest.hpp"
#include "reconciler/plan/plan_draft.hpp"
#include "tests/support/model_world.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace authzd {
namespace {

/// As IAM gives its policies: random, so that two ids differ early.
std::string any_uuid(std::mt19937_64& chance) {
  std::string hex = sha256_hex(std::to_string(chance())).substr(0, 36);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) hex[dash] = '-';
  return hex;
}

void diff(benchmark::State& state, const RoleSet& stored_roles) {
  std::vector<test::WantedGrant> wanted;
  std::vector<Observed> observed;
  std::mt19937_64 chance{1};  // the same ids in every run
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const std::string n = std::to_string(i);
    wanted.push_back(test::wanted("grant-" + n, "server-protect-" + n, "kms"));
    observed.push_back(test::ours(any_uuid(chance), wanted.back()));
    observed.back().content.roles = stored_roles;
  }
  std::sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) {
    return a.grant.key < b.grant.key;  // as the loader gives them
  });
  std::ranges::sort(observed, {}, &Observed::id);  // as the lister gives them
  const std::vector<ResolvedGrant> desired = test::resolved(wanted);
  for (auto _ : state) {
    const Ownership ownership = test::prod();
    const PlanOptions options = test::in_sync_mode();
    PlanDraft draft = draft_plan(test::kAccount, desired, observed, ownership, options);
    benchmark::DoNotOptimize(finish_plan(std::move(draft), ownership, options));
  }
  state.SetComplexityN(state.range(0));
}

void diff_equal(benchmark::State& state) {
  diff(state, {"Reader"});
}
void diff_other_roles(benchmark::State& state) {
  diff(state, {"Writer"});
}

BENCHMARK(diff_equal)->RangeMultiplier(10)->Range(1000, 100000)->Unit(benchmark::kMillisecond);
BENCHMARK(diff_other_roles)
    ->RangeMultiplier(10)
    ->Range(1000, 100000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace authzd
