// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/resource_address.hpp"

#include "reconciler/base/text.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

constexpr std::string_view kType = "ibm_iam_authorization_policy";

ResourceAddress address(std::string_view module, std::string_view name, std::string_view key = "") {
  return make_address(module, kType, name, key).value();
}

std::string name_among(const ResourceAddress& one, std::vector<ResourceAddress> others) {
  others.push_back(one);
  return names_of(others).at(one.full);
}

TEST(ResourceAddress, NamesManifestsByWhatTellsResourcesApart) {
  EXPECT_EQ(name_among(address("", "kms_policy"), {}), "kms-policy");
  EXPECT_EQ(name_among(address("", "keys", "[3]"), {}), "keys-3");
  EXPECT_EQ(name_among(address("module.cos[\"Eu DE\"].module.b", "policy", "[\"a\"]"), {}),
            "cos-eu-de-b-policy-a");
}

TEST(ResourceAddress, KeepsANameWhateverOtherResourcesComeAndGo) {
  const ResourceAddress one = address("module.cos[1]", "policy");
  const std::string alone = name_among(one, {});

  EXPECT_EQ(name_among(one, {address("module.cos[0]", "policy"), address("", "policy")}), alone);
}

TEST(ResourceAddress, TellsApartWhatWouldHaveOneName) {
  const ResourceAddress one = address("", "a_b");
  const ResourceAddress other = address("", "a-b");

  const auto names = names_of(std::vector{one, other});

  EXPECT_NE(names.at(one.full), names.at(other.full));
  for (const auto& [_, name] : names) EXPECT_TRUE(is_label(name)) << name;
}

TEST(ResourceAddress, MakesALabelOfAnything) {
  const std::string deep = "module." + std::string(80, 'm');
  const ResourceAddress one = address(deep, "x");
  const ResourceAddress other = address(deep, "y");
  const auto names = names_of(std::vector{one, other, address("", "\xc3\xa9t\xc3\xa9")});

  EXPECT_NE(names.at(one.full), names.at(other.full));
  for (const auto& [_, name] : names) EXPECT_TRUE(is_label(name)) << name;
}

TEST(ResourceAddress, WritesKeysAsTerraformReadsThem) {
  EXPECT_EQ(index_key(std::uint64_t{12}), "[12]");
  EXPECT_EQ(index_key(std::string_view("a\"b\\c${d}%{e}\n\x1b")),
            "[\"a\\\"b\\\\c$${d}%%{e}\\n\\u001b\"]");
}

}  // namespace
}  // namespace authzd
