// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Loading manifests, beside its floor: yaml-cpp's own tree of the same files, built one document at
// a time and thrown away. The hostile files show whether the loader stays linear.
#include "reconciler/manifest/loader.hpp"
#include "reconciler/manifest/parsed_files.hpp"
#include "reconciler/model/packed_grants.hpp"

#include <benchmark/benchmark.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <cstdio>

namespace authzd {
namespace {

constexpr std::size_t kFiles = 100;

std::string guid_of(std::size_t number) {
  std::array<char, 37> guid{};
  std::snprintf(guid.data(), guid.size(), "%08zx-f0df-4915-bd39-6a49957c9175", number);
  return guid.data();
}

std::string document(std::size_t number) {
  const std::string text = std::to_string(number);
  return "---\napiVersion: authzd/v1\nkind: Authorization\nmetadata:\n  name: grant-" + text +
         "\n  labels: {team: storage}\nspec:\n"
         "  description: Block volumes use customer-managed keys.\n"
         "  source:\n    service: server-protect\n  targets:\n    - service: kms\n      "
         "instance: " +
         guid_of(number) + "\n  roles: [Reader]\n";
}

/// So many grants, one a document, in a hundred files.
std::vector<SourceFile> manifests(std::size_t grants) {
  std::vector<SourceFile> files;
  for (std::size_t i = 0; i < kFiles; ++i) files.push_back({std::to_string(i) + ".yaml", ""});
  for (std::size_t i = 0; i < grants; ++i) files[i % kFiles].text += document(i);
  return files;
}

void load(benchmark::State& state, const std::vector<SourceFile>& files) {
  LoadOptions options;
  options.account = AccountId{std::string(32, 'a')};
  for (auto _ : state) benchmark::DoNotOptimize(load_manifests(files, options));
}

void bm_load(benchmark::State& state) {
  load(state, manifests(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(bm_load)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

void bm_load_floor(benchmark::State& state) {
  const auto files = manifests(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    for (const SourceFile& file : files) {
      std::size_t begin = 0;
      while (begin < file.text.size()) {
        const std::size_t next = file.text.find("\n---\n", begin);
        const std::size_t end = next == std::string::npos ? file.text.size() : next + 1;
        benchmark::DoNotOptimize(YAML::Load(file.text.substr(begin, end - begin)));
        begin = end;
      }
    }
  }
}
BENCHMARK(bm_load_floor)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

/// A fleet: 100 authorizations with parameters, for so many accounts, each kept as between two
/// cycles. The budget is 2 s and 64 MiB for 1,000 accounts.
void bm_fleet(benchmark::State& state) {
  std::vector<SourceFile> files;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::string name = "keys-" + std::to_string(i);
    files.push_back({name + ".yaml",
                     "apiVersion: authzd/v1\nkind: Authorization\nmetadata:\n  name: " + name +
                         "\n  accounts: {matchLabels: {env: prod}}\nspec:\n"
                         "  description: Keys of ${params.team}.\n"
                         "  source: {service: server-protect}\n  target:\n    service: kms\n"
                         "    instance: ${params.kms" +
                         std::to_string(i) + "}\n  roles: [Reader]\n"});
  }
  std::size_t bytes = 0;
  for (auto _ : state) {
    ParsedFiles parsed;
    std::vector<PackedGrants> kept;
    for (std::int64_t n = 0; n < state.range(0); ++n) {
      AccountTraits traits{
          "account-" + std::to_string(n), {{"env", "prod"}}, {{"team", "storage"}}};
      for (std::size_t i = 0; i < 100; ++i) {
        traits.params["kms" + std::to_string(i)] = guid_of(static_cast<std::size_t>(n) * 100 + i);
      }
      LoadOptions options;
      options.account = AccountId(std::string(32, 'a'));
      options.traits = &traits;
      options.parsed = &parsed;
      LoadOutcome loaded = load_manifests(files, options);
      if (has_errors(loaded.diagnostics)) return state.SkipWithError("the fleet does not load");
      kept.emplace_back(options.account, loaded.desired.grants);
    }
    bytes = parsed.bytes();
    for (const PackedGrants& grants : kept) bytes += grants.bytes();
  }
  state.counters["MiB"] = static_cast<double>(bytes) / (1 << 20);
}
BENCHMARK(bm_fleet)->Arg(100)->Arg(1'000)->Unit(benchmark::kMillisecond)->Iterations(1);

std::string repeated(std::size_t bytes, std::string_view part) {
  std::string text;
  while (text.size() + part.size() <= bytes) text += part;
  return text;
}

/// A file of so many bytes that is all of one thing.
void bm_hostile(benchmark::State& state, std::string_view head, std::string_view part) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  load(state, {{"hostile.yaml", std::string(head) + repeated(bytes - head.size(), part)}});
  state.SetComplexityN(state.range(0));
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1 << 18)->Arg(1 << 19)->Arg(1 << 20)->Unit(benchmark::kMillisecond)->Complexity();
}
BENCHMARK_CAPTURE(bm_hostile, one_sequence, "", "- a\n")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, one_flow_sequence, "[", "a, ")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, one_flow_map, "{", "a: b, ")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, unknown_keys, "", "key: x\n")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, empty_documents, "", "---\n")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, bad_documents, "", "---\n]\n")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, anchors, "", "- &a x\n")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, deep_flow, "", "[")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, deep_block, "", "- ")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, question_marks, "", "? ")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, tags, "", "- !x y\n")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, one_line, "", "a ")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, open_quote, "'", "a ")->Apply(sizes);
BENCHMARK_CAPTURE(bm_hostile, blank_lines, "a: |\n", "\n")->Apply(sizes);

}  // namespace
}  // namespace authzd
