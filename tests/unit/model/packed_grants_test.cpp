// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/model/packed_grants.hpp"

#include <gtest/gtest.h>

namespace authzd {
namespace {

const AccountId kHome{"0123456789abcdef0123456789abcdef"};

AttributeSet side_of(const std::string& service) {
  return {{.name = "accountId", .value = kHome.value}, {.name = "serviceName", .value = service}};
}

Grant plain() {
  Grant grant;
  grant.name = "disks";
  grant.position = {"disks.yaml", 12, 7};
  grant.subject = side_of("server-protect");
  grant.resource = side_of("kms");
  grant.key = Key(kHome, grant.subject, grant.resource);
  grant.roles = {"Reader"};
  return grant;
}

template <class Change>
Grant changed(Change change) {
  Grant grant = plain();
  change(grant);
  return grant;
}

/// The plain one, and others that differ from it in one field each, in all forms that it may have.
std::vector<Grant> all_kinds() {
  std::vector<Grant> grants{plain(), Grant{}};
  const auto add = [&grants](auto change) { grants.push_back(changed(change)); };
  add([](Grant& it) { it.name = std::string(300, 'n'); });
  add([](Grant& it) { it.position = {"", 70'000, 0}; });
  add([](Grant& it) { it.key = Key::from_text("of an instance by name"); });
  add([](Grant& it) { it.key = Key(); });
  add([](Grant& it) {
    it.resource.add({.name = "serviceInstance", .op = "stringExists", .value = true});
    it.resource.add({.name = "region",
                     .op = "stringEqualsAnyOf",
                     .value = std::vector<std::string>{"eu-de", "us-south"}});
    it.key = Key(kHome, it.subject, it.resource);
  });
  add([](Grant& it) { it.resource.add({.name = "gone", .op = "stringExists", .value = false}); });
  add([](Grant& it) { it.resource = {}; });
  add([](Grant& it) { it.roles = {}; });
  add([](Grant& it) { it.roles = {"Reader", "Writer"}; });
  add([](Grant& it) { it.description = ""; });
  add([](Grant& it) { it.description = std::string("a\0b", 3); });
  add([](Grant& it) { it.labels = {{"team", "storage"}, {"tier", ""}}; });
  add([](Grant& it) { it.annotations = {{"tool", "x"}}; });
  add([](Grant& it) { it.is_protected = true; });
  add([](Grant& it) { it.suspend = true; });
  add([](Grant& it) { it.release = true; });
  add([](Grant& it) { it.expires_at = Timestamp(std::chrono::hours(-1)); });
  add([](Grant& it) { it.expires_at = Timestamp(std::chrono::hours(500'000)); });
  add([](Grant& it) { it.source_instance = {"kms", "prod-kms", "", "us-south"}; });
  add([](Grant& it) { it.target_instance = {"kms", "other", "group", ""}; });
  return grants;
}

TEST(PackedGrants, AreWhatTheyWereWhateverIsBesideThem) {
  const std::vector<Grant> grants = all_kinds();
  for (const Grant& before : grants) {
    for (const Grant& grant : grants) {
      const std::vector<Grant> both{before, grant, before};
      EXPECT_EQ(PackedGrants(kHome, both).unpack(), both) << before.name << ", " << grant.name;
    }
  }
}

TEST(PackedGrants, TakeLittleWhereTheyResembleEachOther) {
  std::vector<Grant> grants;
  for (int i = 0; i < 100; ++i) {
    grants.push_back(changed([i](Grant& it) {
      it.resource.add({.name = "serviceInstance", .value = "51042d7f-" + std::to_string(i)});
      it.key = Key(kHome, it.subject, it.resource);
      it.position.line = i;
    }));
  }

  const PackedGrants packed(kHome, grants);

  EXPECT_EQ(packed.size(), 100U);
  EXPECT_LT(packed.bytes(), 100U * 64);
  EXPECT_EQ(packed.unpack(), grants);
}

TEST(PackedGrants, MayBeNone) {
  EXPECT_TRUE(PackedGrants().unpack().empty());
  EXPECT_TRUE(PackedGrants(kHome, {}).unpack().empty());
}

}  // namespace
}  // namespace authzd
