// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/kms_twins.hpp"

#include "reconciler/manifest/loader.hpp"
#include "tests/unit/import/states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace authzd::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kOldInstance = "11111111-2222-4333-8444-555555555555";
const Timestamp kEnd = *parse_rfc3339("2026-12-31T00:00:00Z");

std::string manifest(const std::string& name, const std::string& spec) {
  return "---\napiVersion: authzd/v1\nkind: Authorization\nmetadata: {name: " + name +
         "}\nspec:\n" + spec;
}

Desired load(const std::string& yaml) {
  const std::vector<SourceFile> files{{"old.yaml", yaml}};
  const LoadOutcome loaded = load_manifests(files, {.account = AccountId{kHome}});
  EXPECT_FALSE(has_errors(loaded.diagnostics)) << render(loaded.diagnostics) << yaml;
  return loaded.desired;
}

Twins twins_of(const std::string& yaml, const std::string& from = "") {
  const Desired desired = load(yaml);
  return kms_twins(desired, {.from_instance = from, .to_instance = kKeys, .end = kEnd});
}

/// The one grant of the twins.
Grant twin_of(const std::string& yaml) {
  const Twins twins = twins_of(yaml);
  const Desired desired = load(twins.yaml);
  if (desired.grants.size() != 1) throw std::logic_error("not one twin: " + twins.yaml);
  return desired.grants.front();
}

TEST(KmsTwins, KeepsLabelsAndAnnotations) {
  const std::string yaml =
      "apiVersion: authzd/v1\nkind: Authorization\nmetadata:\n  name: shares\n"
      "  labels: {team: storage, \"cost: centre\": \"4711\"}\n"
      "  annotations: {note: \"see\\nbelow\"}\n"
      "spec:\n  source: {service: is}\n  target: {service: hs-crypto}\n  roles: [Reader]\n";
  const Grant old = load(yaml).grants.front();

  const Grant twin = twin_of(yaml);

  EXPECT_EQ(twin.labels, old.labels);
  EXPECT_EQ(twin.labels.size(), 2U);
  EXPECT_EQ(twin.annotations, old.annotations);
  EXPECT_EQ(twin.annotations.at("note"), "see\nbelow");
}

TEST(KmsTwins, PointsTheSameSourceAtTheInstanceOfKeyProtect) {
  const Grant twin = twin_of(manifest(
      "shares",
      "  description: Shares.\n  protect: true\n  source: {service: is, resourceType: share}\n"
      "  target: {service: hs-crypto, instance: " +
          kOldInstance +
          ", attributes: [{name: keyRing, operator: stringEquals, value: blue}]}\n"
          "  roles: [Reader, Reader Plus, KMS Key Purge Role]\n"));

  EXPECT_EQ(twin.name, "shares-kms");
  EXPECT_EQ(twin.subject.equals_value("resourceType"), "share");
  EXPECT_EQ(twin.resource.equals_value("serviceName"), "kms");
  EXPECT_EQ(twin.resource.equals_value("serviceInstance"), kKeys);
  EXPECT_EQ(twin.resource.equals_value("keyRing"), "blue");
  EXPECT_THAT(twin.roles, ElementsAre("KeyPurge", "Reader", "ReaderPlus"));
  EXPECT_EQ(twin.description, "Shares.");
  EXPECT_TRUE(twin.is_protected);
}

TEST(KmsTwins, AddsTheDelegatorWhereTheMigrationNeedsIt) {
  const auto roles = [](const std::string& service) {
    return twin_of(manifest("x",
                            "  source: {service: " + service +
                                "}\n  target: {service: hs-crypto}\n  roles: [Reader]\n"))
        .roles;
  };
  for (const char* service :
       {"databases-for-redis", "messages-for-rabbitmq", "containers-kubernetes"}) {
    EXPECT_THAT(roles(service), ElementsAre("Authorization Delegator", "Reader")) << service;
  }
  EXPECT_THAT(roles("messagehub"), ElementsAre("Reader"));
}

TEST(KmsTwins, LetsSecretsManagerReadWhatItOnlyViewed) {
  EXPECT_THAT(twin_of(manifest("x",
                               "  source: {service: secrets-manager}\n"
                               "  target: {service: hs-crypto}\n  roles: [Viewer]\n"))
                  .roles,
              ElementsAre("Reader"));
}

TEST(KmsTwins, LeavesTheKeyToBeFilledInAndSaysSo) {
  const Twins twins =
      twins_of(manifest("x",
                        "  source: {service: server-protect}\n"
                        "  target: {service: hs-crypto, resourceType: key, resource: " +
                            kOldInstance + "}\n  roles: [Reader]\n"));

  EXPECT_EQ(twins.written, 0U);
  EXPECT_EQ(twins.to_complete, 1U);
  EXPECT_THAT(twins.yaml, HasSubstr("#       resource: ID-OF-THE-KEY-IN-KEY-PROTECT\n"));
  EXPECT_THAT(twins.yaml, Not(HasSubstr(kOldInstance)));
  EXPECT_THAT(twins.notes, Contains(HasSubstr("another id in Key Protect")));
  EXPECT_THAT(load(twins.yaml).grants, IsEmpty());
}

TEST(KmsTwins, KeepsToTheInstanceThatIsLeft) {
  const std::string yaml =
      manifest("x",
               "  source: {service: is}\n  target: {service: hs-crypto, instance: " + kOldInstance +
                   "}\n  roles: [Reader]\n");

  EXPECT_EQ(twins_of(yaml, kOldInstance).written, 1U);
  EXPECT_EQ(twins_of(yaml, kKeys).written, 0U);
}

TEST(KmsTwins, MakesNoTwinTwiceNorOfWhatIsSuspended) {
  const std::string old =
      "  source: {service: is}\n  target: {service: hs-crypto}\n  roles: [Reader]\n";
  const std::string twin = "  source: {service: is}\n  target: {service: kms, instance: " + kKeys +
                           "}\n  roles: [Reader]\n";

  const Twins there = twins_of(manifest("x", old) + manifest("new", twin));
  const Twins suspended = twins_of(manifest("x", old + "  suspend: true\n"));

  EXPECT_EQ(there.written, 0U);
  EXPECT_THAT(there.notes, Contains("x: new has its twin already"));
  EXPECT_THAT(there.ends, HasSubstr("expiresAt"));
  EXPECT_EQ(suspended.written, 0U);
  EXPECT_EQ(suspended.ends, "");
}

TEST(KmsTwins, NamesARoleThatHasNoLike) {
  const Twins twins = twins_of(manifest(
      "x",
      "  source: {service: is}\n  target: {service: hs-crypto}\n  roles: [Vault Administrator]\n"));

  EXPECT_EQ(twins.yaml, "");
  EXPECT_THAT(twins.notes, Contains(HasSubstr("\"Vault Administrator\"")));
}

TEST(KmsTwins, AnnouncesTheEndOfADocumentThatHasNoOtherTarget) {
  const Twins alone = twins_of(manifest(
      "x", "  source: {service: is}\n  target: {service: hs-crypto}\n  roles: [Reader]\n"));
  const Twins mixed = twins_of(
      manifest("x",
               "  source: {service: is}\n  targets: [{service: hs-crypto}, {service: kms}]\n"
               "  roles: [Reader]\n"));

  EXPECT_EQ(alone.ends, "# x in old.yaml\nspec:\n  expiresAt: \"2026-12-31T00:00:00Z\"\n");
  EXPECT_EQ(mixed.ends, "");
  EXPECT_THAT(mixed.notes, Contains(HasSubstr("a document of their own")));
}

}  // namespace
}  // namespace authzd::test
