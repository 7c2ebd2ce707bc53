// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/law/universe.hpp"

#include <map>
#include <string_view>

namespace authzd::test {
namespace {

constexpr const char* kDisk = "11111111-1111-4111-8111-111111111111";
constexpr const char* kVault = "22222222-2222-4222-8222-222222222222";
constexpr const char* kBucket = "33333333-3333-4333-8333-333333333333";
constexpr const char* kAnother = "44444444-4444-4444-8444-444444444444";

/// The attributes of one side of a request; a missing name is absent.
using Party = std::map<std::string, std::string>;

const std::array<Party, kAskers>& askers() {
  static const std::array<Party, kAskers> all = {{
      {{"accountId", kLawAccount.value},
       {"serviceName", "server-protect"},
       {"serviceInstance", kDisk},
       {"resourceGroupId", "group"}},
      {{"accountId", kLawAccount.value},
       {"serviceName", "server-protect"},
       {"serviceInstance", kAnother},
       {"resourceGroupId", "group"}},
      {{"accountId", kLawAccount.value}, {"serviceName", "is"}, {"resourceGroupId", "group"}},
      {{"accountId", kOtherAccount.value}, {"serviceName", "is"}, {"resourceGroupId", "group"}},
      {{"accountId", kLawAccount.value}, {"serviceName", "unnamed"}, {"resourceGroupId", "group"}},
      {{"accountId", kOtherAccount.value}, {"serviceName", "unnamed"}},
  }};
  return all;
}

const std::array<Party, kThings>& things() {
  static const std::array<Party, kThings> all = {{
      {{"accountId", kLawAccount.value}, {"serviceName", "kms"}, {"serviceInstance", kVault}},
      {{"accountId", kLawAccount.value}, {"serviceName", "kms"}, {"serviceInstance", kAnother}},
      {{"accountId", kLawAccount.value}, {"serviceName", "hs-crypto"}},
      {{"accountId", kLawAccount.value},
       {"serviceName", "cloud-object-storage"},
       {"serviceInstance", kBucket}},
      {{"accountId", kLawAccount.value},
       {"serviceName", "cloud-object-storage"},
       {"serviceInstance", kAnother}},
      {{"accountId", kLawAccount.value}, {"serviceName", "unnamed"}},
  }};
  return all;
}

/// Supports only what manifests of this world can contain: equality, "exists", and "*".
bool admits(const AttributeSet& attributes, const Party& party) {
  for (const Attribute& attribute : attributes.items()) {
    const auto has = party.find(attribute.name);
    if (const auto* exists = std::get_if<bool>(&attribute.value)) {
      if (*exists != (has != party.end())) return false;
      continue;
    }
    const auto* text = std::get_if<std::string>(&attribute.value);
    if (text == nullptr || has == party.end()) return false;
    const bool is_wild = attribute.op == "stringMatch" && *text == "*";
    if (!is_wild && *text != has->second) return false;
  }
  return true;
}

AttributeSet side(std::string_view account, std::string_view service, std::string_view instance) {
  AttributeSet set;
  set.add({.name = "accountId", .value = std::string(account)});
  if (!service.empty()) set.add({.name = "serviceName", .value = std::string(service)});
  if (!instance.empty()) set.add({.name = "serviceInstance", .value = std::string(instance)});
  return set;
}

AttributeSet own(std::string_view service, std::string_view instance = {}) {
  return side(kLawAccount.value, service, instance);
}

AttributeSet any_in_a_group() {
  AttributeSet set = own({});
  set.add({.name = "resourceGroupId", .op = "stringExists", .value = true});
  return set;
}

bool any_request(const Access& access, bool (*counts)(std::size_t asker, std::size_t thing)) {
  for (std::size_t i = 0; i < access.size(); ++i) {
    const std::size_t pair = i / kRoles;
    if (access[i] && counts(pair / kThings, pair % kThings)) return true;
  }
  return false;
}

}  // namespace

std::string role_crn(std::size_t role) {
  constexpr std::array kCrns = {"serviceRole:Reader",
                                "serviceRole:Writer",
                                "serviceRole:Manager",
                                "role:AuthorizationDelegator"};
  return std::string("crn:v1:bluemix:public:iam::::") + kCrns.at(role);
}

RoleBits roles_of(const RoleSet& crns) {
  RoleBits bits;
  for (std::size_t i = 0; i < kRoles; ++i) bits[i] = crns.contains(role_crn(i));
  return bits;
}

Scope scope_of(const PolicyContent& policy) {
  Scope scope;
  for (std::size_t asker = 0; asker < kAskers; ++asker) {
    if (!admits(policy.subject, askers()[asker])) continue;
    for (std::size_t thing = 0; thing < kThings; ++thing) {
      scope[asker * kThings + thing] = admits(policy.resource, things()[thing]);
    }
  }
  return scope;
}

Access access(const Scope& scope, const RoleBits& roles) {
  Access access;
  for (std::size_t i = 0; i < access.size(); ++i) {
    access[i] = scope[i / kRoles] && roles[i % kRoles];
  }
  return access;
}

Access access_of(const PolicyContent& policy) {
  return access(scope_of(policy), roles_of(policy.roles));
}

const Side& source_side(std::size_t index) {
  static const std::array<Side, kSources> sides = {{
      {"{service: server-protect}", "server-protect", [] { return own("server-protect"); }},
      {"{service: server-protect, instance: 11111111-1111-4111-8111-111111111111}",
       "one server-protect",
       [] { return own("server-protect", kDisk); }},
      {"{service: is}", "is", [] { return own("is"); }},
      {"{service: is, account: fedcba9876543210fedcba9876543210}",
       "another account's is",
       [] { return side(kOtherAccount.value, "is", {}); }},
      {"{resourceGroup: \"*\"}", "whatever is in a group", any_in_a_group},
  }};
  return sides.at(index);
}

const Side& target_side(std::size_t index) {
  static const std::array<Side, kTargets> sides = {{
      {"{service: kms}", "kms", [] { return own("kms"); }},
      {"{service: kms, instance: 22222222-2222-4222-8222-222222222222}",
       "one kms",
       [] { return own("kms", kVault); }},
      {"{service: hs-crypto}", "hs-crypto", [] { return own("hs-crypto"); }},
      {"{service: cloud-object-storage}",
       "cloud-object-storage",
       [] { return own("cloud-object-storage"); }},
      {"{service: cloud-object-storage, instance: 33333333-3333-4333-8333-333333333333}",
       "one cloud-object-storage",
       [] { return own("cloud-object-storage", kBucket); }},
      {"{attributes: []}", "everything", [] { return own({}); }},
  }};
  return sides.at(index);
}

PolicyContent content_of(std::size_t source, std::size_t target, const RoleBits& roles) {
  PolicyContent content;
  content.subject = source_side(source).attributes();
  content.resource = target_side(target).attributes();
  for (std::size_t i = 0; i < kRoles; ++i) {
    if (roles[i]) content.roles.insert(role_crn(i));
  }
  return content;
}

bool reaches_the_unnamed(const Access& access) {
  return any_request(access,
                     [](std::size_t asker, std::size_t thing) { return asker >= 4 || thing == 5; });
}

bool reaches_keys(const Access& access) {
  return any_request(access, [](std::size_t, std::size_t thing) { return thing <= 2; });
}

std::string example_of(const Access& access) {
  for (std::size_t i = 0; i < access.size(); ++i) {
    if (!access[i]) continue;
    const auto name = [](const Party& party) {
      const auto instance = party.find("serviceInstance");
      const std::string number =
          instance == party.end() ? "" : " " + instance->second.substr(0, 4) + "…";
      const bool is_own = party.at("accountId") == kLawAccount.value;
      return party.at("serviceName") + number + (is_own ? "" : " of another account");
    };
    const std::size_t pair = i / kRoles;
    return std::string(kRoleNames.at(i % kRoles)) + " on " + name(things()[pair % kThings]) +
           " for " + name(askers()[pair / kThings]);
  }
  return "nothing";
}

}  // namespace authzd::test
