// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Seeds: valid ones, and the errors of invalid ones.
#include "tests/support/source_tree.hpp"
#include "tests/unit/sandbox/bench.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace authzd::sandbox {
namespace {

std::string refusal(const std::string& seed) {
  Bench bench;
  const auto done = bench.service.seed(seed, "seed.json", bench.now);
  return done ? "accepted" : done.error().message;
}

TEST(SandboxSeed, DemoHoldsTheDocumentedListing) {
  Bench bench;
  std::ifstream file(test::source_path("daemon/sandbox/seed/demo.json"));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_TRUE(bench.service.seed(text, "demo.json", bench.now));
  bench.key = "demo-api-key";

  const Json policies = bench.list("&type=authorization").at("policies");

  EXPECT_EQ(policies.size(), 6U);
  EXPECT_EQ(policies.at(0).at("resource").at("attributes").at(2).at("value"),
            "51042d7f-f0df-4915-bd39-6a49957c9175");
  EXPECT_TRUE(policies.at(5).contains("template"));
}

TEST(SandboxSeed, SaysWhereItIsNoJson) {
  EXPECT_EQ(refusal("{\n  \"policies\": [}\n}"), "seed.json:2:16: this is not JSON");
}

TEST(SandboxSeed, SaysWhatIsMissingWhere) {
  EXPECT_EQ(refusal(R"({"api_keys": [{"key": "k"}]})"),
            "seed.json: /api_keys/0: \"account\" is missing");
  EXPECT_EQ(refusal(R"({"keys": []})"), "seed.json: /keys: is not known");
}

}  // namespace
}  // namespace authzd::sandbox
