// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The loader accepts any input, and its order does not matter.
#include "reconciler/manifest/loader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

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

/// Loads the text and checks the invariants for any text.
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
      "a",  ": ", ":", "- ",  "\n",  "  ",   "[", "]", "{",     "}",     ",",   "&x ",
      "*x", "\"", "'", "|\n", ">\n", "<<: ", "#", "%", "---\n", "...\n", "!t ", "\t"};
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

/// This text repeated up to `bytes`.
std::vector<SourceFile> files_of(std::string_view text, std::size_t bytes) {
  std::vector<SourceFile> files;
  while (bytes > 0) {
    SourceFile& file = files.emplace_back();
    file.name = "f" + std::to_string(files.size()) + ".yaml";
    const std::size_t size = std::min<std::size_t>(bytes, 1U << 20U);
    while (file.text.size() < size) file.text += text;
    file.text.resize(size);
    bytes -= size;
  }
  return files;
}

LoadOutcome load_text(const std::string& text) {
  const std::vector<SourceFile> files{{"a.yaml", text}};
  return load_manifests(files, options());
}

std::string list_of(std::string_view prefix, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    list += "    - {service: " + std::string(prefix) + std::to_string(i) + "}\n";
  }
  return list;
}

std::string authorization(const std::string& name, const std::string& sides) {
  return "---\napiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + name +
         "}\nspec:\n  roles: [Reader]\n" + sides;
}

/// What a grant gives, wherever and under whatever name it is written.
std::vector<std::pair<Key, std::vector<std::string>>> given(const Desired& desired) {
  std::vector<std::pair<Key, std::vector<std::string>>> all;
  for (const Grant& grant : desired.grants) all.emplace_back(grant.key, grant.roles);
  return all;
}

TEST_P(LoaderProperty, SourcesMeanEachOfThemWithEachTarget) {
  std::mt19937 random(GetParam());
  const std::size_t sources = 1 + random() % 5;
  const std::size_t targets = 1 + random() % 5;
  std::string one_by_one;
  for (std::size_t i = 0; i < sources; ++i) {
    const std::string n = std::to_string(i);
    one_by_one += authorization(
        "a" + n, "  source: {service: s" + n + "}\n  targets:\n" + list_of("t", targets));
  }

  const LoadOutcome together = load_text(authorization(
      "all", "  sources:\n" + list_of("s", sources) + "  targets:\n" + list_of("t", targets)));

  EXPECT_EQ(render(together.diagnostics), "");
  EXPECT_EQ(together.desired.grants.size(), sources * targets);
  EXPECT_EQ(given(together.desired), given(load_text(one_by_one).desired));
}

TEST(LoaderLimits, RefuseMorePairsThanADocumentMayMean) {
  const LoadOutcome outcome = load_text(authorization(
      "all", "  sources:\n" + list_of("s", 4'000) + "  targets:\n" + list_of("t", 4'000)));

  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics.front().message,
            "4000 sources with 4000 targets come to more than 5000 grants");
  EXPECT_TRUE(outcome.desired.grants.empty());
}

TEST(Loader, ReadsTheDocumentsOfAListWhereTheyStand) {
  const LoadOutcome outcome = load_text(
      "apiVersion: v1\nkind: List\nitems:\n"
      "- apiVersion: authzd/v1\n  kind: Authorization\n  metadata: {name: one}\n"
      "  spec: {source: {service: is}, roles: [Reader], target: {service: kms}}\n"
      "- apiVersion: authzd/v1\n  kind: Authorization\n  metadata: {name: two}\n"
      "  spec: {source: {service: is}, roles: [Reader], target: {service: hs-crypto}}\n");

  EXPECT_EQ(render(outcome.diagnostics), "");
  EXPECT_EQ(outcome.documents, 2U);
  ASSERT_EQ(outcome.desired.grants.size(), 2U);
  std::vector<SourcePos> places;
  for (const Grant& grant : outcome.desired.grants) places.push_back(grant.position);
  std::sort(places.begin(), places.end());
  EXPECT_EQ(places, (std::vector<SourcePos>{{"a.yaml", 7, 58}, {"a.yaml", 11, 58}}));
}

TEST(Loader, TakesMergedKeysAsIfTheyWereWrittenOut) {
  const LoadOutcome merged =
      load_text(authorization("all",
                              "  source: &a {service: is, resourceType: share, region: eu-de}\n"
                              "  targets:\n    - &b {service: kms, region: us-south}\n"
                              "    - {<<: [{resource: x}, *b, *a], resourceType: key}\n"));
  const LoadOutcome plain = load_text(
      authorization("all",
                    "  source: {service: is, resourceType: share, region: eu-de}\n"
                    "  targets:\n    - {service: kms, region: us-south}\n"
                    "    - {resource: x, service: kms, region: us-south, resourceType: key}\n"));

  EXPECT_EQ(render(merged.diagnostics), "");
  EXPECT_EQ(given(merged.desired), given(plain.desired));
}

