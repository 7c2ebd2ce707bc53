// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The diff of N grants against N policies: all equal (a quiet cycle), and all with other roles.

#include "reconciler/plan/planner.hpp"
#include "tests/support/model_world.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

namespace authzd {
namespace {

void diff(benchmark::State& state, const RoleSet& stored_roles) {
  std::vector<ResolvedGrant> desired;
  std::vector<Observed> observed;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const std::string n = std::to_string(i);
    desired.push_back(test::wanted("grant-" + n, "server-protect-" + n, "kms"));
    observed.push_back(test::ours("51042d7f-f0df-4915-bd39-" + n, desired.back()));
    observed.back().content.roles = stored_roles;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        make_plan(test::kAccount, desired, observed, test::prod(), test::in_sync_mode()));
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
