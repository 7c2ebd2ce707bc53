// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// `why` and `reach` over the lists of a fleet, once they are loaded: 500 policies an account.

#include "reconciler/report/reach_writers.hpp"
#include "reconciler/report/why.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace authzd {
namespace {

constexpr std::int64_t kPoliciesOfOne = 500;
constexpr std::array kSources{"server-protect",
                              "is",
                              "cloud-object-storage",
                              "logs",
                              "atracker",
                              "databases-for-postgresql",
                              "messagehub",
                              "containers-kubernetes"};
constexpr std::array kTargets{"kms", "hs-crypto", "secrets-manager", "cloud-object-storage"};

AccountId account_of(std::int64_t n) {
  std::string digits = std::to_string(n);
  return AccountId{std::string(32 - digits.size(), 'a') + digits};
}

AttributeSet side_of(const AccountId& account, const std::string& service) {
  return {{"accountId", std::string(kStringEquals), account.value},
          {"serviceName", std::string(kStringEquals), service}};
}

std::string instance_of(std::int64_t n) {
  std::string digits = std::to_string(n % 100);
  return "51042d7f-f0df-4915-bd39-6a49957c" + std::string(4 - digits.size(), '0') + digits;
}

std::vector<Observed> policies_of(const AccountId& account) {
  std::vector<Observed> policies;
  for (std::int64_t i = 0; i < kPoliciesOfOne; ++i) {
    const auto n = static_cast<std::size_t>(i);
    Observed policy;
    policy.id = PolicyId{account.value.substr(24) + "-" + std::to_string(i)};
    policy.content.subject = side_of(account, kSources[n % kSources.size()]);
    policy.content.resource = side_of(account, kTargets[n / kSources.size() % kTargets.size()]);
    policy.content.resource.add(
        {"serviceInstance", std::string(kStringEquals), instance_of(i / 8)});
    policy.content.roles = {"crn:v1:bluemix:public:iam::::serviceRole:Reader"};
    policy.content.description =
        "Keys. (authzd: prod/grant-" + std::to_string(i) + "#0123456789ab)";
    policies.push_back(std::move(policy));
  }
  return policies;
}

PolicyOwner ours(const Observed&, const Description&) {
  return PolicyOwner::ours;
}

void why_over_accounts(benchmark::State& state) {
  std::vector<std::vector<Observed>> lists;
  for (std::int64_t i = 0; i < state.range(0); ++i) lists.push_back(policies_of(account_of(i)));
  const RoleNames names{{"crn:v1:bluemix:public:iam::::serviceRole:Reader", "Reader"}};
  const OwnerOf owner = ours;
  for (auto _ : state) {
    std::size_t answers = 0;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      const AccountId account = account_of(i);
      const WhyQuestion question{
          side_of(account, "server-protect"), side_of(account, "kms"), "Reader"};
      const WhyResult result = why(
          question, {account, "a", lists[static_cast<std::size_t>(i)], &names, &owner, nullptr});
      answers += result.policies.size();
    }
    benchmark::DoNotOptimize(answers);
  }
}

std::vector<ReachView> views(std::int64_t accounts) {
  std::vector<ReachView> lists;
  for (std::int64_t i = 0; i < accounts; ++i) {
    const AccountId account = account_of(i);
    const std::vector<Observed> policies = policies_of(account);
    std::vector<const Observed*> each;
    for (const Observed& policy : policies) each.push_back(&policy);
    ReachView view{account, "account-" + std::to_string(i), {}, {}, {}};
    view.names = {{"crn:v1:bluemix:public:iam::::serviceRole:Reader", "Reader"}};
    lists.push_back(with_policies(std::move(view), each, ours));
  }
  return lists;
}

void reach_over(benchmark::State& state, const ReachFilter& filter) {
  const std::vector<ReachView> lists = views(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(reach_text(reached(lists, filter), lists.size()));
  }
}

void reach_of_a_target(benchmark::State& state) {
  ReachFilter filter;
  filter.target = {"kms", instance_of(0)};
  reach_over(state, filter);
}

void reach_of_all(benchmark::State& state) {
  reach_over(state, {});
}

BENCHMARK(why_over_accounts)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(reach_of_a_target)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(reach_of_all)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace authzd
