// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The position of an assertion's findings: the grant, if one is at fault, or else the assertion.
#include "reconciler/manifest/loader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace authzd {
namespace {

const std::string kHead = "apiVersion: authzd/v1\n";

std::vector<Diagnostic> found_by(const std::string& list, bool tells_undecided = false) {
  const std::string rules =
      kHead + "kind: Assertion\nmetadata: {name: home}\nspec:\n  " + list + "\n";
  const std::string grants = kHead +
                             "kind: Authorization\nmetadata: {name: disks}\nspec:\n"
                             "  source: {service: server-protect}\n"
                             "  target: {service: kms}\n  roles: [Reader]\n";
  const std::vector<SourceFile> files{{"grants.yaml", grants}, {"rules.yaml", rules}};
  LoadOptions options;
  options.account = AccountId("0123456789abcdef0123456789abcdef");
  options.services.warns_of_unknown = tells_undecided;
  return load_manifests(files, options).diagnostics;
}

TEST(AssertionPlaces, AViolationStandsAtTheGrantAndIsRelatedToThePattern) {
  const auto found = found_by("never: [{target: {service: kms}}]");

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].position, (SourcePos{"grants.yaml", 6, 11}));
  const std::vector<RelatedPlace> related{
      {{"rules.yaml", 5, 11}, "what the assertion \"home\" says: never target.serviceName: kms"}};
  EXPECT_EQ(found[0].related, related);
}

TEST(AssertionPlaces, SoDoesAGrantThatAListDoesNotHave) {
  const auto found = found_by("only: [{source: {service: is}, target: {service: kms}}]");

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].position.file, "grants.yaml");
  ASSERT_EQ(found[0].related.size(), 1U);
  EXPECT_EQ(found[0].related[0].position, (SourcePos{"rules.yaml", 5, 10}));
}

TEST(AssertionPlaces, WhereNoGrantIsAtFaultItStandsAtTheAssertionAlone) {
  const auto found = found_by("always: [{target: {service: hs-crypto}}]", true);

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_EQ(found[0].position, (SourcePos{"rules.yaml", 5, 12}));
  EXPECT_TRUE(found[0].related.empty());
}

}  // namespace
}  // namespace authzd
