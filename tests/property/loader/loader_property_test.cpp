// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The loader is total, and the order of its input means nothing.
#include "reconciler/manifest/loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace authzd {
namespace {

constexpr std::string_view kManifest = R"(apiVersion: authzd/v1
kind: Authorization
metadata: {name: keys, labels: {team: storage}}
spec:
  description: "Volumes use customer-managed keys."
  source: &source {service: server-protect, region: eu-de}
  targets:
    - service: kms
      instance: 51042d7f-f0df-4915-bd39-6a49957c9175
    - {service: is, attributes: [{name: volumeId, operator: stringExists, value: true}]}
  roles: [Reader, Writer]
  delegate: true
---
apiVersion: authzd/v1
kind: Authorization
metadata: {name: others}
spec: {source: {resourceGroup: "*"}, target: {service: hs-crypto}, roles: [Viewer], protect: true}
)";

LoadOptions options() {
  LoadOptions result;
  result.account = AccountId("0123456789abcdef0123456789abcdef");
  result.now = *parse_rfc3339("2026-11-23T00:00:00Z");
  return result;
}

/// Loads the text and checks what must hold for any text whatever.
void expect_total(const std::string& text) {
  const std::vector<SourceFile> files{{"any.yaml", text}};
  const LoadOutcome outcome = load_manifests(files, options());
  const std::string said = render(outcome.diagnostics);
  EXPECT_EQ(said.empty(), outcome.diagnostics.empty());
  EXPECT_TRUE(std::all_of(said.begin(), said.end(), [](char c) {
    return c == '\n' || static_cast<unsigned char>(c) >= 0x20;
  }));
  const auto lines = std::count(text.begin(), text.end(), '\n');
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    EXPECT_LE(diagnostic.position.line, lines + 2);
  }
}

class LoaderProperty : public testing::TestWithParam<unsigned> {};

TEST_P(LoaderProperty, HoldsForRandomBytes) {
  std::mt19937 random(GetParam());
  for (int round = 0; round < 60; ++round) {
    std::string text(random() % 200, '\0');
    for (char& c : text) c = static_cast<char>(random());
    SCOPED_TRACE("seed " + std::to_string(GetParam()));
    expect_total(text);
  }
}

TEST_P(LoaderProperty, HoldsForYamlPunctuation) {
  constexpr std::array<std::string_view, 24> kTokens{
      "a",  ": ", ":", "- ",  "\n",  "  ", "[", "]", "{",     "}",     ",",   "&x ",
      "*x", "\"", "'", "|\n", ">\n", "? ", "#", "%", "---\n", "...\n", "!t ", "\t"};
  std::mt19937 random(GetParam());
  for (int round = 0; round < 100; ++round) {
    std::string text;
    for (auto n = random() % 60; n > 0; --n) text += kTokens[random() % kTokens.size()];
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + ": " + text);
    expect_total(text);
  }
}

TEST_P(LoaderProperty, HoldsForMutatedManifests) {
  std::mt19937 random(GetParam());
  for (int round = 0; round < 60; ++round) {
    std::string text(kManifest);
    for (auto n = 1 + random() % 6; n > 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.erase(at, random() % 20); break;
        case 2: text.insert(at, text.substr(random() % text.size(), random() % 40)); break;
        default: text.insert(at, 1, ":-[]{},&*\"'\n \t#|>"[random() % 18]); break;
      }
    }
    SCOPED_TRACE("seed " + std::to_string(GetParam()) + ":\n" + text);
    expect_total(text);
  }
}

TEST_P(LoaderProperty, DoesNotDependOnTheOrderOfFiles) {
  std::vector<SourceFile> files;
  for (int i = 0; i < 12; ++i) {
    std::string text(kManifest);
    const std::string n = std::to_string(i % 9);
    text.replace(text.find("name: keys"), 10, "name: keys-" + n);
    files.push_back({"f" + std::to_string(i) + ".yaml", std::move(text)});
  }
  const LoadOutcome sorted = load_manifests(files, options());
  std::shuffle(files.begin(), files.end(), std::mt19937(GetParam()));

  const LoadOutcome shuffled = load_manifests(files, options());

  EXPECT_EQ(shuffled.desired, sorted.desired);
  EXPECT_EQ(shuffled.diagnostics, sorted.diagnostics);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LoaderProperty, testing::Range(1U, 9U));

}  // namespace
}  // namespace authzd