TEST(LoaderLimits, KeepAThousandProblemsOfAMillion) {
  for (const std::string_view text : {"--- a\n", "---\n{}\n", "--- {kind: Authorization}\n"}) {
    const auto files = files_of(text, 8U << 20U);

    const LoadOutcome outcome = load_manifests(files, options());

    EXPECT_TRUE(has_errors(outcome.diagnostics));
    EXPECT_LT(outcome.diagnostics.size(), 2'100U) << text;
  }
}

TEST(LoaderLimits, RefuseMoreGrantsThanAreTaken) {
  const std::vector<SourceFile> files{{"a.yaml", std::string(kManifest)}};
  LoadOptions few = options();
  few.limits.max_grants = 2;  // of three

  const LoadOutcome outcome = load_manifests(files, few);

  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.diagnostics.front().message, "here the manifests come to more than 2 grants");
  few.limits.max_grants = 3;
  EXPECT_FALSE(has_errors(load_manifests(files, few).diagnostics));
}

TEST(LoaderLimits, RefuseMoreBytesThanAreTakenAndReadNone) {
  const auto files = files_of("{a:b,", (8U << 20U) + 1);

  const LoadOutcome outcome = load_manifests(files, options());

  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_EQ(outcome.documents, 0U);
}

TEST(LoaderLimits, RefuseADocumentThatTakesTooLongForOneStep) {
  const std::string ours(kManifest);
  std::string large = "spec: [\n";
  while (large.size() <= LoadLimits{}.max_document_bytes) large += "{a:b,";
  const std::vector<SourceFile> files{{"a.yaml", ours + "---\n" + large}};

  const LoadOutcome outcome = load_manifests(files, options());

  ASSERT_EQ(outcome.diagnostics.size(), 1U);
  EXPECT_NE(outcome.diagnostics.front().message.find("the limit is 262144"), std::string::npos);
  EXPECT_EQ(outcome.documents, 2U);
}

// Whatever follows the marker, and however a document ends.
TEST(LoaderLimits, HoldForEachDocumentOfAFile) {
  LoadOptions small = options();
  small.limits.max_document_bytes = 10;
  for (const std::string text : {"--- # a\n--- # b\n", "--- ~\n--- ~\n", "~ # a\n...\n~ # b\n"}) {
    const std::vector<SourceFile> files{{"a.yaml", text}};

    EXPECT_FALSE(has_errors(load_manifests(files, small).diagnostics)) << text;
  }
}

TEST(LoaderSteps, AreOneDocumentEach) {
  const std::vector<SourceFile> files{{"a.yaml", std::string(kManifest)}};
  const LoadOptions whole = options();
  ManifestLoading loading(files, whole);
  std::size_t steps = 0;
  while (loading.step()) ++steps;

  EXPECT_GE(steps, 4U);  // two are parsed, two are decoded
  EXPECT_EQ(std::move(loading).finish().desired, load_manifests(files, whole).desired);
}

TEST(Loader, ShowsNoLineOfADocumentThatIsNotOurs) {
  const std::vector<std::string> secrets{
      R"({"apikey": "s3cret", "name": "key"})",
      "apikey: s3cret\nkind: [",
      "- s3cret",
      "s3cret",
      "root:s3cret:19000:0:99999:7:::\n",
      "s3cret\t\x01",
      "a: 's3cret",
      "apiVersion: v1\nkind: Authorization\nmetadata: {token: s3cret}\n",
      "apiVersion: v1\nkind: Secret\ndata: &a {s3cret: *b}\n",
      "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: authzd/v1, kind: x}\n"
      "- {apiVersion: v1, kind: Secret, data: s3cret}\n",
      "items:\n- {apiVersion: v1, kind: Secret, data: s3cret}\nkind: List\n"
      "apiVersion: authzd/v1\n",
  };
  for (const std::string& secret : secrets) {
    const std::string ours(kManifest);
    const std::vector<SourceFile> files{{"a.yaml", secret + "\n---\n" + ours},
                                        {"b.yaml", ours + "---\n" + secret},
                                        {"c.yaml", ours + "--- # next\n" + secret},
                                        {"d.yaml", ours + "...\n" + secret},
                                        {"e.yaml", secret + "\n...\n" + ours}};

    const LoadOutcome outcome = load_manifests(files, options());

    EXPECT_TRUE(has_errors(outcome.diagnostics)) << secret;
    for (const Diagnostic& diagnostic : outcome.diagnostics) {
      EXPECT_EQ(diagnostic.source_line.find("s3cret"), std::string::npos) << render(diagnostic);
    }
  }
}

TEST(Loader, ShowsTheLinesOfItsOwnDocumentsInEveryStyle) {
  for (const std::string text : {"apiVersion: authzd/v1\nkind: Authorisation\n",
                                 "{\"apiVersion\": \"authzd/v1\", \"kind\": \"Authorisation\"}",
                                 "kind: Authorisation\n'apiVersion' : authzd/v1\n"}) {
    const std::vector<SourceFile> files{{"a.yaml", text}};

    const LoadOutcome outcome = load_manifests(files, options());

    ASSERT_FALSE(outcome.diagnostics.empty());
    EXPECT_NE(outcome.diagnostics.front().source_line.find("Authorisation"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LoaderProperty, testing::Range(1U, 9U));

}  // namespace
}  // namespace authzd
